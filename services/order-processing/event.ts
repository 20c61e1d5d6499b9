/** What other systems are told about an order (CloudEvents 1.0). */
import type { OrderEvent } from "#contract";
import type { Order } from "./order.ts";
import { orderedItems } from "./order.ts";

export type { OrderEvent } from "#contract";
export type OrderEventType = OrderEvent["type"];

/**
 * The event of a change: `order.confirmed` when an order is confirmed and again, with a higher version, when a confirmed order is edited.
 *
 * @param order The order after the change.
 * @see {@link https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md | CloudEvents 1.0}
 */
export function orderEvent(type: OrderEventType, order: Order): OrderEvent {
  const { id, number, customerId, status, total, version } = order;
  const event = {
    specversion: "1.0",
    id: `${id}-${version}`,
    source: "/order-processing",
    type,
    subject: id,
    time: order.updatedAt,
    datacontenttype: "application/json",
    data: { id, number, customerId, status, items: orderedItems(order), total, version },
  } as const;
  // An order that is confirmed or fulfilled is priced, and each type goes with its status: the table `orders` and decision.ts prove both.
  return event as OrderEvent;
}
