import { callsOf, type Entry, type History } from "../history/entry.ts";
import type { Evidence, Violations } from "./evidence.ts";
import { isConflict } from "./product_edits.ts";

/** The share of edits that must succeed at their first try. */
const SHARE = 0.999;

/** How the edits of products with one editor went. */
export interface FirstTries {
  readonly succeeded: number;
  readonly failed: number;
}

/** I12: while a product is sold, the only one who edits it succeeds at the first try. */
export function checkFirstTries({ history }: Pick<Evidence, "history">): Violations {
  const { succeeded, failed } = countFirstTries(history);
  if (failed === 0 || succeeded / (succeeded + failed) >= SHARE) return [];
  return [`${failed} of ${succeeded + failed} edits by the only editor were refused`];
}

/** Counts the edits of products that only one client edits; those that nobody answered say nothing. */
export function countFirstTries(history: History): FirstTries {
  const byProduct = Map.groupBy(callsOf(history, "edit product"), ({ input }) => input.productId);
  const alone = [...byProduct.values()].filter((edits) => new Set(edits.map(({ client }) => client)).size === 1);
  const counted = alone.flatMap((edits) => edits.filter((edit) => !isOwnFault(edit, edits)));
  return {
    succeeded: counted.filter(({ outcome }) => outcome === "ok").length,
    failed: counted.filter(isConflict).length,
  };
}

/** A refused edit that met the effect of an earlier one of the same editor, which was not answered. */
function isOwnFault(edit: Entry<"edit product">, edits: readonly Entry<"edit product">[]): boolean {
  if (!isConflict(edit)) return false;
  return edits.some(({ outcome, input, invokedMs }) => {
    return outcome === "unknown" && input.expected === edit.input.expected && invokedMs < edit.returnedMs;
  });
}
