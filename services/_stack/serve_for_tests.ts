/**
 * Runs the whole system with data of its own until it is told to stop: for tests that know it by HTTP only.
 *
 * `bun services/_stack/serve_for_tests.ts [postgres|mongo]` prints one line, in which a test finds all it needs.
 */
import { findMongo, type MongoSource } from "./engines/mongo.ts";
import { identify, isRunning } from "./processes.ts";
import { describeFault, StackError } from "./stack_error.ts";
import { startTestStack } from "./test_stack.ts";

async function readStore(name = "postgres"): Promise<{ mongo?: MongoSource }> {
  if (name === "postgres") return {};
  if (name !== "mongo") throw new StackError(`There is no store ${name}: take postgres or mongo`);
  const mongo = await findMongo({ environment: process.env, install: true });
  if ("missing" in mongo) throw new StackError(`There is ${mongo.missing}`);
  return { mongo };
}

/** How soon it is noticed that whoever started this is gone without a word. */
const PARENT_POLL_MS = 500;

try {
  const stack = await startTestStack(await readStore(process.argv[2]));
  let stopping: Promise<void> | undefined;
  const stop = (): void => {
    stopping ??= stack.stop().then(() => process.exit());
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  const parent = { pid: process.ppid, identity: identify(process.ppid) ?? "" };
  setInterval(() => {
    if (!isRunning(parent)) stop();
  }, PARENT_POLL_MS);
  stack.firstEnd().then((what) => {
    if (stopping === undefined) console.error(what);
  });

  const { origins, admin, serviceClient } = stack;
  console.log(
    `TRADEPOST_ORIGINS=${JSON.stringify(origins)}`,
    `TRADEPOST_ADMIN=${admin.email}:${admin.password}`,
    `TRADEPOST_CLIENT=${serviceClient.id}:${serviceClient.secret}`,
  );
} catch (error) {
  console.error(describeFault(error));
  process.exit(1);
}
