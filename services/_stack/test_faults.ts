/**
 * `bun run test:faults`: everything that can go wrong on real processes, under load, each time followed by the invariants of the design.
 *
 * `--quick` takes the short selection; words take the faults whose names contain one, `hot` the sale of one product while it is edited;
 * `--seed N` makes the same choices again.
 */
import { parseArgs } from "node:util";
import { describeMongo, findMongo } from "./engines/mongo.ts";
import type { MongoSource } from "./engines/mongo_source.ts";
import { describeNats, findNats } from "./engines/nats.ts";
import { DISK_FULL } from "./faults/disk_full.ts";
import { FAIL_POINTS } from "./faults/fail_points.ts";
import type { EngineName, Fault } from "./faults/fault.ts";
import { sellHotProduct } from "./faults/hot_product.ts";
import { KILLS } from "./faults/kills.ts";
import { NETWORK } from "./faults/links.ts";
import { type Scene, undergo } from "./faults/ordeal.ts";
import { formatFaults, formatHead, formatHotSale, formatLegend, formatRow, formatSkipped } from "./faults/report.ts";
import { openScene } from "./faults/scene.ts";
import { SETTINGS } from "./faults/settings.ts";
import { describeFault } from "./stack_error.ts";

const FAULTS: readonly Fault[] = [...KILLS, ...FAIL_POINTS, ...SETTINGS, DISK_FULL, ...NETWORK];

/** The sale of one product, as a word. */
const HOT = "hot";

const { values, positionals: words } = parseArgs({
  options: { quick: { type: "boolean", default: false }, seed: { type: "string" } },
  allowPositionals: true,
});
const seed = Number(values.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]);

/** Ends what was started, whatever happens. */
const ends: (() => Promise<void>)[] = [];
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void endAll().finally(() => process.exit(1)));
}

let isWell = false;
try {
  isWell = await testFaults();
} catch (error) {
  console.error(`✗ ${describeFault(error)}`);
} finally {
  await endAll();
}
process.exit(isWell ? 0 : 1); // whatever still waits for an answer, waits in vain

/** Whether everything held. */
async function testFaults(): Promise<boolean> {
  const startedMs = performance.now();
  const mongo = await findMongo({ environment: process.env, install: true });
  const nats = describeNats(await findNats(process.env));
  console.log(
    `MongoDB of this run: ${describeMongo(mongo)}\nBroker of this run: ${nats}\nSeed of this run: ${seed}\n\n${formatHead()}`,
  );
  let holds = true;
  for (const engine of ["mongo", "postgres"] as const) {
    const chosen = FAULTS.filter((fault) => isChosen(fault, engine));
    if (engine === "mongo" && "missing" in mongo) {
      for (const { name } of chosen) console.log(formatSkipped({ fault: name, engine, reason: mongo.missing }));
    } else if (chosen.length > 0 || words.includes(HOT)) {
      holds = (await testOn(engine, chosen, "missing" in mongo ? undefined : mongo)) && holds;
    }
  }
  console.log(`\n${formatLegend()}\n\n${holds ? "✓" : "✗"} ${Math.round((performance.now() - startedMs) / 1_000)} s`);
  return holds;
}

function isChosen({ name, engines, isQuick = false }: Fault, engine: EngineName): boolean {
  if (!engines.includes(engine) || (values.quick && !isQuick)) return false;
  return words.length === 0 || words.some((word) => name.includes(word));
}

/** One stack for all faults: what one leaves behind, the next one would meet. */
async function testOn(engine: EngineName, faults: readonly Fault[], mongo: MongoSource | undefined): Promise<boolean> {
  const nats = await findNats(process.env);
  const onEnd = (end: () => Promise<void>): void => void ends.push(end);
  const scene = await openScene(engine, { mongo, nats: "missing" in nats ? undefined : nats, seed, onEnd });
  let holds = await testHotProduct(scene);
  for (const fault of faults) {
    const reason = await fault.missing?.(scene.victim);
    if (reason !== undefined) {
      console.log(formatSkipped({ fault: fault.name, engine, reason }));
      continue;
    }
    const ordeal = await undergo(fault, scene);
    const told = formatFaults(ordeal);
    console.log([formatRow(ordeal), ...told].join("\n"));
    holds &&= told.length === 0;
  }
  await endAll();
  return holds;
}

/** In the full run, or when it is asked for. */
async function testHotProduct(scene: Scene): Promise<boolean> {
  if (values.quick || (words.length > 0 && !words.includes(HOT))) return true;
  const sale = await sellHotProduct(scene);
  console.log(formatHotSale(scene.victim.engine, sale).join("\n"));
  return formatFaults({ violations: sale.violations, faults: [] }).length === 0;
}

async function endAll(): Promise<void> {
  await Promise.allSettled(ends.splice(0).map((end) => end()));
}
