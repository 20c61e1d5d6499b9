/**
 * `bun run test`: the tests of Bun, then those of Playwright against a running stack, and one line with the totals.
 *
 * `bun run test orders stock` runs only the files whose paths contain one of the words.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { findChromium } from "../../openapi/conformance/browser.ts";
import { describeMongo, findMongo } from "./engines/mongo.ts";
import { describeNats, findNats } from "./engines/nats.ts";
import { ROOT } from "./paths.ts";
import { describeFault, StackError } from "./stack_error.ts";
import { createTestFolder, removeTestFolder } from "./test_folder.ts";
import { addTotals, formatTotals, readJunit, readPlaywright, type Totals } from "./test_totals.ts";

const PLAYWRIGHT_CONFIG = "openapi/conformance/playwright.config.ts";
/** Where the configuration has the report written. */
const PLAYWRIGHT_REPORT = join(ROOT, "openapi/conformance/test-results/summary.json");

/** A race on a real engine takes tens of milliseconds; the rest is for a machine with much else to do. */
const TEST_TIMEOUT_MS = 30_000;

/** Of all files: with engines of its own a group starts slowly, and small ones leave no processor without work at the end. */
const GROUPS = 8;
/** Less than this is quicker in one go, and seen as it happens. */
const GROUPED_FROM = 40;
/** Each runs a group; more of them are in each other's way. */
const RUNNERS_MAX = 4;

const runners = new Set<Bun.Subprocess>();
let isInterrupted = false;
process.on("SIGINT", () => (isInterrupted = true)); // the terminal tells the runners too: we stay for the totals
process.on("SIGTERM", () => {
  isInterrupted = true;
  for (const runner of runners) runner.kill("SIGTERM");
});

try {
  const totals = await runAll(process.argv.slice(2));
  console.log(`\n${formatTotals(totals)}`);
  process.exitCode = totals.failed > 0 ? 1 : 0;
} catch (error) {
  console.error(`✗ ${describeFault(error)}`);
  process.exitCode = 1;
}

async function runAll(words: readonly string[]): Promise<Totals> {
  const mongo = await findMongo({ environment: process.env, install: true });
  console.log(`MongoDB of this run: ${describeMongo(mongo)}`);
  console.log(`NATS of this run: ${describeNats(await findNats(process.env))}`);
  console.log(`Browser of this run: ${findChromium(process.env) ?? "none: the browser tests are skipped"}`);
  const bunFiles = findFiles("**/*_test.ts", words);
  const playwrightFiles = findFiles("**/*_conformance.ts", words);
  if (bunFiles.length + playwrightFiles.length === 0) {
    throw new StackError(`no test file has ${words.map((word) => `"${word}"`).join(" or ")} in its path`);
  }
  const runs: Totals[] = [];
  if (bunFiles.length > 0) runs.push(await runBun(bunFiles));
  if (playwrightFiles.length > 0) {
    // The contract holds whichever engine keeps users and products.
    for (const store of "missing" in mongo ? ["postgres"] : ["postgres", "mongo"]) {
      // A page does not know the engine: it is looked at once.
      const files = playwrightFiles.filter((file) => store === "postgres" || !basename(file).startsWith("docs_"));
      if (files.length === 0) continue;
      console.log(`\nThe contract over HTTP, users and products in ${store}:`);
      runs.push(await runPlaywright(files, store));
    }
  }
  return addTotals(runs);
}

/** Test files of ours whose paths contain one of the words; all without a word. */
function findFiles(pattern: string, words: readonly string[]): readonly string[] {
  const files = ["openapi", "services", "sdk", "k8s"].flatMap((folder) => [
    ...new Bun.Glob(`${folder}/${pattern}`).scanSync({ cwd: ROOT }),
  ]);
  const ours = files.filter((file) => !/\/(dist|node_modules)\//.test(file));
  return ours.filter((file) => words.length === 0 || words.some((word) => file.includes(word))).sort();
}

/** Many files in groups, one for each processor at a time: each is told once it is done. */
async function runBun(files: readonly string[]): Promise<Totals> {
  if (files.length < GROUPED_FROM) return runGroup(files, run);
  const groups = [...Map.groupBy(files, (_, index) => index % GROUPS).values()];
  const totals: Totals[] = [];
  const work = async (): Promise<void> => {
    for (let group = groups.shift(); group && !isInterrupted; group = groups.shift()) {
      totals.push(await runGroup(group, runQuietly));
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), RUNNERS_MAX) }, work));
  return addTotals(totals);
}

async function runGroup(files: readonly string[], run: (args: readonly string[]) => Promise<number>): Promise<Totals> {
  const folder = createTestFolder();
  const report = join(folder, "junit.xml");
  const paths = files.map((file) => `./${file}`);
  const exitCode = await run([
    "test",
    `--timeout=${TEST_TIMEOUT_MS}`,
    "--reporter=junit",
    `--reporter-outfile=${report}`,
    ...paths,
  ]);
  const totals = readJunit(readIfThere(report), exitCode);
  removeTestFolder(folder);
  return totals;
}

async function runPlaywright(files: readonly string[], store: string): Promise<Totals> {
  rmSync(PLAYWRIGHT_REPORT, { force: true });
  const names = files.map((file) => basename(file).replaceAll(".", "\\."));
  const args = ["--bun", "playwright", "test", "-c", PLAYWRIGHT_CONFIG, ...names];
  const exitCode = await run(args, { TRADEPOST_STORE: store });
  return readPlaywright(readIfThere(PLAYWRIGHT_REPORT), exitCode);
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Runs Bun with our terminal; gives its exit code. */
async function run(args: readonly string[], environment: Record<string, string> = {}): Promise<number> {
  return followed(
    Bun.spawn([process.execPath, ...args], { ...optionsOf(environment), stdio: ["inherit", "inherit", "inherit"] }),
  );
}

/** Runs Bun beside others, and shows what it said once it has ended; gives its exit code. */
async function runQuietly(args: readonly string[]): Promise<number> {
  const runner = Bun.spawn([process.execPath, ...args], { ...optionsOf(), stdio: ["ignore", "pipe", "pipe"] });
  const [exitCode, stdout, stderr] = await Promise.all([
    followed(runner),
    new Response(runner.stdout).text(),
    new Response(runner.stderr).text(),
  ]);
  process.stdout.write(stdout);
  process.stderr.write(stderr); // where Bun tells of its tests
  return exitCode;
}

function optionsOf(environment: Record<string, string> = {}) {
  return { cwd: ROOT, env: { ...process.env, TRADEPOST_ENGINES_NAMED: "1", ...environment } };
}

async function followed(runner: Bun.Subprocess): Promise<number> {
  runners.add(runner);
  const exitCode = await runner.exited;
  runners.delete(runner);
  return exitCode;
}
