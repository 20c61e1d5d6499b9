import type { Evidence, Violations } from "./evidence.ts";
import type { StoredEvent, StoredOrder } from "./state.ts";

/**
 * I10: every version of an order that came of a decision has its event, committed with it and queued once; there is no other event; and where
 * there is a broker it has each once, those of an order in their order.
 */
export function checkOrderEvents({ state }: Pick<Evidence, "state">): Violations {
  const eventsOf = Map.groupBy(state.events, ({ orderId }) => orderId);
  const known = new Set(state.orders.map(({ orderId }) => orderId));
  const strays = state.events
    .filter(({ orderId }) => !known.has(orderId))
    .map(({ eventId, orderId }) => `event ${eventId} tells of order ${orderId}, which there is not`);
  return [
    ...strays,
    ...state.orders.flatMap((order) => compare(order, eventsOf.get(order.orderId) ?? [])),
    ...(state.delivered ? checkDelivered(state.events, state.delivered) : []),
  ];
}

function checkDelivered(events: readonly StoredEvent[], delivered: readonly string[]): string[] {
  const times = Map.groupBy(delivered, (eventId) => eventId);
  const counted = events.flatMap(({ eventId }) => {
    const count = times.get(eventId)?.length ?? 0;
    return count === 1 ? [] : [`the broker has event ${eventId} ${count} times`];
  });
  const known = new Map(events.map((event) => [event.eventId, event]));
  const latest = new Map<string, number>();
  const overtaken = delivered.flatMap((eventId) => {
    const event = known.get(eventId);
    if (!event) return [`the broker has event ${eventId}, which nobody queued`];
    const before = latest.get(event.orderId) ?? 0;
    latest.set(event.orderId, Math.max(before, event.version));
    return event.version < before ? [`the broker has event ${eventId} after version ${before} of its order`] : [];
  });
  return [...counted, ...overtaken];
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
