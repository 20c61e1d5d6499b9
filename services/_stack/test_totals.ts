/** How the tests of a run ended. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The sum of the runs. */
export function addTotals(runs: readonly Totals[]): Totals {
  const sum = (key: keyof Totals): number => runs.reduce((total, run) => total + run[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}

/** The line a run of all tests ends with. */
export function formatTotals({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Reads the root element of a JUnit report as `bun test` writes it.
 *
 * @param xml The report; undefined if the run wrote none.
 * @param exitCode Of the run: if it failed without a failed test, what failed counts as one.
 */
export function readJunit(xml: string | undefined, exitCode: number): Totals {
  const root = /<testsuites\b[^>]*>/.exec(xml ?? "")?.[0] ?? "";
  const count = (name: string): number => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(root)?.[1] ?? 0);
  const [failed, skipped] = [count("failures"), count("skipped")];
  return withExitCode({ passed: count("tests") - failed - skipped, failed, skipped }, exitCode);
}

/**
 * Reads the statistics of Playwright's JSON report.
 *
 * @param json The report; undefined if the run wrote none.
 * @param exitCode Of the run: if it failed without a failed test, what failed counts as one.
 */
export function readPlaywright(json: string | undefined, exitCode: number): Totals {
  const report: { stats?: PlaywrightStats } = JSON.parse(json ?? "{}");
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = report.stats ?? {};
  return withExitCode({ passed: expected, failed: unexpected + flaky, skipped }, exitCode);
}

/** What the JSON reporter of Playwright counts. */
interface PlaywrightStats {
  readonly expected?: number;
  readonly unexpected?: number;
  /** Failed, then passed when tried again. */
  readonly flaky?: number;
  readonly skipped?: number;
}

function withExitCode(totals: Totals, exitCode: number): Totals {
  return exitCode !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
}
