/**
 * `bun run test:mutants`: plants the bugs that the design is there to prevent, one at a time, in a copy of the sources, and tells which test
 * catches which. A bug that survives fails the command. Words take the bugs whose names contain one.
 */
import { describeMongo, findMongo } from "./engines/mongo.ts";
import { DRIFTS } from "./mutants/drifts.ts";
import { MUTANTS } from "./mutants/mutants.ts";
import { type Caught, type Copy, copySources, firstFailure, tryMutant } from "./mutants/try_mutant.ts";
import { describeFault } from "./stack_error.ts";
import { createTestFolder, removeTestFolder, sweepTestFolders } from "./test_folder.ts";

const NAME_WIDTH = 64;
const words = process.argv.slice(2);
const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interruption.abort(new Error(signal)));

await sweepTestFolders();
const folder = createTestFolder();
try {
  process.exitCode = (await testMutants(copySources(folder))) ? 0 : 1;
} catch (error) {
  console.error(`✗ ${describeFault(error)}`);
  process.exitCode = 1;
} finally {
  removeTestFolder(folder);
}

/** Whether every bug was caught. */
async function testMutants(copy: Copy): Promise<boolean> {
  const mongo = await findMongo({ environment: process.env, install: true });
  console.log(`MongoDB of this run: ${describeMongo(mongo)}`);
  const chosen = [...MUTANTS, ...DRIFTS].filter(
    ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
  );
  const possible = chosen.filter(({ file }) => !("missing" in mongo) || !file.includes("mongo"));
  for (const { name } of chosen) {
    if (!possible.some((mutant) => mutant.name === name)) console.log(`${name.padEnd(NAME_WIDTH)} skipped: no MongoDB`);
  }
  await passUnspoiled(copy, new Set(possible.flatMap(({ checks }) => checks)));
  let survivors = 0;
  for (const mutant of possible) {
    const caught = await tryMutant(copy, mutant, interruption.signal).catch(unlessInterrupted);
    if (!caught || caught instanceof Error) survivors++;
    const by = describeCatch(caught);
    console.log(`${mutant.name.padEnd(NAME_WIDTH)} ${by}`);
  }
  console.log(
    `\n${survivors === 0 ? "✓" : "✗"} ${possible.length - survivors} of ${possible.length} planted bugs were caught`,
  );
  return survivors === 0;
}

function describeCatch(caught: Caught | Error | undefined): string {
  if (caught instanceof Error) return `✗ ${caught.message}`;
  return caught ? `caught by ${caught.file}: ${caught.test}` : "✗ SURVIVES";
}

/** A bug that could not be planted leaves the others to be tried. */
function unlessInterrupted(error: unknown): Error {
  interruption.signal.throwIfAborted();
  if (error instanceof Error) return error;
  throw error;
}

/** A test that fails without a bug would catch any. @throws {Error} with the first that does so twice: once may be a busy machine. */
async function passUnspoiled(copy: Copy, files: ReadonlySet<string>): Promise<void> {
  const run = (file: string) => firstFailure(copy, file, interruption.signal);
  for (const file of files) {
    const failure = (await run(file)) && (await run(file));
    if (failure !== undefined) throw new Error(`${file} fails without any planted bug: ${failure}`);
  }
}
