import type { Evidence, Violations } from "./evidence.ts";

/** I7: once the background had its time, no order is pending, no edit undecided, no entry held and no message untold. */
export function checkQuiet({ state }: Pick<Evidence, "state">): Violations {
  return [
    ...state.orders
      .filter(({ status, isUndecided }) => status === "pending" || isUndecided)
      .map(({ orderId, status }) => `order ${orderId} is ${status} and undecided`),
    ...state.entries
      .filter((entry) => entry.state === "held")
      .map(
        ({ orderId, revision, productId }) => `order ${orderId}/${revision} still holds units of product ${productId}`,
      ),
    ...state.inventories
      .filter(({ reserved }) => reserved !== 0)
      .map(({ productId, reserved }) => `product ${productId} has ${reserved} units reserved`),
    ...state.outbox.map(({ orderId, what, isDead, lastError = "no error" }) => {
      return `order ${orderId} has a ${what} ${isDead ? "that was given up" : "to be told"} (${lastError})`;
    }),
  ];
}
