/**
 * Fails a run in which something that the contract documents was never seen: a status of an operation, a header of a status, a problem of a
 * status. A reporter of Playwright: the sightings come as attachments of the tests.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FullConfig, FullResult, Reporter, Suite, TestCase, TestResult } from "@playwright/test/reporter";
import { OPERATIONS, type Operation } from "./document.ts";
import { type Facet, facetsOf, type Sighting, shows } from "./facets.ts";
import { FAULT_TESTS, type FaultTest } from "./faults.ts";

/** What the coverage is judged by. */
export interface Evidence {
  readonly operations: readonly Pick<Operation, "id" | "responses">[];
  readonly sightings: readonly Sighting[];
  readonly faultTests: readonly FaultTest[];
  /** The text of a file of the repository; undefined if there is none. */
  readonly readFile: (path: string) => string | undefined;
}

/** How a thing that is documented stands. */
export interface Row extends Facet {
  /** Seen over HTTP, or provoked by a test elsewhere; `missing` is a gap. */
  readonly state: "seen" | "elsewhere" | "missing";
}

const ROOT = join(import.meta.dirname, "../..");
const MARKS: Readonly<Record<Row["state"], string>> = { seen: "", elsewhere: "*", missing: "!" };
const KINDS: Readonly<Record<Facet["kind"], string>> = {
  status: "operation × status",
  header: "operation × status × header",
  problem: "operation × status × problem",
};
const SIGHTINGS = "sightings";

/** One row for each thing that is documented. */
export function judge({ operations, sightings, faultTests, readFile }: Evidence): readonly Row[] {
  const byAnswer = Map.groupBy(sightings, ({ operation, status }) => `${operation} ${status}`);
  const elsewhere = faultTests.filter(({ file, test }) => hasTest(readFile(file), test));
  return operations.flatMap(facetsOf).map((facet) => {
    const seen = byAnswer.get(`${facet.operation} ${facet.status}`)?.some((sighting) => shows(sighting, facet));
    const state = seen ? "seen" : elsewhere.some((test) => provokes(test, facet)) ? "elsewhere" : "missing";
    return { ...facet, state };
  });
}

/** A test elsewhere shows a status with all it has, or one thing of it. */
function provokes({ operations, status, shows: only }: FaultTest, facet: Facet): boolean {
  if (status !== facet.status || !operations.some((id) => id === facet.operation)) return false;
  return only === undefined || only.includes(facet.name);
}

/** The fault tests that are not where the table says. */
export function lostTests({ faultTests, readFile }: Pick<Evidence, "faultTests" | "readFile">): readonly FaultTest[] {
  return faultTests.filter(({ file, test }) => !hasTest(readFile(file), test));
}

/** The rows as a table for people: a line for each operation; a status is followed by what of it is not seen over HTTP. */
export function toTable(rows: readonly Row[]): string {
  const lines = Map.groupBy(rows, ({ operation }) => operation);
  const width = Math.max(...[...lines.keys()].map((name) => name.length));
  return [...lines]
    .map(([operation, facets]) => {
      const statuses = Map.groupBy(facets, ({ status }) => status);
      const cells = [...statuses].map(([status, all]) => toCell(status, all));
      return `  ${operation.padEnd(width)}  ${cells.join(" ")}`;
    })
    .join("\n");
}

/** `200`, or `503*` by a test elsewhere, or `409(Retry-After*)`, or `404!`. */
function toCell(status: number, facets: readonly Row[]): string {
  const [own] = facets.filter(({ kind }) => kind === "status");
  const mark = MARKS[own?.state ?? "missing"];
  const odd = facets.filter(({ kind, state }) => kind !== "status" && state !== "seen" && MARKS[state] !== mark);
  const details = odd.map(({ name, state }) => `${name}${MARKS[state]}`);
  return `${status}${mark}${details.length === 0 ? "" : `(${details.join(" ")})`}`;
}

/** How many there are of each kind, and how they stand: a line for each. */
export function toSummary(rows: readonly Row[]): string {
  return Object.entries(KINDS)
    .map(([kind, name]) => {
      const own = rows.filter((row) => row.kind === kind);
      const count = (state: Row["state"]): number => own.filter((row) => row.state === state).length;
      const percent = own.length === 0 ? 100 : Math.floor((100 * (own.length - count("missing"))) / own.length);
      return `  ${own.length} ${name}: ${percent} % (${count("seen")} seen, ${count("elsewhere")} by tests elsewhere, ${count("missing")} never)`;
    })
    .join("\n");
}

/** Collects what the tests saw and judges it at the end of a whole run. */
export default class CoverageReporter implements Reporter {
  readonly #sightings: Sighting[] = [];
  #isWhole = false;
  #hasRun = false;
  #skipped = 0;

  onBegin(config: FullConfig, suite: Suite): void {
    const folder = config.projects[0]?.testDir ?? import.meta.dirname;
    const files = new Set(suite.allTests().map(({ location }) => location.file));
    // Those of the docs page are no evidence of the contract.
    const all = readdirSync(folder).filter((name) => name.endsWith("_conformance.ts") && !name.startsWith("docs_"));
    const isFiltered = String(config.grep) !== "/.*/" || config.grepInvert !== null;
    this.#isWhole = !isFiltered && all.every((name) => files.has(join(folder, name)));
  }

  onTestEnd(_test: TestCase, { attachments, status }: TestResult): void {
    this.#hasRun = true;
    if (status === "skipped") this.#skipped++;
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
    console.log(`\nCoverage of the contract (* by a test elsewhere, ! never seen):\n${toTable(rows)}`);
    const missing = rows.filter(({ state }) => state === "missing");
    for (const { operation, status, kind, name } of missing) {
      console.log(`  Never seen: ${operation} ${status} ${kind === "status" ? "" : `${kind} ${name}`}`.trimEnd());
    }
    for (const { test, file } of lostTests(evidence)) console.log(`  There is no test "${test}" in ${file}`);
    console.log(`${toSummary(rows)}\n`);
    // Who may not do everything can't see everything.
    if (missing.length > 0 && this.#skipped > 0) {
      console.log(`  Not judged: ${this.#skipped} tests were skipped`);
      return { status };
    }
    const complete = missing.length === 0 && lostTests(evidence).length === 0;
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
