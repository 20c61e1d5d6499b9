/**
 * What one atomic write decides about an order, pure: the order afterwards, what must still hold when it is written, and the messages
 * that commit together with it (saga.md: Postgres decides, the inventory follows).
 */
import { type OrderEvent, orderEvent } from "./event.ts";
import {
  compareItems,
  laterOf,
  type Order,
  type OrderedItem,
  type OrderRecord,
  type OrderStatus,
  orderedItems,
  type Proposal,
  priceItems,
  type Snapshot,
  snapshotsOf,
} from "./order.ts";

/** A stock command that follows a decision; a reservation goes before one. */
export type FollowingCommand = "consume" | "release" | "restock";

/** One row of the outbox: a command for the stock of several products, or an event. */
export type OutboxMessage =
  | {
      readonly channel: "stock";
      readonly command: FollowingCommand;
      readonly revision: number;
      readonly items: readonly OrderedItem[];
    }
  | { readonly channel: "event"; readonly event: OrderEvent };

/** What must still hold, or the decision is void. */
export interface Guard {
  readonly status: OrderStatus;
  readonly version: number;
  /** Not tested where the order's fence or proposal tells the same. */
  readonly revision?: number;
  /** Of the lease under which the decision was made. */
  readonly fence?: number;
  /** The proposal that is accepted. */
  readonly proposal?: number;
}

/** A decision, to be written in one statement or not at all. */
export interface Decision {
  readonly guard: Guard;
  /** Afterwards. */
  readonly order: Order;
  readonly revision: number;
  /** Whether it ends what was being decided: the placing or the proposal. */
  readonly settles: boolean;
  /** Whether the order goes out of view. */
  readonly hides: boolean;
  readonly outbox: readonly OutboxMessage[];
}

/** The revision that places an order. */
export const PLACING_REVISION = 1;

/** Step 3: everything is held. @throws {Problem} `mixed-currency` or `invalid-request`, which reject the order. */
export function confirm(
  { order: pending }: OrderRecord,
  snapshots: readonly Snapshot[],
  { fence, now }: { fence: number; now: Date },
): Decision {
  const known = new Map(snapshots.map((snapshot) => [snapshot.productId, snapshot]));
  const order = moved({ ...pending, ...priceItems(orderedItems(pending), known) }, "confirmed", now);
  return {
    guard: { status: "pending", version: pending.version, fence },
    order,
    revision: PLACING_REVISION,
    settles: true,
    hides: false,
    outbox: [stock("consume", PLACING_REVISION, orderedItems(order)), event(order)],
  };
}

/** Step 4a: something can't be had, so whatever is held is released. */
export function reject({ order: pending }: OrderRecord, { fence, now }: { fence: number; now: Date }): Decision {
  const order = moved(pending, "rejected", now);
  return {
    guard: { status: "pending", version: pending.version, fence },
    order,
    revision: PLACING_REVISION,
    settles: true,
    hides: false,
    outbox: [stock("release", PLACING_REVISION, orderedItems(order)), event(order)],
  };
}

/** Steps 4b and 4c: what a pending order holds is released; what a confirmed one took is given back under the next revision. */
export function cancel({ order: before, revision }: OrderRecord, now: Date): Decision {
  const isPending = before.status === "pending";
  const order = moved(before, "cancelled", now);
  const items = orderedItems(order);
  const next = isPending ? revision : revision + 1;
  return {
    guard: { status: before.status, version: before.version, revision },
    order,
    revision: next,
    // A live proposal is given up by whoever decides it: the order's status voids it.
    settles: isPending,
    hides: false,
    outbox: [stock(isPending ? "release" : "restock", next, items), event(order)],
  };
}

/** The goods are on their way; the stock stays taken. */
export function fulfil({ order: before, revision }: OrderRecord, now: Date): Decision {
  const order = moved(before, "fulfilled", now);
  return {
    guard: { status: before.status, version: before.version, revision },
    order,
    revision,
    settles: false,
    hides: false,
    outbox: [event(order)],
  };
}

/** Takes an order out of view, cancelling it first if it holds stock that is not on its way. */
export function remove(record: OrderRecord, now: Date): Decision {
  const { order: before, revision } = record;
  if (before.status === "pending" || before.status === "confirmed") return { ...cancel(record, now), hides: true };
  return {
    guard: { status: before.status, version: before.version, revision },
    order: changed(before, now),
    revision,
    settles: false,
    hides: true,
    outbox: [],
  };
}

/**
 * The increases of an edit are held. Products that are added or of which more is taken get today's snapshot; the others keep theirs.
 *
 * @throws {Problem} `mixed-currency` or `invalid-request`, which reject the proposal.
 */
export function acceptEdit(
  { order: before }: OrderRecord,
  proposal: Proposal,
  { snapshots, now }: { snapshots: readonly Snapshot[]; now: Date },
): Decision {
  const known = snapshotsOf(before);
  for (const snapshot of snapshots) known.set(snapshot.productId, snapshot);
  const { revision, items, shippingAddress } = proposal;
  const order = changed({ ...before, ...priceItems(items, known), shippingAddress }, now);
  const { increases, decreases } = compareItems(orderedItems(before), items);
  return {
    guard: { status: "confirmed", version: proposal.version, proposal: revision },
    order,
    revision,
    settles: true,
    hides: false,
    outbox: [stock("consume", revision, increases), stock("restock", revision, decreases), event(order)].filter(
      (message) => message.channel === "event" || message.items.length > 0,
    ),
  };
}

/** What a rejected proposal gives back: its increases, held or not. */
export function releaseOf({ order }: OrderRecord, proposal: Proposal): OutboxMessage[] {
  const { increases } = compareItems(orderedItems(order), proposal.items);
  return increases.length > 0 ? [stock("release", proposal.revision, increases)] : [];
}

function moved(before: Order, status: OrderStatus, now: Date): Order {
  const order = changed({ ...before, status }, now);
  return { ...order, statusHistory: [...before.statusHistory, { status, at: order.updatedAt }] };
}

function changed(before: Order, now: Date): Order {
  return { ...before, version: before.version + 1, updatedAt: laterOf(now, before.updatedAt) };
}

function stock(command: FollowingCommand, revision: number, items: readonly OrderedItem[]): OutboxMessage {
  return { channel: "stock", command, revision, items };
}

/** The event of the status that an order came to; an edit confirms it anew. */
function event(order: Order): OutboxMessage {
  // Nobody is told of a pending order: no decision leads there.
  const type = `order.${order.status as Exclude<OrderStatus, "pending">}` as const;
  return { channel: "event", event: orderEvent(type, order) };
}
