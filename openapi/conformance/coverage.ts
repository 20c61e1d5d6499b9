/**
 * Fails a run in which an operation was never seen to answer a status that the contract documents for it. A reporter of
 * Playwright: the sightings come as attachments of the tests.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FullConfig, FullResult, Reporter, Suite, TestCase, TestResult } from "@playwright/test/reporter";
import type { Sighting } from "./api.ts";
import { OPERATIONS, type Operation } from "./document.ts";
import { FAULT_TESTS, type FaultTest } from "./faults.ts";

/** What the coverage is judged by. */
export interface Evidence {
  readonly operations: readonly Pick<Operation, "id" | "responses">[];
  readonly sightings: readonly Sighting[];
  readonly faultTests: readonly FaultTest[];
  /** The text of a file of the repository; undefined if there is none. */
  readonly readFile: (path: string) => string | undefined;
}

/** How an operation and a status that is documented for it stand. */
export interface Row {
  readonly operation: string;
  readonly status: number;
  /** Seen over HTTP, or provoked by a test elsewhere; `missing` is a gap. */
  readonly state: "seen" | "elsewhere" | "missing";
}

const ROOT = join(import.meta.dirname, "../..");
const MARKS: Readonly<Record<Row["state"], string>> = { seen: "", elsewhere: "*", missing: "!" };
const SIGHTINGS = "sightings";

/** One row for each operation and each status that is documented for it. */
export function judge({ operations, sightings, faultTests, readFile }: Evidence): readonly Row[] {
  const seen = new Set(sightings.map(({ operation, status }) => `${operation} ${status}`));
  const elsewhere = new Set(
    faultTests
      .filter(({ file, test }) => hasTest(readFile(file), test))
      .flatMap(({ operations, status }) => operations.map((operation) => `${operation} ${status}`)),
  );
  return operations.flatMap(({ id, responses }) =>
    [...responses.keys()].map((status) => {
      const pair = `${id} ${status}`;
      const state = seen.has(pair) ? "seen" : elsewhere.has(pair) ? "elsewhere" : "missing";
      return { operation: id, status, state };
    }),
  );
}

/** The fault tests that are not where the table says. */
export function lostTests({ faultTests, readFile }: Pick<Evidence, "faultTests" | "readFile">): readonly FaultTest[] {
  return faultTests.filter(({ file, test }) => !hasTest(readFile(file), test));
}

/** The rows as a table for people: a line for each operation. */
export function toTable(rows: readonly Row[]): string {
  const lines = Map.groupBy(rows, ({ operation }) => operation);
  const width = Math.max(...[...lines.keys()].map((name) => name.length));
  return [...lines]
    .map(([operation, statuses]) => {
      const cells = statuses.map(({ status, state }) => `${status}${MARKS[state]}`);
      return `  ${operation.padEnd(width)}  ${cells.join(" ")}`;
    })
    .join("\n");
}

/** Collects what the tests saw and judges it at the end of a whole run. */
export default class CoverageReporter implements Reporter {
  readonly #sightings: Sighting[] = [];
  #isWhole = false;
  #hasRun = false;

  onBegin(config: FullConfig, suite: Suite): void {
    const folder = config.projects[0]?.testDir ?? import.meta.dirname;
    const files = new Set(suite.allTests().map(({ location }) => location.file));
    const all = readdirSync(folder).filter((name) => name.endsWith("_conformance.ts"));
    const isFiltered = String(config.grep) !== "/.*/" || config.grepInvert !== null;
    this.#isWhole = !isFiltered && all.every((name) => files.has(join(folder, name)));
  }

  onTestEnd(_test: TestCase, { attachments }: TestResult): void {
    this.#hasRun = true;
    for (const { name, body } of attachments) {
      if (name === SIGHTINGS && body) this.#sightings.push(...JSON.parse(body.toString()));
    }
  }

  async onEnd({ status }: FullResult): Promise<{ status: FullResult["status"] }> {
    if (!this.#hasRun) return { status }; // the tests were only listed
    if (!this.#isWhole) {
      console.log("Coverage of the contract: not judged, a part of the tests was chosen");
      return { status };
    }
    const evidence = { operations: OPERATIONS, sightings: this.#sightings, faultTests: FAULT_TESTS, readFile };
    const rows = judge(evidence);
    const count = (state: Row["state"]): number => rows.filter((row) => row.state === state).length;
    console.log(`\nCoverage of the contract (* by a test elsewhere, ! never seen):\n${toTable(rows)}`);
    for (const { test, file } of lostTests(evidence)) console.log(`  There is no test "${test}" in ${file}`);
    console.log(
      `  ${rows.length} operation × status: ${count("seen")} seen, ${count("elsewhere")} by tests elsewhere, ${count("missing")} never\n`,
    );
    const complete = count("missing") === 0 && lostTests(evidence).length === 0;
    return { status: complete || status !== "passed" ? status : "failed" };
  }

  printsToStdio(): boolean {
    return false; // the list reporter does; this one adds to it
  }
}

/** Whether a file has a test of this name: as a text of its own, however the test is declared. */
function hasTest(source: string | undefined, name: string): boolean {
  return source !== undefined && ['"', "'", "`"].some((quote) => source.includes(`${quote}${name}${quote}`));
}

function readFile(path: string): string | undefined {
  const file = join(ROOT, path);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
