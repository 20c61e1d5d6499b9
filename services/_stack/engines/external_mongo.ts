import { StackError } from "../stack_error.ts";
import type { Engine } from "./engine.ts";
import { askMongo } from "./mongo_hello.ts";
import type { MongoSource } from "./mongo_source.ts";
import { withDatabase } from "./mongo_url.ts";

const ANSWER_MS = 3_000;

/**
 * A MongoDB that somebody else runs: it is used, and never stopped.
 *
 * @throws {StackError} if it does not answer, or is a standalone (which has neither retryable writes nor transactions).
 */
export async function connectMongo(url: string): Promise<MongoSource> {
  const { version, isReplicated } = await askMongo(url, ANSWER_MS).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StackError(`MONGODB_URL does not answer: ${reason}`);
  });
  if (!isReplicated)
    throw new StackError("MONGODB_URL names a standalone: Tradepost needs a replica set (mongod --replSet)");
  const engine: Engine = {
    name: "MongoDB",
    version,
    url,
    databaseUrl: (database) => withDatabase(url, database),
    pid: 0,
    stop: async () => {},
    kill: async () => refuse("kill"),
    restart: async () => refuse("restart"),
    freeze: () => refuse("freeze"),
    thaw: () => refuse("thaw"),
    exited: new Promise(() => {}),
  };
  return { name: "MongoDB", version, origin: "MONGODB_URL", start: async () => engine };
}

function refuse(action: string): never {
  throw new StackError(`cannot ${action} the MongoDB of MONGODB_URL: it is not ours`);
}
