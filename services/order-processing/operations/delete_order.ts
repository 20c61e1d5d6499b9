import type { Handler } from "#contract";
import { checkIfMatch } from "#platform/etag.ts";
import { type Order, visibleTo } from "../order.ts";
import { deleteOrder as removeOrder } from "../saga/move_order.ts";
import type { Saga } from "../saga/saga.ts";

/** Takes an order out of view and gives back the stock that is not on its way. */
export function deleteOrder(saga: Saga): Handler<"deleteOrder"> {
  return async ({ params, headers, caller }) => {
    const read = async () => visibleTo(caller, await saga.orders.find(params.orderId));
    const test = (order: Order) => checkIfMatch(headers["if-match"], order.version);
    await removeOrder(saga, { read, test });
    return { status: 204 };
  };
}
