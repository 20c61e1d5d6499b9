/**
 * The saga over the real stores, in orders of steps that seeds choose. `INTERLEAVING_SEED=7 bun test services/_stack/interleavings` plays one
 * seed and prints what happened; `INTERLEAVING_RUNS=1000` plays more of them.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { describeWithMongo } from "../setup.ts";
import { BOUNDARIES, play, type Run } from "./run_fixture.ts";
import type { Bug } from "./tampering_fixture.ts";
import { openWorld, type World } from "./world_fixture.ts";

setDefaultTimeout(3_600_000);

const ONE_SEED = process.env.INTERLEAVING_SEED;
/** From here on few seeds bring a process to die at every step, before and after. */
const FIRST_SEED = 13;
const SELECTION = { postgres: 57, mongo: 4 };
const ASKED = process.env.INTERLEAVING_RUNS;
const RUNS = ASKED === undefined ? SELECTION : { postgres: Number(ASKED), mongo: Number(ASKED) };

/** @throws {Error} with all that happened, if something was violated. */
async function playWell(world: World, seed: number): Promise<Run> {
  const run = await play(world, { seed });
  if (ONE_SEED !== undefined) console.log(run.trace.join("\n"));
  if (run.violations.length === 0) return run;
  const story = ONE_SEED === undefined ? run.trace : [];
  const replay = `again: INTERLEAVING_SEED=${seed} bun test services/_stack/interleavings`;
  throw new Error([...story, "", ...run.violations, replay].join("\n"));
}

function testSeeds(engine: "postgres" | "mongo"): void {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(engine);
  });
  afterAll(() => world.close());

  if (ONE_SEED !== undefined) {
    test(`seed ${ONE_SEED}`, async () => {
      expect((await playWell(world, Number(ONE_SEED))).violations).toEqual([]);
    });
    return;
  }

  test(`${RUNS[engine]} seeds violate no invariant, wherever processes die`, async () => {
    const died = new Set<string>();
    for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS[engine]; seed++) {
      for (const where of (await playWell(world, seed)).deaths) died.add(where);
    }
    if (RUNS[engine] < SELECTION.postgres) return; // too few to come everywhere; the steps are the same on both
    const all = BOUNDARIES.flatMap((step) => [`${step} dies before`, `${step} dies after`]);
    expect(all.filter((where) => !died.has(where))).toEqual([]);
  });
  if (engine === "mongo") return;

  test("the same seed plays the same run", async () => {
    const [first, again] = [await play(world, { seed: 7 }), await play(world, { seed: 7 })];
    expect(again.trace).toEqual(first.trace);
  });

  test.each<Bug>(["no tombstone", "no deadline", "no guard"])("some seed finds a planted bug: %s", async (bug) => {
    for (let seed = FIRST_SEED + RUNS[engine] - 1; seed >= FIRST_SEED; seed--) {
      if ((await play(world, { seed, bug })).violations.length > 0) return;
    }
    throw new Error("No seed of the selection finds it");
  });
}

describe("on Postgres", () => testSeeds("postgres"));
describeWithMongo("on MongoDB", () => testSeeds("mongo"));
