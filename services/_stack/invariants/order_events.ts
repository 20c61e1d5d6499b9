import type { Evidence, Violations } from "./evidence.ts";
import type { StoredEvent, StoredOrder } from "./state.ts";

/** I10: every version of an order that came of a decision has its event, committed with it and queued once; and there is no other event. */
export function checkOrderEvents({ state }: Pick<Evidence, "state">): Violations {
  const eventsOf = Map.groupBy(state.events, ({ orderId }) => orderId);
  const known = new Set(state.orders.map(({ orderId }) => orderId));
  const strays = state.events
    .filter(({ orderId }) => !known.has(orderId))
    .map(({ eventId, orderId }) => `event ${eventId} tells of order ${orderId}, which there is not`);
  return [...strays, ...state.orders.flatMap((order) => compare(order, eventsOf.get(order.orderId) ?? []))];
}

/** Version 1 is the pending order, of which nobody is told. */
const FIRST_TOLD = 2;

function compare(order: StoredOrder, events: readonly StoredEvent[]): string[] {
  const { orderId, version: last, isHidden, statuses } = order;
  const told = Map.groupBy(events, ({ version }) => version);
  const faults: string[] = [];
  for (let version = FIRST_TOLD; version <= last; version++) {
    const count = told.get(version)?.length ?? 0;
    // Taking a settled order out of view makes a version of which nobody is told.
    const isNeeded = version < last || !isHidden;
    if (count > 1 || (count === 0 && isNeeded))
      faults.push(`version ${version} of order ${orderId} has ${count} events`);
  }
  for (const { eventId, version, type } of events) {
    const isTrue = version >= FIRST_TOLD && version <= last && statuses.some((status) => type === `order.${status}`);
    if (!isTrue) faults.push(`event ${eventId} says ${type} at version ${version}, which order ${orderId} never was`);
  }
  for (const status of statuses) {
    if (status === "pending" || events.some(({ type }) => type === `order.${status}`)) continue;
    faults.push(`order ${orderId} was ${status}, and no event says so`);
  }
  return faults;
}
