import type { LookupFunction } from "node:net";
import {
  type ClientSession,
  type CreateIndexesOptions,
  type Db,
  type Document,
  type IndexSpecification,
  MongoClient,
} from "mongodb";

import { type DatabaseCall, type DatabaseWatch, runWatched, transactionOf } from "./database_watch.ts";
import { LateFault, withDeadline } from "./deadline.ts";
import { placeOf, reach } from "./first_connection.ts";
import { createLimiter, type Limiter } from "./limiter.ts";
import { lookup } from "./lookup.ts";
import { isRefusal, isTransient, isUnavailable, isUnknownCommit } from "./mongo_faults.ts";
import { type GuardedCollection, guardCollection } from "./mongo_guard.ts";
import { applyValidator } from "./mongo_validator.ts";
import { Problem } from "./problem.ts";
import { StartFault } from "./start_fault.ts";
import { databaseUnavailable } from "./unavailable.ts";

/**
 * Most of a pause before a transaction that has lost against others runs again. Short, for a document that somebody else saves all the time is
 * free for a moment only: what decides is how often one tries until the deadline.
 */
const TRANSACTION_PAUSE_MAX_MS = 25;
/** How long calls may take to end when the process does: less than all its stores and workers together. */
const END_WITHIN_MS = 3000;
const END_POLL_MS = 10;
/** How long an index may take to build at start. */
const PREPARE_WITHIN_MS = 300_000;
const NAMESPACE_EXISTS = 48;
const TRANSACTION = transactionOf("mongodb");
const COMMAND: DatabaseCall = { system: "mongodb", operation: "command" };

/** How a service speaks to its database. */
export interface MongoOptions {
  /** `mongodb://user:password@host:port/database?authSource=admin`; the server must be a replica set or a sharded cluster. */
  url: string;
  /** Connections at most, and calls that run at once. */
  poolMax: number;
  /** Deadline of one call, waiting for its turn included. */
  timeoutMs: number;
  /** Calls that may wait for their turn; one more is refused at once. @default 50 for each connection */
  waitingMax?: number;
  /** How long the first connection is tried. @default 8000 */
  connectWithinMs?: number;
  /** Shown by the server in its logs. @default "tradepost" */
  name?: string;
  /** Told of each call. */
  watch?: DatabaseWatch;
  /** Finds the addresses of the hosts. @default The DNS, and what it said before while it is silent. */
  lookup?: LookupFunction;
}

/** One index of a collection; a name is required, because queries name it in `hint`. */
export interface Index extends Omit<CreateIndexesOptions, "name"> {
  name: string;
  key: IndexSpecification;
}

/** What a collection is made of. */
export interface CollectionDesign {
  /** A `$jsonSchema` or an expression each document keeps to. */
  validator?: Document;
  /** Of the validator: raised with each change of it. @default 1 */
  version?: number;
  indexes?: readonly Index[];
}

/**
 * Connects to a replica set: without one there are neither retryable writes nor transactions.
 *
 * @throws {StartFault} if the server does not answer in time, refuses the login, or is no replica set.
 */
