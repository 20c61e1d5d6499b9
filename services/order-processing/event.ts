/** What other systems are told about an order (CloudEvents 1.0). */
import type { Order, OrderedItem } from "./order.ts";
import { orderedItems } from "./order.ts";

export type OrderEventType = "order.confirmed" | "order.rejected" | "order.fulfilled" | "order.cancelled";

/**
 * An event in CloudEvents' JSON format. It may be told more than once, always with the same id.
 *
 * @see {@link https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md | CloudEvents 1.0}
 */
export interface OrderEvent {
  readonly specversion: "1.0";
  /** One for each version of an order. */
  readonly id: string;
  readonly source: "/order-processing";
  readonly type: OrderEventType;
  /** The order's id. */
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: "application/json";
  /** Without the address: whoever may see it can read the order. */
  readonly data: Pick<Order, "id" | "number" | "customerId" | "status" | "total" | "version"> & {
    readonly items: readonly OrderedItem[];
  };
}

/**
 * The event of a change: `order.confirmed` when an order is confirmed and again, with a higher version, when a confirmed order is edited.
 *
 * @param order The order after the change.
 */
export function orderEvent(type: OrderEventType, order: Order): OrderEvent {
  const { id, number, customerId, status, total, version } = order;
  return {
    specversion: "1.0",
    id: `${id}-${version}`,
    source: "/order-processing",
    type,
    subject: id,
    time: order.updatedAt,
    datacontenttype: "application/json",
    data: { id, number, customerId, status, items: orderedItems(order), total, version },
  };
}
