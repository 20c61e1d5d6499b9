import type { Handlers } from "#contract";
import { createOrder } from "./operations/create_order.ts";
import { deleteOrder } from "./operations/delete_order.ts";
import { getOrder } from "./operations/get_order.ts";
import { listOrderAuditEvents } from "./operations/list_order_audit_events.ts";
import { listOrders } from "./operations/list_orders.ts";
import { replaceOrder } from "./operations/replace_order.ts";
import type { Saga } from "./saga/saga.ts";

/** What order-processing does, one line for each operation of the contract. */
export function orderProcessing(saga: Saga): Handlers<"order-processing"> {
  return {
    listOrders: listOrders(saga.orders),
    createOrder: createOrder(saga),
    getOrder: getOrder(saga.orders),
    replaceOrder: replaceOrder(saga),
    deleteOrder: deleteOrder(saga),
    listOrderAuditEvents: listOrderAuditEvents(saga.orders),
  };
}
