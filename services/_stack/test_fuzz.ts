/**
 * `bun run test:fuzz`: sends generated requests, right and wrong ones, to every operation of the running system, and holds every answer against
 * the contract. What fails is made as short as it can be.
 *
 * `bun run test:fuzz [--requests N] [--seed S] [--mongo] [--service NAME]`: N for each service; users and products in Postgres, or in MongoDB.
 * `bun run test:fuzz --mutants` plants bugs in a copy of the sources, each of which must be found.
 */
import { parseArgs } from "node:util";
import type { ServiceName } from "#contract";
import { describeMongo, findMongo } from "./engines/mongo.ts";
import type { MongoSource } from "./engines/mongo_source.ts";
import { canSucceed } from "./fuzz/expectation.ts";
import { type FuzzReport, fuzz, type Tally } from "./fuzz/fuzz.ts";
import { MUTANTS, tryFuzzMutant } from "./fuzz/mutants.ts";
import { copySources } from "./mutants/try_mutant.ts";
import { SERVICE_NAMES } from "./service_names.ts";
import type { Stack } from "./stack.ts";
import { describeFault, StackError } from "./stack_error.ts";
import { createTestFolder, removeTestFolder } from "./test_folder.ts";
import { startTestStack } from "./test_stack.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    requests: { type: "string", default: "20000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    mongo: { type: "boolean", default: false },
    service: { type: "string" },
    mutants: { type: "boolean", default: false },
  },
});
/** Of the requests of a service, one in so many may have a password hashed; 500 of 20,000. */
const REQUESTS_PER_HASH = 40;
/** Attempts come from many addresses, as from many people; a busy machine is slow, not broken. */
const ENVIRONMENT = {
  TRUSTED_PROXIES: "127.0.0.1",
  DECIDE_WITHIN_MS: "20000",
  STOCK_TIMEOUT_MS: "15000",
  STORE_TIMEOUT_MS: "15000",
};

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interruption.abort(signal));

try {
  process.exitCode = (await (values.mutants ? fuzzMutants() : run())) ? 0 : 1;
} catch (error) {
  console.error(`✗ ${describeFault(error)}`);
  process.exitCode = 2;
}

/** Whether every planted bug was found. */
async function fuzzMutants(): Promise<boolean> {
  const folder = createTestFolder();
  try {
    const copy = copySources(folder);
    let missed = 0;
    for (const mutant of MUTANTS) {
      if (interruption.signal.aborted) return false;
      const finding = await tryFuzzMutant(copy, mutant);
      if (finding === undefined) missed++;
      console.log(`${finding === undefined ? "✗ missed" : "✓ found "} ${mutant.name}\n    ${finding ?? ""}`);
    }
    return missed === 0;
  } finally {
    removeTestFolder(folder);
  }
}

/** Whether nothing was found. */
async function run(): Promise<boolean> {
  const { signal } = interruption;
  const mongo = values.mongo ? await requireMongo() : undefined;
  const stack = await startTestStack({ ...(mongo && { mongo }), environment: ENVIRONMENT, signal });
  try {
    console.log(`Users and products in ${mongo ? "MongoDB" : "Postgres"}, orders in Postgres; seed ${values.seed}`);
    const outcomes: boolean[] = [];
    for (const service of chosenServices()) outcomes.push(await fuzzService(stack, service));
    return outcomes.every(Boolean) && !signal.aborted;
  } finally {
    await stack.stop();
  }
}

async function requireMongo(): Promise<MongoSource> {
  const mongo = await findMongo({ environment: process.env, install: true });
  console.log(`MongoDB of this run: ${describeMongo(mongo)}`);
  if ("missing" in mongo) throw new StackError(`there is ${mongo.missing}`);
  return mongo;
}

function chosenServices(): readonly ServiceName[] {
  const chosen = SERVICE_NAMES.filter((name) => values.service === undefined || name === values.service);
  if (chosen.length === 0) throw new StackError(`there is no service ${values.service}`);
  return chosen;
}

async function fuzzService(stack: Stack, service: ServiceName): Promise<boolean> {
  const requests = positive("requests");
  const startedAt = performance.now();
  const report = await fuzz(stack, {
    service,
    requests,
    seed: positive("seed"),
    hashesMax: Math.ceil(requests / REQUESTS_PER_HASH),
    signal: interruption.signal,
  });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const untried = [...report.tallies].filter(([id, tally]) => canSucceed(id) && answeredWell(tally) === 0);
  console.log(`\n${service}: ${report.sent} requests in ${seconds} s, ${report.findings.length} faults`);
  console.log(toTable(report));
  for (const { seed, fault, requests: steps } of report.findings) {
    console.log(`✗ seed ${seed}: ${fault}\n${steps.map((step) => `    ${step}`).join("\n")}`);
  }
  for (const [id] of untried) console.log(`✗ ${id} was never called with success: too few requests, or it refuses all`);
  return report.findings.length === 0 && untried.length === 0;
}

function positive(name: "requests" | "seed"): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw new StackError(`--${name} must be a whole number above 0`);
  return value;
}

function answeredWell({ statuses }: Tally): number {
  return [...statuses].reduce((sum, [status, count]) => (status < 400 ? sum + count : sum), 0);
}

function toTable({ tallies }: FuzzReport): string {
  const width = Math.max(...[...tallies.keys()].map((id) => id.length));
  const lines = [...tallies].map(([id, { valid, invalid, unauthorized, statuses }]) => {
    const seen = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}×${count}`);
    const asked = [valid, invalid, unauthorized].map((count) => String(count).padStart(7));
    return `  ${id.padEnd(width)} ${asked.join(" ")}  ${seen.join(" ")}`;
  });
  return [`  ${"".padEnd(width)}   valid invalid  others  answered`, ...lines].join("\n");
}
