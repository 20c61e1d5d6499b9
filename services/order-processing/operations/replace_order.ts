import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import { checkIfMatch, formatEtag } from "#platform/etag.ts";
import { assertMayMove, mergeItems, type Order, visibleTo } from "../order.ts";
import { editOrder } from "../saga/edit_order.ts";
import { moveOrder } from "../saga/move_order.ts";
import type { Saga } from "../saga/saga.ts";

/** Gives a confirmed order other contents, or moves an order to another status, if the caller has seen its latest version. */
export function replaceOrder(saga: Saga): Handler<"replaceOrder"> {
  return async ({ params, headers, body, caller, context }) => {
    const read = async () => visibleTo(caller, await saga.orders.find(params.orderId));
    const test = (order: Order) => {
      if ("status" in body) assertMayMove(caller, body.status);
      checkIfMatch(headers["if-match"], order.version);
    };
    const target = { kind: "order", id: params.orderId } as const;
    const deed =
      "status" in body
        ? ({ action: "order-moved", target, details: { status: body.status } } as const)
        : ({ action: "order-edit-begun", target } as const);
    const event = auditEvent(saga.newId(), { caller, context }, deed);
    const order = await ("status" in body
      ? moveOrder(saga, { read, test, event }, { to: body.status, version: body.version })
      : editOrder(saga, { read, test, event }, { ...body, items: mergeItems(body.items) }));
    return { status: 200, headers: { etag: formatEtag(order.version) }, body: order };
  };
}
