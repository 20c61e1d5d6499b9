import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import { checkIfMatch } from "#platform/etag.ts";
import { type Order, visibleTo } from "../order.ts";
import { deleteOrder as removeOrder } from "../saga/move_order.ts";
import type { Saga } from "../saga/saga.ts";

/** Takes an order out of view and gives back the stock that is not on its way. */
export function deleteOrder(saga: Saga): Handler<"deleteOrder"> {
  return async ({ params, headers, caller, context }) => {
    const read = async () => visibleTo(caller, await saga.orders.find(params.orderId));
    const test = (order: Order) => checkIfMatch(headers["if-match"], order.version);
    const deed = { action: "order-deleted", target: { kind: "order", id: params.orderId } } as const;
    const event = auditEvent(saga.newId(), { caller, context }, deed);
    await removeOrder(saga, { read, test, event });
    return { status: 204 };
  };
}
