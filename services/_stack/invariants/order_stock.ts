import type { Evidence, Violations } from "./evidence.ts";
import type { StoredEntry, StoredOrder } from "./state.ts";

/** What each entry has taken of its product's stock for good. */
const TAKEN: Record<StoredEntry["state"], number> = { held: 0, released: 0, consumed: 1, restocked: -1 };

/**
 * I6: a confirmed or fulfilled order has taken exactly its units, and every other order none. Told by the entries; where those may have been
 * purged, a minute after everything was done, I4 still counts the units.
 */
export function checkOrderStock({ state }: Pick<Evidence, "state">): Violations {
  const entriesOf = Map.groupBy(state.entries, ({ orderId }) => orderId);
  const known = new Set(state.orders.map(({ orderId }) => orderId));
  const strays = [...entriesOf.keys()]
    .filter((orderId) => !known.has(orderId))
    .map((orderId) => `there are entries of order ${orderId}, and no such order`);
  return [...strays, ...state.orders.flatMap((order) => compare(order, entriesOf.get(order.orderId) ?? []))];
}

function compare(order: StoredOrder, entries: readonly StoredEntry[]): string[] {
  if (order.mayBePurged) return [];
  const isSold = order.status === "confirmed" || order.status === "fulfilled";
  const due = new Map(isSold ? order.items.map(({ productId, quantity }) => [productId, quantity]) : []);
  const taken = new Map<string, number>();
  for (const { productId, quantity, state } of entries) {
    taken.set(productId, (taken.get(productId) ?? 0) + TAKEN[state] * quantity);
  }
  return [...new Set([...due.keys(), ...taken.keys()])].flatMap((productId) => {
    const [wanted, had] = [due.get(productId) ?? 0, taken.get(productId) ?? 0];
    if (wanted === had) return [];
    return [`order ${order.orderId} is ${order.status}: it took ${had} of product ${productId}, not ${wanted}`];
  });
}
