/**
 * The preload of `bun test`: names the engines of the run, gives every test file its databases on real engines, and
 * leaves no process behind. An engine starts when the first test asks for it.
 */
import { afterAll, describe } from "bun:test";
import { randomUUID } from "node:crypto";
import postgres from "postgres";
import type { Engine } from "./engines/engine.ts";
import { describeMongo, findMongo } from "./engines/mongo.ts";
import { dropDatabase } from "./engines/mongo_hello.ts";
import { type Broker, describeNats, findNats } from "./engines/nats.ts";
import { preparePostgresTemplate, startPostgres } from "./engines/postgres.ts";
import { ProcessJournal } from "./journal.ts";
import type { ManagedProcess } from "./managed_process.ts";
import { CACHE_FOLDER } from "./paths.ts";
import { describeFault } from "./stack_error.ts";
import { createTestFolder, removeTestFolders, sweepTestFolders } from "./test_folder.ts";

export { createTestFolder } from "./test_folder.ts";

/** A database of a test's own. */
export interface TestDatabase {
  readonly url: string;
  /** Removes it before the run ends; not needed, the whole engine goes with the run. */
  drop(): Promise<void>;
}

const SHUT_DOWN_MS = 20_000;
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

const environment = process.env;
const mongo = await findMongo({ environment, install: true }).catch(refuse);
const nats = await findNats(environment).catch(refuse);
if (environment.TRADEPOST_ENGINES_NAMED !== "1") {
  console.log(`MongoDB of this run: ${describeMongo(mongo)}`);
  console.log(`NATS of this run: ${describeNats(nats)}`);
}
await sweepTestFolders();

/** Why there is no MongoDB; undefined if there is one. */
export const mongoMissing = "missing" in mongo ? mongo.missing : undefined;

/** `describe` for a suite that needs MongoDB: without one it is reported as skipped, by its name and with the reason. */
export function describeWithMongo(name: string, suite: () => void): void {
  if (mongoMissing === undefined) describe(name, () => suite());
  else describe.skip(`${name} (skipped: ${mongoMissing})`, () => suite());
}

/** `describe` for a suite that needs a broker, as `describeWithMongo`. */
export function describeWithNats(name: string, suite: () => void): void {
  if (!("missing" in nats)) describe(name, () => suite());
  else describe.skip(`${name} (skipped: ${nats.missing})`, () => suite());
}

/** An empty Postgres database of its own; its role is the superuser. */
export async function createPostgresDatabase(): Promise<TestDatabase> {
  const engine = await sharedPostgres();
  const name = databaseName();
  await runSql(engine, `CREATE DATABASE "${name}"`);
  return {
    url: engine.databaseUrl(name),
    drop: () => runSql(engine, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
  };
}

/** An empty MongoDB database of its own; only within `describeWithMongo`. */
export async function createMongoDatabase(): Promise<TestDatabase> {
  const engine = await sharedMongo();
  const name = databaseName();
  const url = engine.databaseUrl(name);
  const drop = (): Promise<void> => dropDatabase(url);
  if (environment.MONGODB_URL) borrowed.push(drop); // somebody else's server outlives the run
  return { url, drop };
}

/** A Postgres for one test alone, to be killed, frozen and restarted; it ends with the run at the latest. */
export async function startOwnPostgres(): Promise<Engine> {
  return keep(async (folder, journal) => {
    return startPostgres({ folder, journal, template: await preparePostgresTemplate(CACHE_FOLDER) });
  });
}

/** A MongoDB for one test alone, as `startOwnPostgres`; only within `describeWithMongo`. */
export async function startOwnMongo(): Promise<Engine> {
  if ("missing" in mongo) throw new Error(`There is ${mongo.missing}: use describeWithMongo`);
  return keep((folder, journal) => mongo.start({ folder, journal, disposable: true }));
}

/** A broker for one test alone, to be killed and restarted on its data; only within `describeWithNats`. */
export async function startOwnNats(): Promise<Broker> {
  if ("missing" in nats) throw new Error(`There is ${nats.missing}: use describeWithNats`);
  return keep((folder, journal) => nats.start({ folder, journal, disposable: true }));
}

const engines: ManagedProcess[] = [];
const borrowed: (() => Promise<void>)[] = [];
const sharedPostgres = once(startOwnPostgres);
const sharedMongo = once(startOwnMongo);
const shutDown = once(async () => {
  await Promise.allSettled(borrowed.map((drop) => drop()));
  await Promise.allSettled(engines.map((engine) => engine.stop()));
  removeTestFolders();
});

afterAll(shutDown, SHUT_DOWN_MS);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => void shutDown().finally(() => process.exit(SIGNAL_EXIT_CODES[signal])));
}

function refuse(error: unknown): never {
  console.error(describeFault(error));
  process.exit(1);
}

async function keep<Server extends ManagedProcess>(
  start: (folder: string, journal: ProcessJournal) => Promise<Server>,
): Promise<Server> {
  const folder = createTestFolder();
  const engine = await start(folder, await ProcessJournal.open(folder));
  engines.push(engine);
  return engine;
}

function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}

function databaseName(): string {
  return `test_${randomUUID().replaceAll("-", "")}`;
}

async function runSql(engine: Engine, statement: string): Promise<void> {
  const sql = postgres(engine.databaseUrl("postgres"), { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
