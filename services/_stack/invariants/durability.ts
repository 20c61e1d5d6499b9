import { type History, type OrderSight, successesOf, unknownsOf } from "../history/entry.ts";
import type { Evidence, Violations } from "./evidence.ts";
import type { State, StoredOrder } from "./state.ts";

/** I8: every write that was acknowledged is there, whatever was killed since. */
export function checkDurability({ history, sessions, state }: Evidence): Violations {
  return [
    ...lostProducts(history, state),
    ...lostAdjustments(history, state),
    ...lostOrders(history, state),
    ...lostAccounts(sessions, state),
  ];
}

function lostAccounts(sessions: History, { accounts }: State): string[] {
  if (!accounts) return [];
  const stored = new Set(accounts);
  return successesOf(sessions, "register account")
    .filter(({ input }) => !stored.has(input.email))
    .map(({ input }) => `account ${input.email} is gone`);
}

function lostProducts(history: History, { products }: State): string[] {
  const stored = new Map(products.map((product) => [product.productId, product]));
  const deleted = new Set(successesOf(history, "delete product").map(({ input }) => input.productId));
  const perhapsDeleted = new Set(unknownsOf(history, "delete product").map(({ input }) => input.productId));
  const made = [
    ...successesOf(history, "create product").map(({ input, answer }) => ({ ...answer, value: input.value })),
    ...successesOf(history, "edit product").map(({ input, answer }) => ({ ...input, ...answer })),
  ];
  return made.flatMap(({ productId, version, value }) => {
    const product = stored.get(productId);
    if (deleted.has(productId)) return product ? [`product ${productId} was deleted, and is there`] : [];
    if (!product && perhapsDeleted.has(productId)) return [];
    if (!product) return [`product ${productId} is gone`];
    if (product.version > version) return [];
    if (product.version === version && product.value === value) return [];
    return [`product ${productId}: version ${version} ("${value}") is gone, there is ${product.version}`];
  });
}

function lostAdjustments(history: History, { adjustments }: State): string[] {
  const stored = new Map(adjustments.map((adjustment) => [adjustment.adjustmentId, adjustment]));
  return successesOf(history, "adjust stock")
    .filter(({ input, answer }) => stored.get(answer.adjustmentId)?.delta !== input.delta)
    .map(({ answer }) => `adjustment ${answer.adjustmentId} is gone`);
}

function lostOrders(history: History, { orders }: State): string[] {
  const stored = new Map(orders.map((order) => [order.orderId, order]));
  const sights = [
    ...successesOf(history, "place order"),
    ...successesOf(history, "read order"),
    ...successesOf(history, "edit order"),
    ...successesOf(history, "move order"),
  ].map(({ answer }) => answer);
  const shown = sights.flatMap((sight) => compare(sight, stored.get(sight.orderId)));
  const hidden = successesOf(history, "delete order")
    .filter(({ input }) => stored.get(input.orderId)?.isHidden !== true)
    .map(({ input }) => `order ${input.orderId} was deleted, and is not`);
  return [...shown, ...hidden];
}

function compare(sight: OrderSight, order: StoredOrder | undefined): string[] {
  const { orderId, status, version } = sight;
  if (!order) return [`order ${orderId} is gone`];
  if (!order.statuses.includes(status)) return [`order ${orderId} was ${status}, and nothing tells of it`];
  if (order.version < version) return [`order ${orderId}: version ${version} is gone, there is ${order.version}`];
  const isSame = order.version > version || JSON.stringify(order.items) === JSON.stringify(sight.items);
  return isSame ? [] : [`order ${orderId}: version ${version} has other items than were told`];
}
