import { expect, test } from "bun:test";
import { addTotals, formatTotals, readJunit, readPlaywright } from "./test_totals.ts";

const JUNIT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="5" assertions="9" failures="1" skipped="2" time="6.06">
  <testsuite name="x" tests="99" failures="99" skipped="99"></testsuite>
</testsuites>`;
const PLAYWRIGHT = JSON.stringify({ suites: [], stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 4 } });

test("readJunit() counts what the whole run says", () => {
  expect(readJunit(JUNIT, 1)).toEqual({ passed: 2, failed: 1, skipped: 2 });
});

test("readPlaywright() counts a test that only passed again as failed", () => {
  expect(readPlaywright(PLAYWRIGHT, 1)).toEqual({ passed: 3, failed: 2, skipped: 4 });
});

test("a run that failed outside its tests, or wrote no report, counts as one failure", () => {
  expect(readJunit(JUNIT.replace('failures="1"', 'failures="0"'), 1)).toMatchObject({ failed: 1 });
  expect(readJunit(undefined, 137)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(readPlaywright(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test("the last line sums the runs", () => {
  const totals = addTotals([readJunit(JUNIT, 1), readPlaywright(PLAYWRIGHT, 1)]);
  expect(formatTotals(totals)).toBe("5 passed, 3 failed, 6 skipped");
});
