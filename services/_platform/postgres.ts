import { createConnection, type LookupFunction, type Socket } from "node:net";
import postgres from "postgres";

import { type DatabaseCall, type DatabaseWatch, runWatched, transactionOf } from "./database_watch.ts";
import { withDeadline } from "./deadline.ts";
import { placeOf, reach } from "./first_connection.ts";
import { lookup } from "./lookup.ts";
import { isConflict, isConnectionLost, isRefusal, isUnavailable } from "./postgres_faults.ts";
import { type Client, Pool } from "./postgres_pool.ts";
import { describeStatement, followStatements } from "./postgres_statement.ts";
import { StartFault } from "./start_fault.ts";
import { databaseUnavailable, unavailable } from "./unavailable.ts";

/** What a fragment, a helper or a statement is written with; see postgres.js. */
export type Sql = postgres.ISql<{ bigint: number }>;

/** {@link Sql} inside a transaction: statements that are started without awaiting each are sent together. */
export type TransactionSql = postgres.TransactionSql<{ bigint: number }>;

/** The rows a statement answers, with `count`: rows found, or changed where nothing is returned. */
export type Rows<Row extends object> = postgres.RowList<Row[]>;

type Parameter = postgres.ParameterOrFragment<number>;

/** Times a transaction runs that loses against others. */
const CONFLICT_ATTEMPTS = 5;
const TRANSACTION = transactionOf("postgresql");

/** How a service speaks to its database. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  url: string;
  /** Connections at most. */
  poolMax: number;
  /** Deadline of one call, waiting for a connection included. */
  timeoutMs: number;
  /** Calls that may wait for a connection; one more is refused at once. @default 50 for each connection */
  waitingMax?: number;
  /** How long the first connection is tried. @default 8000 */
  connectWithinMs?: number;
  /** Shown by the server in `pg_stat_activity`. @default "tradepost" */
  name?: string;
  /** Told of each call. */
  watch?: DatabaseWatch;
  /** What the pool is called in metrics. @default "requests" */
  pool?: string;
  /** Finds the addresses of the host. @default The DNS, and what it said before while it is silent. */
  lookup?: LookupFunction;
}

/** How one transaction runs. */
export interface TransactionOptions {
  isolation?: "read committed" | "repeatable read" | "serializable";
  /** Deadline of the whole transaction, if not the usual one. */
  timeoutMs?: number;
}

/**
 * Connects and makes sure that what the server acknowledges is on disk.
 *
 * @throws {StartFault} if the server does not answer in time, refuses the login, or runs without durability.
 */
export async function connectPostgres(options: PostgresOptions): Promise<Postgres> {
  if (!URL.canParse(options.url)) throw new StartFault("the URL of Postgres is not valid");
  const database = new Postgres(options);
  try {
    const { url, connectWithinMs: withinMs = 8000 } = options;
    await reach(`Postgres at ${placeOf(url)}`, () => database.ping(), { withinMs, isRefusal });
    await assertDurable(database);
    return database;
  } catch (error) {
    await database.close({ withinMs: 0 });
    throw error;
  }
}

/** A pool in which no call waits, runs or hangs past its deadline: every fault of the connection is `service-unavailable`. */
export class Postgres {
  /** Makes fragments and helpers (`sql(row)`, `sql.json(value)`) for {@link Postgres.query}; it is never awaited itself. */
  readonly sql: Sql;
  readonly #options: PostgresOptions;
  readonly #pool: Pool;

