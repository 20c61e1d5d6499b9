import type { Handler } from "#contract";
import { formatEtag, isNotModified } from "#platform/etag.ts";
import { visibleTo } from "../order.ts";
import type { OrderStore } from "../store/mod.ts";

/** Reads an order of the caller's own; an admin reads any. */
export function getOrder(orders: OrderStore): Handler<"getOrder"> {
  return async ({ params, headers, caller }) => {
    const { order } = visibleTo(caller, await orders.find(params.orderId));
    const reply = { headers: { etag: formatEtag(order.version) } };
    if (isNotModified(headers["if-none-match"], order.version)) return { ...reply, status: 304 };
    return { ...reply, status: 200, body: order };
  };
}
