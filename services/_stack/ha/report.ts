/** The table of `bun run ha`, for people. */
import { cell, seconds } from "../faults/report.ts";
import { INVARIANTS } from "../invariants/check_all.ts";
import type { Trial } from "./trial.ts";

const NAME_WIDTH = 36;
const COLUMNS = ["requests", "failed", "p50 ms", "p99 ms", "serves after", "mended after"] as const;

/** The head of the table. */
export function formatHead(): string {
  return ["under load".padEnd(NAME_WIDTH), ...COLUMNS, "calls", ...INVARIANTS.map(cell)].join("  ");
}

/** One row: how often each invariant was broken comes last. */
export function formatRow({ ordeal, load, servedAfterMs, mendedAfterMs }: Trial): string {
  const { requests, failures, p50, p99 } = load;
  const values = [requests, failures.length, p50, p99, seconds(servedAfterMs), seconds(mendedAfterMs)];
  const columns = values.map((value, index) => String(value).padStart(COLUMNS[index]?.length ?? 0));
  const cells = INVARIANTS.map((invariant) => cell(String(ordeal.violations[invariant].length)));
  return [ordeal.fault.padEnd(NAME_WIDTH), ...columns, String(ordeal.operations).padStart(5), ...cells].join("  ");
}