  constructor(options: PostgresOptions) {
    this.#options = options;
    const { poolMax: max, waitingMax = max * 50 } = options;
    this.#pool = new Pool(() => openClient(options), { max, waitingMax });
    this.sql = openClient(options);
    const { watch, pool = "requests" } = options;
    watch?.watchPool({ system: "postgresql", pool }, () => this.#pool.figures);
  }

  /**
   * Runs one statement: ``db.query<Row>`SELECT … WHERE id = ${id}` ``.
   *
   * @throws {Problem} `service-unavailable` if no answer comes in time; whether a write took effect is then unknown.
   */
  query<Row extends object = postgres.Row>(
    template: TemplateStringsArray,
    ...parameters: readonly Parameter[]
  ): Promise<Rows<Row>> {
    const call = describeStatement(template);
    return this.#call(call, (client) => client<Row[]>(template, ...parameters), this.#options.timeoutMs);
  }

  /**
   * Runs statements that take effect together or not at all. An array of started statements is answered as the array of their rows.
   * After a deadlock or a serialization failure the whole function runs again, so it does nothing but speak to the database, and only through
   * the `sql` it is given.
   *
   * @throws {Problem} `service-unavailable` as {@link Postgres.query}.
   */
  async transaction<T>(
    work: (sql: TransactionSql) => T | Promise<T>,
    options: TransactionOptions = {},
  ): Promise<Unwrapped<T>> {
    const { isolation = "read committed", timeoutMs = this.#options.timeoutMs } = options;
    const followed = (sql: TransactionSql) => work(followStatements(sql));
    const body = timeoutMs === this.#options.timeoutMs ? followed : within(timeoutMs, followed);
    const begin = (client: Client) => client.begin(`isolation level ${isolation}`, body);
    const expiresAt = performance.now() + timeoutMs;
    for (let attempt = 1; ; attempt++) {
      try {
        // postgres.js has awaited the members of an array; its own type of that has no name.
        return (await this.#call(TRANSACTION, begin, expiresAt - performance.now())) as Unwrapped<T>;
      } catch (error) {
        if (!isConflict(error)) throw error;
        if (attempt === CONFLICT_ATTEMPTS) throw unavailable("Too many changes to the same data at once", error);
        this.#options.watch?.recordRetry(TRANSACTION);
        await Bun.sleep(Math.random() * 5 * 2 ** attempt);
      }
    }
  }

  /** Whether the database answers, for a readiness probe. @throws {Problem} `service-unavailable` if not. */
  async ping(): Promise<void> {
    await this.query`SELECT 1`;
  }

  /** Lets what runs end, within the deadline of a call if not told otherwise, and closes every connection. */
  async close({ withinMs = this.#options.timeoutMs } = {}): Promise<void> {
    await this.#pool.close(withinMs);
  }

  #call<T>(call: DatabaseCall, work: (client: Client) => PromiseLike<T>, timeoutMs: number): Promise<T> {
    const run = (startedAt: number): Promise<T> => this.#run(call === TRANSACTION, work, startedAt + timeoutMs);
    return runWatched({ call, watch: this.#options.watch, work: run });
  }

  async #run<T>(exclusive: boolean, work: (client: Client) => PromiseLike<T>, expiresAt: number): Promise<T> {
    const loan = await this.#pool.lend(exclusive, { waitMs: expiresAt - performance.now() });
    try {
      return await withDeadline(work(loan.client), expiresAt - performance.now());
    } catch (error) {
      // No cancel request is sent: it names the session, not the statement, so a late one stops whatever runs by then, and one that cannot be
      // sent is an unhandled rejection. statement_timeout ends the statement in the server.
      if (isConnectionLost(error)) loan.drop();
      throw isUnavailable(error) ? databaseUnavailable(error) : error;
    } finally {
      loan.release();
    }
  }
}

/** What {@link Postgres.transaction} answers: an array of statements as their rows. */
export type Unwrapped<T> = T extends unknown[] ? { [Key in keyof T]: Awaited<T[Key]> } : T;

function openClient({ url, timeoutMs, name = "tradepost", lookup: find = lookup }: PostgresOptions): Client {
  return postgres(url, {
    ...{ socket: createDialer(find) }, // its types lack it
    // One connection each, so that a stuck one can be dropped alone: the driver's own pool has no way to.
    max: 1,
    // The default strands a query for up to 20 s after a restart.
    backoff: (attempt: number) => Math.min(0.05 * 2 ** attempt, 0.5),
    connect_timeout: Math.ceil(timeoutMs / 1000),
    idle_timeout: 60,
    // The server ends what the caller no longer waits for, and gives back the locks of a caller that died.
    connection: {
      application_name: name,
      statement_timeout: timeoutMs,
      idle_in_transaction_session_timeout: timeoutMs,
    },
    transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
    types: { bigint: { to: 20, from: [20], serialize: String, parse: parseSafeInteger } },
    onnotice: () => {},
  });
}

/** What the driver does by itself, but for the lookup: the hosts of the URL in turn, or the file of a socket. */
function createDialer(find: LookupFunction) {
  let turn = 0;
  return ({ host: hosts, port: ports, path }: { host: string[]; port: number[]; path: string | false }): Socket => {
    if (path) return createConnection(path);
    const at = turn++ % hosts.length;
    const place = { host: hosts[at], port: ports[at] ?? 0 };
    // The driver reads both again, for TLS and for its errors.
    return Object.assign(createConnection({ ...place, lookup: find }), place);
  };
}

/** Counts and sums stay numbers; one that would lose digits is a fault. */
function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`A bigint is past 2^53 - 1: ${text}`);
  return value;
}

/** The same transaction with another statement timeout in the server. */
function within<T>(timeoutMs: number, work: (sql: TransactionSql) => T | Promise<T>) {
  return async (sql: TransactionSql) => {
    await sql.unsafe(`SET LOCAL statement_timeout = ${Math.ceil(timeoutMs)}`);
    const result = await work(sql);
    return Array.isArray(result) ? Promise.all(result) : result;
  };
}

/** An acknowledged write is on disk only with all three on. */
async function assertDurable(database: Postgres): Promise<void> {
  const settings = await database.query<{ name: string; setting: string }>`
    SELECT name, setting FROM pg_settings
    WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name`;
  if (settings.length === 0) return;
  const names = settings.map(({ name }) => name).join(", ");
  throw new StartFault(`Postgres would lose acknowledged writes: ${names} must be on: current value is off`);
}
