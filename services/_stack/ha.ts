/**
 * `bun run ha [--quick] [--postgres] [--seed N]`: the system as it is deployed, on one machine: three replicas of each service behind a
 * balancer. Under load replicas are killed at random, all of them are rolled, and each engine is restarted; prints a table, checks the
 * invariants after each, and ends with exit code 1 if anything was lost. `--postgres` does without MongoDB.
 */
import { parseArgs } from "node:util";
import { cleanAtEnd } from "./deployed/cleaning.ts";
import { describeMongo, findMongo } from "./engines/mongo.ts";
import { describeNats, findNats } from "./engines/nats.ts";
import type { Scene } from "./faults/ordeal.ts";
import { formatFaults, formatLegend } from "./faults/report.ts";
import { engineRestarts, killsAtRandom, ROLL_ALL } from "./ha/blows.ts";
import { startReplicatedStack } from "./ha/replicated_stack.ts";
import { formatHead, formatRow } from "./ha/report.ts";
import { tryBlow } from "./ha/trial.ts";
import { createRandom } from "./history/random.ts";
import { Recorder } from "./history/recorder.ts";
import { Sessions } from "./history/sessions.ts";
import { openAccounts } from "./history/shop.ts";
import { openDatabases } from "./invariants/read_state.ts";
import type { Stack } from "./stack.ts";
import { describeFault } from "./stack_error.ts";

const REPLICAS = 3;
/** Each replica once; the short selection has fewer. */
const KILLS = 9;
const KILLS_QUICK = 2;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    postgres: { type: "boolean", default: false },
    seed: { type: "string" },
  },
});
const seed = Number(values.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]);

const ends: (() => Promise<void>)[] = [];
const clean = cleanAtEnd(async () => {
  for (const end of ends.reverse()) await end();
});

try {
  if (!(await tryAll())) process.exitCode = 1;
} catch (error) {
  console.error(`✗ ${describeFault(error)}`);
  process.exitCode = 1;
}
await clean();

/** Whether everything held. */
async function tryAll(): Promise<boolean> {
  const startedMs = performance.now();
  const stack = await start();
  ends.push(() => stack.stop());
  const random = createRandom(seed);
  const scene = await openScene(stack);
  const blows = [
    ...killsAtRandom(stack, values.quick ? KILLS_QUICK : KILLS, random),
    ROLL_ALL,
    ...engineRestarts(stack),
  ];
  console.log(`\n${formatHead()}`);
  let isWell = true;
  for (const blow of blows) {
    const trial = await tryBlow(blow, scene);
    const told = formatFaults({ violations: trial.ordeal.violations, faults: trial.faults });
    console.log([formatRow(trial), ...told].join("\n"));
    isWell &&= told.length === 0;
  }
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  console.log(`\n${formatLegend()}\n\n${isWell ? "✓ nothing was lost" : "✗ see above"} (${seconds} s)`);
  return isWell;
}

async function start(): Promise<Stack> {
  const mongo = values.postgres
    ? { missing: "none, as asked for" }
    : await findMongo({ environment: process.env, install: true });
  const nats = await findNats(process.env);
  console.log(`MongoDB of this run: ${describeMongo(mongo)}\nBroker of this run: ${describeNats(nats)}`);
  console.log(`Seed of this run: ${seed}; ${REPLICAS} replicas of each service`);
  return startReplicatedStack({
    replicas: REPLICAS,
    mongo: "missing" in mongo ? undefined : mongo,
    nats: "missing" in nats ? undefined : nats,
  });
}

async function openScene(stack: Stack): Promise<Scene> {
  const accounts = await openAccounts(stack);
  const sessionRecorder = new Recorder();
  const [login = accounts.seller] = accounts.customers;
  return {
    victim: {
      ...{ stack, engine: stack.mongo ? "mongo" : "postgres", seed, settings: new Map() },
      onEnd: (end) => void ends.push(end),
    },
    databases: await openDatabases(stack),
    accounts,
    sessions: new Sessions({ origins: stack.origins, login, recorder: sessionRecorder }),
    sessionRecorder,
  };
}