export async function connectMongo(options: MongoOptions): Promise<Mongo> {
  const client = createClient(options);
  try {
    const { url, connectWithinMs: withinMs = 8000 } = options;
    await reach(`MongoDB at ${placeOf(url)}`, () => client.connect(), { withinMs, isRefusal });
    const hello = await client.db().command({ hello: 1 });
    if (!hello.setName && hello.msg !== "isdbgrid") {
      throw new StartFault(`MongoDB at ${placeOf(url)} must run as a replica set: it is a single server`);
    }
    return new Mongo(client, options);
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** A database in which no call waits, runs or hangs past its deadline: every fault of the connection is `service-unavailable`. */
export class Mongo {
  readonly #client: MongoClient;
  readonly #db: Db;
  readonly #timeoutMs: number;
  readonly #limiter: Limiter;
  readonly #watch: DatabaseWatch | undefined;

  constructor(client: MongoClient, { poolMax, timeoutMs, waitingMax = poolMax * 50, watch }: MongoOptions) {
    this.#client = client;
    this.#db = client.db();
    this.#timeoutMs = timeoutMs;
    const limiter = createLimiter({ running: poolMax, waiting: waitingMax });
    this.#limiter = limiter;
    this.#watch = watch;
    watch?.watchPool({ system: "mongodb", pool: "requests" }, () => {
      const { running: used, waiting } = limiter;
      return { used, idle: poolMax - used, max: poolMax, waiting };
    });
  }

  /**
   * A collection as the driver has it, each call under admission and deadline. Its calls throw {@link Problem} `service-unavailable` if no answer
   * comes in time, and whether a write took effect is then unknown; and the driver's errors for all that the server refuses.
   */
  collection<T extends Document>(name: string): GuardedCollection<T> {
    return guardCollection(this.#db.collection<T>(name), (call, run) => this.#call(call, run));
  }

  /**
   * Runs operations that take effect together or not at all: those that are given `{ session }`. After a write conflict the whole function runs
   * again, so it does nothing else, and awaits one operation before it starts the next.
   *
   * @throws {Problem} `service-unavailable` if it does not come through before its deadline.
   */
  transaction<T>(work: (session: ClientSession) => Promise<T>, options: { timeoutMs?: number } = {}): Promise<T> {
    const { timeoutMs = this.#timeoutMs } = options;
    const expiresAt = performance.now() + timeoutMs;
    const retried = (): void => this.#watch?.recordRetry(TRANSACTION);
    const run = async (): Promise<T> => {
      const session = this.#client.startSession({ defaultTransactionOptions: { readConcern: { level: "snapshot" } } });
      try {
        return await runTransaction(session, work, { expiresAt, retried });
      } finally {
        await session.endSession();
      }
    };
    return this.#call(TRANSACTION, run, timeoutMs);
  }

  /** Makes a collection with its validator and indexes, or brings it up to date; any number of replicas may do so at once. */
  async prepare(name: string, { validator = {}, version = 1, indexes = [] }: CollectionDesign): Promise<void> {
    const expiresAt = performance.now() + PREPARE_WITHIN_MS;
    await this.#persist(expiresAt, () => this.#db.createCollection(name).catch(ignoreExisting));
    await applyValidator(this.#db, name, { validator, version }, (work) => this.#persist(expiresAt, work));
    if (indexes.length === 0) return;
    // `IndexDescription` wants a mutable key; the driver only reads it.
    const descriptions = indexes.map((index) => ({ ...index, key: index.key as Record<string, 1> }));
    await this.#persist(expiresAt, () => this.#db.collection(name).createIndexes(descriptions));
  }

  /** Whether the database answers, for a readiness probe. @throws {Problem} `service-unavailable` if not. */
  async ping(): Promise<void> {
    await this.#call(COMMAND, () => this.#db.command({ ping: 1 }));
  }

  /**
   * Lets what is running end, as far as it does so soon, and closes every connection. The caller of a request may have left, and its transaction
   * still run: cut off, it would keep everybody from what it has touched until the server gives it up.
   */
  async close(): Promise<void> {
    const deadline = performance.now() + END_WITHIN_MS;
    while (this.#limiter.running > 0 && performance.now() < deadline) await Bun.sleep(END_POLL_MS);
    await this.#client.close();
  }

  #call<T>(call: DatabaseCall, work: () => Promise<T>, timeoutMs = this.#timeoutMs): Promise<T> {
    return runWatched({ call, watch: this.#watch, work: (startedAt) => this.#run(work, startedAt + timeoutMs) });
  }

  async #run<T>(work: () => Promise<T>, expiresAt: number): Promise<T> {
    const release = await this.#limiter.acquire({ waitMs: expiresAt - performance.now() });
    const running = work();
    // The turn ends with the work, not with the caller's patience: the driver's own timeouts end the work soon after.
    running.then(release, release);
    try {
      return await withDeadline(running, expiresAt - performance.now());
    } catch (error) {
      throw isUnavailable(error) ? databaseUnavailable(error) : error;
    }
  }

  /** An index on a large collection outlasts the deadline of a call; asking again waits for the same build. */
  async #persist<T>(expiresAt: number, work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.#call(COMMAND, work);
      } catch (error) {
        if (!(error instanceof Problem) || performance.now() >= expiresAt) throw error;
        await Bun.sleep(200);
      }
    }
  }
}

async function runTransaction<T>(
  session: ClientSession,
  work: (session: ClientSession) => Promise<T>,
  { expiresAt, retried }: { expiresAt: number; retried: () => void },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    session.startTransaction();
    try {
      const result = await work(session);
      // The caller has been told that it failed.
      if (performance.now() >= expiresAt) throw new LateFault("The transaction took too long");
      await commit(session, expiresAt);
      return result;
    } catch (error) {
      // The server drops the transaction with its session anyway.
      if (session.inTransaction()) await session.abortTransaction().catch(() => {});
      const pauseMs = Math.random() * Math.min(5 * 1.5 ** attempt, TRANSACTION_PAUSE_MAX_MS);
      if (performance.now() + pauseMs >= expiresAt || !isTransient(error)) throw error;
      retried();
      await Bun.sleep(pauseMs);
    }
  }
}

async function commit(session: ClientSession, expiresAt: number): Promise<void> {
  for (;;) {
    try {
      await session.commitTransaction();
      return;
    } catch (error) {
      if (!isUnknownCommit(error) || performance.now() >= expiresAt) throw error;
      await Bun.sleep(20);
    }
  }
}

function createClient({ url, poolMax, timeoutMs, name = "tradepost", ...options }: MongoOptions): MongoClient {
  if (!/^[a-z+]+:\/\/.*\/[^?]+/.test(url))
    throw new StartFault(`MongoDB at ${placeOf(url)} lacks the name of its database`);
  try {
    return new MongoClient(url, {
      appName: name,
      lookup: options.lookup ?? lookup,
      maxPoolSize: poolMax,
      // All of them: the driver's defaults wait for ever, and its `timeoutMS` does nothing.
      serverSelectionTimeoutMS: timeoutMs,
      connectTimeoutMS: timeoutMs,
      socketTimeoutMS: timeoutMs,
      waitQueueTimeoutMS: timeoutMs,
      retryWrites: true,
      retryReads: true,
      writeConcern: { w: "majority", j: true, wtimeoutMS: timeoutMs },
      // What is read stays: it is not rolled back when the primary changes.
      readConcern: { level: "majority" },
    });
  } catch (error) {
    throw new StartFault(`the URL of MongoDB is not valid: ${error instanceof Error ? error.message : ""}`, {
      cause: error,
    });
  }
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === NAMESPACE_EXISTS)) throw error;
}
