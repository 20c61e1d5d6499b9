import { callsOf } from "../history/entry.ts";
import { countsSeen } from "./counts.ts";
import type { Evidence, Violations } from "./evidence.ts";
import type { StoredAdjustment } from "./state.ts";

/**
 * I4: available + reserved + sold is what was put in, at every moment that somebody looked; and once it is quiet, sold is what confirmed and
 * fulfilled orders have, those out of view too.
 */
export function checkBalance(evidence: Evidence): Violations {
  return [...checkTotals(evidence), ...checkSold(evidence), ...checkAdjustments(evidence)];
}

/** The sequence tells which adjustments a count has in it. */
function checkTotals({ history, state }: Evidence): string[] {
  const adjustments = Map.groupBy(state.adjustments, ({ productId }) => productId);
  return [...countsSeen(history), ...state.inventories].flatMap((counts) => {
    const { productId, sequence, available, reserved, sold } = counts;
    const total = available + reserved + sold;
    const put = putInUntil(adjustments.get(productId) ?? [], sequence);
    if (total === put) return [];
    return [`product ${productId}: ${total} units at sequence ${sequence}, and ${put} were put in by then`];
  });
}

function putInUntil(adjustments: readonly StoredAdjustment[], sequence: number): number {
  return adjustments.filter((each) => each.sequence <= sequence).reduce((sum, { delta }) => sum + delta, 0);
}

function checkSold({ state }: Evidence): string[] {
  const ordered = new Map<string, number>();
  for (const { status, items } of state.orders) {
    if (status !== "confirmed" && status !== "fulfilled") continue;
    for (const { productId, quantity } of items) ordered.set(productId, (ordered.get(productId) ?? 0) + quantity);
  }
  return state.inventories.flatMap(({ productId, sold }) => {
    const units = ordered.get(productId) ?? 0;
    return sold === units ? [] : [`product ${productId}: ${sold} units sold, and orders have ${units}`];
  });
}

/** Each adjustment that was asked for is made at most once, and no other. */
function checkAdjustments({ history, state }: Evidence): string[] {
  const asked = new Map(
    callsOf(history, "adjust stock")
      .filter(({ outcome }) => outcome !== "fail")
      .map(({ input: { productId, key, delta } }) => [key, { productId, delta }]),
  );
  const name = ({ productId, delta }: { productId: string; delta: number }): string => `${productId} by ${delta}`;
  const wanted = Map.groupBy(asked.values(), name);
  const made = Map.groupBy(
    state.adjustments.filter(({ sequence }) => sequence > 1), // the first one came with the product
    name,
  );
  return [...made].flatMap(([what, done]) => {
    const most = wanted.get(what)?.length ?? 0;
    return done.length <= most ? [] : [`${done.length} adjustments of product ${what}, and ${most} were asked for`];
  });
}
