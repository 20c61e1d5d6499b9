import type { Handler, Input, Reply } from "#contract";
import { formatEtag } from "#platform/etag.ts";
import { fingerprintOf, type IdempotentRequest, scopeOf } from "#platform/idempotency.ts";
import { mergeItems, type Order, UNDECIDED_RETRY_AFTER_S } from "../order.ts";
import { placeOrder } from "../saga/place_order.ts";
import type { Saga } from "../saga/saga.ts";
import type { Claim } from "../store/mod.ts";

/** Places an order: confirmed if its stock is taken in time, else pending. */
export function createOrder(saga: Saga): Handler<"createOrder"> {
  return async (input) => {
    const { body, caller } = input;
    const items = mergeItems(body.items);
    const { shippingAddress } = body;
    const draft = { id: saga.newId(), customerId: caller.id, items, shippingAddress, at: saga.clock.now() };
    const placed = await placeOrder(saga, draft, claimOf(input));
    switch (placed.kind) {
      case "confirmed":
        return placedReply(placed.order);
      case "pending":
        return pendingReply(placed.order);
      case "replayed":
        return placed.reply as Reply<"createOrder">; // only placedReply() is stored for this operation; problems are thrown
    }
  };
}

/** The reply that is stored and sent once an order is confirmed. */
export function placedReply(order: Order): Extract<Reply<"createOrder">, { status: 201 }> {
  return { status: 201, headers: { location: locationOf(order), etag: formatEtag(order.version) }, body: order };
}

function pendingReply(order: Order): Extract<Reply<"createOrder">, { status: 202 }> {
  return {
    status: 202,
    headers: { location: locationOf(order), "retry-after": UNDECIDED_RETRY_AFTER_S },
    body: order,
  };
}

function locationOf({ id }: Order): string {
  return `/orders/${id}`;
}

function claimOf({ headers, body, caller }: Input<"createOrder">): Claim | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined) return undefined;
  const request: IdempotentRequest = { operationId: "createOrder", key, caller, body };
  return { scope: scopeOf(request), key, fingerprint: fingerprintOf(request) };
}
