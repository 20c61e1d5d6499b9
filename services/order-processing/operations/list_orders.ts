import type { Handler } from "#contract";
import { decodeCursor, isIdPosition, toPage } from "#platform/cursor.ts";
import { listedCustomer } from "../order.ts";
import type { OrderStore } from "../store/mod.ts";

/** Lists orders, newest first: the caller's own, or everybody's for an admin. */
export function listOrders(orders: OrderStore): Handler<"listOrders"> {
  return async ({ query, caller }) => {
    const customerId = listedCustomer(caller, query.customerId);
    const afterId = decodeCursor(query, isIdPosition)?.[0];
    const found = await orders.list({ customerId, status: query.status, afterId, limit: query.limit + 1 });
    return { status: 200, ...toPage({ path: "/orders", query, found, positionOf: ({ id }) => [id] }) };
  };
}
