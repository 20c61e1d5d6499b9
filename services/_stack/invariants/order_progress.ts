import { type History, type OrderSight, type OrderStatus, successesOf } from "../history/entry.ts";
import type { Evidence, Violations } from "./evidence.ts";

/** Where an order may go. */
const MOVES: Record<OrderStatus, readonly OrderStatus[]> = {
  pending: ["confirmed", "rejected", "cancelled"],
  confirmed: ["fulfilled", "cancelled"],
  fulfilled: [],
  rejected: [],
  cancelled: [],
};

/** I9: a status only moves forward, in what is kept and in what people saw one after the other. */
export function checkOrderProgress({ history, state }: Evidence): Violations {
  const kept = state.orders.flatMap(({ orderId, status, statuses }) => {
    const path = statuses.join(" -> ");
    const isPath = statuses.every((to, index) => {
      const from = statuses[index - 1];
      return from === undefined ? to === "pending" : MOVES[from].includes(to);
    });
    if (!isPath) return [`order ${orderId} went ${path}`];
    return statuses.at(-1) === status ? [] : [`order ${orderId} is ${status} after ${path}`];
  });
  return [...kept, ...wentBack(history)];
}

interface Seen extends OrderSight {
  readonly invokedMs: number;
  readonly returnedMs: number;
}

/** Nobody may see an earlier version of an order than somebody saw before they began to look. */
function wentBack(history: History): string[] {
  const sights = Map.groupBy(seenIn(history), ({ orderId }) => orderId);
  return [...sights].flatMap(([orderId, seen]) => {
    const ended = seen.toSorted((a, b) => a.returnedMs - b.returnedMs);
    const faults: string[] = [];
    let next = 0;
    let latest: Seen | undefined;
    for (const sight of seen.toSorted((a, b) => a.invokedMs - b.invokedMs)) {
      for (let end = ended[next]; end && end.returnedMs < sight.invokedMs; end = ended[++next]) {
        if (!latest || end.version > latest.version) latest = end;
      }
      if (!latest || sight.version >= latest.version) continue;
      const [before, after] = [latest, sight].map(({ status, version }) => `${status} (version ${version})`);
      faults.push(`order ${orderId} was ${before}, then ${after}`);
    }
    return faults;
  });
}

/** The reply to a key that was used before is as old as the first one: it tells nothing of now. */
function seenIn(history: History): Seen[] {
  const calls = [
    ...successesOf(history, "read order"),
    ...successesOf(history, "edit order"),
    ...successesOf(history, "move order"),
  ];
  return calls.map(({ answer, invokedMs, returnedMs }) => ({ ...answer, invokedMs, returnedMs }));
}
