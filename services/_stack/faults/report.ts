/** The table of faults and invariants, for people. */
import { CHECKS, INVARIANTS } from "../invariants/check_all.ts";
import type { HotSale } from "./hot_product.ts";
import type { Ordeal } from "./ordeal.ts";

/** A fault that could not be tried. */
export interface Skipped {
  readonly fault: string;
  readonly engine: string;
  readonly reason: string;
}

/** Violations that are told in full; of the others only how many. */
const SHOWN_MAX = 5;
const NAME_WIDTH = 54;

/** The head of the table. */
export function formatHead(): string {
  const columns = ["ops".padStart(6), "unknown".padStart(8), "recover".padStart(8), "quiet".padStart(8)];
  return ["fault (where users and products are)".padEnd(NAME_WIDTH), ...columns, ...INVARIANTS.map(cell)].join(" ");
}

/** One row: how often each invariant was broken. */
export function formatRow({ fault, engine, operations, unknowns, recoveryMs, quietMs, violations }: Ordeal): string {
  const columns = [
    String(operations).padStart(6),
    String(unknowns).padStart(8),
    seconds(recoveryMs).padStart(8),
    seconds(quietMs).padStart(8),
  ];
  const cells = INVARIANTS.map((invariant) => cell(String(violations[invariant].length)));
  return [`${fault} (${engine})`.padEnd(NAME_WIDTH), ...columns, ...cells].join(" ");
}

/** What went wrong, line by line; nothing if nothing did. */
export function formatFaults({ violations, faults }: Pick<Ordeal, "violations" | "faults">): readonly string[] {
  const told = INVARIANTS.flatMap((invariant) => {
    const all = violations[invariant];
    const shown = all.slice(0, SHOWN_MAX).map((violation) => `  ✗ ${invariant}: ${violation}`);
    return all.length > SHOWN_MAX ? [...shown, `  ✗ ${invariant}: ${all.length - SHOWN_MAX} more`] : shown;
  });
  return [...faults.map((fault) => `  ✗ ${fault}`), ...told];
}

/** What could not be tried, by name. */
export function formatSkipped({ fault, engine, reason }: Skipped): string {
  return `${fault} (${engine})`.padEnd(NAME_WIDTH).concat(` skipped: ${reason}`);
}

/** The sale of one product, in a few lines. */
export function formatHotSale(engine: string, sale: HotSale): readonly string[] {
  const { alonePerSecond, salesPerSecond, editsPerSecond, edits, buyers } = sale;
  const tries = edits.succeeded + edits.failed;
  const share = `${((edits.succeeded / tries) * 100).toFixed(2)} %`;
  const ratio = (salesPerSecond / alonePerSecond).toFixed(2);
  return [
    `one hot product (${engine}), ${buyers} buyers at once: ${salesPerSecond.toFixed(0)} orders/s`,
    `  while its owner saves it; ${alonePerSecond.toFixed(0)} while they save another product: ratio ${ratio}`,
    `  ${editsPerSecond.toFixed(0)} edits/s, at the first try ${edits.succeeded} of ${tries} (${share}, aim >= 99.9 %)`,
    ...formatFaults({ violations: sale.violations, faults: [] }),
  ];
}

/** What the columns mean. */
export function formatLegend(): string {
  return INVARIANTS.map((invariant) => `${invariant} ${CHECKS[invariant].says}`).join(" · ");
}

/** The column of an invariant. */
export function cell(text: string): string {
  return text.padStart(3);
}

/** A duration, for people. */
export function seconds(milliseconds: number | undefined): string {
  return milliseconds === undefined ? "never" : `${(milliseconds / 1_000).toFixed(1)} s`;
}
