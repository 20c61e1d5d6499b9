/** Moving an order to another status, and taking it out of view: one decision each, with what it gives back. */
import type { AuditEvent } from "#platform/audit.ts";
import { unavailable } from "#platform/unavailable.ts";
import { cancel, type Decision, fulfil, remove } from "../decision.ts";
import { assertMove, assertVersion, type Order, type OrderRecord } from "../order.ts";
import type { DecisionOptions } from "../store/mod.ts";
import { orderCancelled, problemReply, type Saga } from "./saga.ts";

/** The order that is to be changed. */
export interface Subject {
  /** Reads it as its caller may see it. */
  readonly read: () => Promise<OrderRecord>;
  /** Tests what the caller asked to be tested of it. */
  readonly test: (order: Order) => void;
  /** What the trail is told of the change. */
  readonly event?: AuditEvent;
}

/** Where an order is to be moved, at which version. */
export interface Move {
  readonly to: "cancelled" | "fulfilled";
  readonly version: number;
}

/** Times a decision is made anew that another one made void. */
const DECIDE_ATTEMPTS = 8;

/**
 * Cancels (step 4b) or fulfils an order.
 *
 * @throws {Problem} `version-conflict`, `order-pending`, `invalid-transition`, or what the subject's tests throw.
 */
export function moveOrder(saga: Saga, subject: Subject, { to, version }: Move): Promise<Order> {
  return decideAnew(saga, subject, (record) => {
    assertVersion(record.order, version);
    assertMove(record.order, to);
    return to === "cancelled" ? cancel(record, saga.clock.now()) : fulfil(record, saga.clock.now());
  });
}

/**
 * Takes an order out of view, cancelling it (step 4b) if it holds stock that is not on its way.
 *
 * @throws {Problem} what the subject's tests throw.
 */
export async function deleteOrder(saga: Saga, subject: Subject): Promise<void> {
  await decideAnew(saga, subject, (record) => remove(record, saga.clock.now()));
}

/** Decides about the order as it is; if it changes meanwhile, reads it again. */
async function decideAnew(
  saga: Saga,
  { read, test, event }: Subject,
  make: (record: OrderRecord) => Decision,
): Promise<Order> {
  for (let tries = 0; tries < DECIDE_ATTEMPTS; tries++) {
    const record = await read();
    test(record.order);
    const decision = make(record);
    if (await saga.orders.decide(decision, { ...answerOf(record), event })) {
      if (decision.outbox.length > 0) saga.onQueued();
      return decision.order;
    }
  }
  throw unavailable("The order is changing too often");
}

/** The request that placed a pending order is answered that it was cancelled. */
function answerOf({ order }: OrderRecord): DecisionOptions {
  return order.status === "pending" ? { reply: problemReply(orderCancelled()) } : {};
}
