/**
 * `bun run test:attacks`: tries named attacks against the whole system, on each engine there is, and prints what was expected and seen.
 *
 * `bun run test:attacks [--postgres | --mongo] [words]` tries those whose group or name has one of the words;
 * `bun run test:attacks --mutants` plants weaknesses in copies of the sources, each of which the attacks must find.
 */
import { parseArgs } from "node:util";
import type { Outcome } from "./attacks/attack.ts";
import { MUTANTS, tryMutant } from "./attacks/mutants.ts";
import { runAttacks } from "./attacks/run.ts";
import { openWorld } from "./attacks/world.ts";
import { describeMongo, findMongo } from "./engines/mongo.ts";
import type { MongoSource } from "./engines/mongo_source.ts";
import { describeFault, StackError } from "./stack_error.ts";

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: { postgres: { type: "boolean" }, mongo: { type: "boolean" }, mutants: { type: "boolean" } },
  allowPositionals: true,
});
const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interruption.abort(signal));

/** Where users and products live; both engines unless one is asked for. */
async function findEngines(): Promise<readonly (MongoSource | undefined)[]> {
  if (values.postgres) return [undefined];
  const mongo = await findMongo({ environment: process.env, install: true });
  console.log(`MongoDB of this run: ${describeMongo(mongo)}`);
  if (!("missing" in mongo)) return values.mongo ? [mongo] : [undefined, mongo];
  if (values.mongo || process.env.REQUIRE_MONGO === "1") throw new StackError(`there is ${mongo.missing}`);
  return [undefined];
}

async function attackEngine(mongo: MongoSource | undefined, isFirst: boolean): Promise<readonly Outcome[]> {
  const world = await openWorld(mongo, interruption.signal);
  try {
    return await runAttacks(world, { words: positionals, areConnectionsTried: !isFirst });
  } finally {
    await world.stop();
  }
}

/** A table of the attacks; those that got through in full. */
function print(outcomes: readonly Outcome[]): void {
  for (const { group, attack, seen, refused } of outcomes) {
    console.log(`${refused ? "✓" : "✗"} ${group.padEnd(11)} ${attack.name.padEnd(74)} ${seen}`);
    if (!refused) console.log(`  expected ${attack.expected}`);
  }
}

/** @returns How many got through. */
async function attackAll(): Promise<number> {
  let through = 0;
  for (const [index, mongo] of (await findEngines()).entries()) {
    console.log(`\nUsers and products in ${mongo ? "MongoDB" : "Postgres"}, orders in Postgres:`);
    const outcomes = await attackEngine(mongo, index === 0);
    if (outcomes.length === 0 && index === 0) throw new StackError("no attack has one of these words");
    print(outcomes);
    const failed = outcomes.filter(({ refused }) => !refused).length;
    console.log(`${outcomes.length} attacks, ${outcomes.length - failed} refused as expected, ${failed} not`);
    through += failed;
  }
  return through;
}

/** @returns How many planted weaknesses the attacks did not find. */
async function attackMutants(): Promise<number> {
  let missed = 0;
  for (const mutant of MUTANTS) {
    if (positionals.length > 0 && !positionals.some((word) => mutant.weakness.includes(word))) continue;
    const { found, output } = await tryMutant(mutant);
    console.log(`${found ? "✓ found " : "✗ missed"} ${mutant.weakness}`);
    if (!found) console.log(output);
    if (!found) missed++;
  }
  return missed;
}

try {
  process.exitCode = (await (values.mutants ? attackMutants() : attackAll())) > 0 ? 1 : 0;
} catch (error) {
  console.error(`✗ ${describeFault(error)}`);
  process.exitCode = 2;
}
