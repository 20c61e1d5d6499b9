/**
 * Runs the whole system with data of its own until it is told to stop: for tests that know it by HTTP only.
 *
 * `bun services/_stack/serve_for_tests.ts [postgres|mongo]` prints one line, in which a test finds all it needs.
 */
import { findMongo } from "./engines/mongo.ts";
import type { MongoSource } from "./engines/mongo_source.ts";
import { onParentEnd } from "./parent_watch.ts";
import { describeFault, StackError } from "./stack_error.ts";
import { startTestStack } from "./test_stack.ts";

async function readStore(name = "postgres"): Promise<{ mongo?: MongoSource }> {
  if (name === "postgres") return {};
  if (name !== "mongo") throw new StackError(`There is no store ${name}: take postgres or mongo`);
  const mongo = await findMongo({ environment: process.env, install: true });
  if ("missing" in mongo) throw new StackError(`There is ${mongo.missing}`);
  return { mongo };
}

/** A machine that is busy with tests is slow, not broken. */
const PATIENCE = { DECIDE_WITHIN_MS: "20000", STOCK_TIMEOUT_MS: "15000", STORE_TIMEOUT_MS: "15000" };

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interruption.abort(signal));
onParentEnd(() => interruption.abort("the tests have ended"));

try {
  const { signal } = interruption;
  const stack = await startTestStack({ ...(await readStore(process.argv[2])), environment: PATIENCE, signal });
  const { origins, admin, serviceClient } = stack;
  console.log(
    `TRADEPOST_ORIGINS=${JSON.stringify(origins)}`,
    `TRADEPOST_ADMIN=${admin.email}:${admin.password}`,
    `TRADEPOST_CLIENT=${serviceClient.id}:${serviceClient.secret}`,
  );
  const interrupted = new Promise((settle) => signal.addEventListener("abort", settle));
  await Promise.race([interrupted, stack.firstEnd().then((what) => signal.aborted || console.error(what))]);
  if (!signal.aborted) await interrupted; // the tests go on, to say what they see
  await stack.stop();
} catch (error) {
  if (!interruption.signal.aborted) console.error(describeFault(error));
  process.exitCode = 1;
}
