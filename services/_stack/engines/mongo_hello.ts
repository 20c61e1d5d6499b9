import { type Document, MongoClient } from "mongodb";
import { Patience } from "../patience.ts";
import { answers } from "../ports.ts";
import { type Child, isRunning } from "../processes.ts";
import { StackError } from "../stack_error.ts";

/** What a server says of itself. */
export interface MongoFacts {
  readonly version: string;
  /** A replica set or a sharded cluster. */
  readonly isReplicated: boolean;
}

const POLL_MS = 20;
const DROP_WAIT_MS = 5_000;
const PATIENCE = { idleMs: 4_000, totalMs: 60_000 };

/** Asks a server what it is; rejects with the driver's error if it does not answer in time. */
export async function askMongo(url: string, waitMs: number): Promise<MongoFacts> {
  return withAdmin(url, waitMs, async (command) => {
    const hello = await command({ hello: 1 });
    const build = await command({ buildInfo: 1 });
    const isReplicated = typeof hello.setName === "string" || hello.msg === "isdbgrid";
    return { version: String(build.version), isReplicated };
  });
}

/** Runs commands on the database `admin` and closes the connection. */
export async function withAdmin<Result>(
  url: string,
  waitMs: number,
  work: (command: (command: Document) => Promise<Document>) => Promise<Result>,
): Promise<Result> {
  const client = new MongoClient(url, {
    serverSelectionTimeoutMS: waitMs,
    connectTimeoutMS: waitMs,
    socketTimeoutMS: waitMs,
    maxPoolSize: 1,
  });
  try {
    const admin = (await client.connect()).db("admin");
    return await work((command) => admin.command(command));
  } finally {
    await client.close(true);
  }
}

/** Removes the database that the URL names. */
export async function dropDatabase(url: string): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: DROP_WAIT_MS });
  try {
    await client.db().dropDatabase();
  } finally {
    await client.close();
  }
}

/**
 * Waits until a server we started accepts connections.
 *
 * @throws {StackError} if it ends or stays silent.
 */
export async function waitForPort(
  child: Child,
  port: number,
  { name, logFile }: { name: string; logFile: string },
): Promise<void> {
  const patience = new Patience(child.record, PATIENCE);
  while (!(await answers(port))) {
    if (!isRunning(child.record)) {
      throw new StackError(`${name} does not start (${await child.exited}): see ${logFile}`);
    }
    if (patience.isOver) throw new StackError(`${name} does not answer: see ${logFile}`);
    await Bun.sleep(POLL_MS);
  }
}
