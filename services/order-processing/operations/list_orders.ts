import type { Handler } from "#contract";
import { decodeCursor, encodeCursor, linkToNext } from "#platform/cursor.ts";
import { listedCustomer } from "../order.ts";
import type { OrderStore } from "../store/mod.ts";

/** Where a list goes on: after the order of this id. */
type Position = readonly [id: string];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Lists orders, newest first: the caller's own, or everybody's for an admin. */
export function listOrders(orders: OrderStore): Handler<"listOrders"> {
  return async ({ query, caller }) => {
    const customerId = listedCustomer(caller, query.customerId);
    const afterId = decodeCursor(query, isPosition)?.[0];
    // One more than is answered tells whether there is a next page.
    const found = await orders.list({ customerId, status: query.status, afterId, limit: query.limit + 1 });
    const items = found.slice(0, query.limit);
    const last = items.at(-1);
    const nextCursor = found.length > items.length && last ? encodeCursor(query, [last.id]) : null;
    const link = linkToNext("/orders", query, nextCursor);
    return { status: 200, headers: link === undefined ? {} : { link }, body: { items, nextCursor } };
  };
}

function isPosition(value: unknown): value is Position {
  return Array.isArray(value) && value.length === 1 && typeof value[0] === "string" && UUID.test(value[0]);
}
