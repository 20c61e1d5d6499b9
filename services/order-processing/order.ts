/** The rules about orders, pure: values in, values or a thrown problem out. */
import type { Schema, UserCaller } from "#contract";
import { Problem } from "#platform/problem.ts";

export type Order = Schema<"Order">;
export type OrderStatus = Schema<"OrderStatus">;
export type OrderItem = Schema<"OrderItem">;
export type OrderedItem = Schema<"OrderedItem">;
export type Money = Schema<"Money">;
export type ShippingAddress = Schema<"ShippingAddress">;
/** What an order keeps of a product: the price it had then. */
export type Snapshot = Schema<"ProductSnapshot">;

/** An edit of a confirmed order that is being decided. */
export interface Proposal {
  /** Under which the increases are reserved. */
  readonly revision: number;
  /** Of the order that was read: the edit is of that one or of none. */
  readonly version: number;
  readonly items: readonly OrderedItem[];
  readonly shippingAddress: ShippingAddress;
}

/** An order with what its placing and its edits need besides. */
export interface OrderRecord {
  readonly order: Order;
  /** Of the last set of stock commands: 1 placed the order, each edit and the cancellation took the next. */
  readonly revision: number;
  readonly proposal: Proposal | undefined;
}

/** What a customer asks for, with what the server adds. */
export interface OrderDraft {
  readonly id: string;
  readonly customerId: string;
  readonly items: readonly OrderedItem[];
  readonly shippingAddress: ShippingAddress;
  readonly at: Date;
}

/** What an edit changes of the stock, by product. */
export interface StockDifference {
  readonly increases: readonly OrderedItem[];
  readonly decreases: readonly OrderedItem[];
}

/** Units of one product in one order at most; the contract's limit of an item. */
const UNITS_MAX = 100_000;
/** Seconds after which an order that is being decided may be asked about again. */
export const UNDECIDED_RETRY_AFTER_S = 1;

/** Where people may move an order of each status; confirming and rejecting is the system's. */
const MOVES: Record<OrderStatus, readonly OrderStatus[]> = {
  pending: ["cancelled"],
  confirmed: ["fulfilled", "cancelled"],
  fulfilled: [],
  rejected: [],
  cancelled: [],
};

export function isAdmin(caller: UserCaller): boolean {
  return caller.roles.includes("admin");
}

/**
 * Gives an order to those who may see it: its customer and admins.
 *
 * @throws {Problem} `not-found` for everybody else, as if there were none.
 */
export function visibleTo(caller: UserCaller, record: OrderRecord | undefined): OrderRecord {
  if (record && (isAdmin(caller) || record.order.customerId === caller.id)) return record;
  throw new Problem("not-found", "There is no such order");
}

/**
 * Whose orders a list has: the caller's own, or any for an admin.
 *
 * @returns A customer's id, or undefined for everybody's.
 * @throws {Problem} `forbidden` if a customer asks for somebody else's.
 */
export function listedCustomer(caller: UserCaller, wanted: string | undefined): string | undefined {
  if (isAdmin(caller)) return wanted;
  if (wanted === undefined || wanted === caller.id) return caller.id;
  throw new Problem("forbidden", "Only an admin may list the orders of another customer");
}

/**
 * Adds up the units of equal products, in the order in which they were first named.
 *
 * @throws {Problem} `invalid-request` if there are more units of one product than an order may have.
 */
export function mergeItems(items: readonly OrderedItem[]): OrderedItem[] {
  const quantities = new Map<string, number>();
  for (const [index, { productId, quantity }] of items.entries()) {
    const sum = (quantities.get(productId) ?? 0) + quantity;
    if (sum > UNITS_MAX) {
      throw invalidItems(`#/items/${index}/quantity`, `must not bring a product above ${UNITS_MAX} units`);
    }
    quantities.set(productId, sum);
  }
  return [...quantities].map(([productId, quantity]) => ({ productId, quantity }));
}

/** An order that is recorded and not decided: its prices are not known yet. */
export function pendingOrder(draft: OrderDraft, number: number): Order {
  const { id, customerId, items, shippingAddress } = draft;
  const at = draft.at.toISOString();
  return {
    id,
    number: formatNumber(number),
    customerId,
    status: "pending",
    items: items.map(({ productId, quantity }) => {
      return { productId, sku: null, name: null, quantity, unitPrice: null, lineTotal: null };
    }),
    total: null,
    shippingAddress,
    version: 1,
    createdAt: at,
    updatedAt: at,
    statusHistory: [{ status: "pending", at }],
  };
}

/** What people read and say: `TP-000001`. */
export function formatNumber(number: number): string {
  return `TP-${String(number).padStart(6, "0")}`;
}

/** The items of an order as they were asked for. */
export function orderedItems(order: Order): OrderedItem[] {
  return order.items.map(({ productId, quantity }) => ({ productId, quantity }));
}

/**
 * Prices items by what is known of their products, and adds them up.
 *
 * @throws {Problem} `mixed-currency`, or `invalid-request` if a sum is past 2^53 - 1.
 */
export function priceItems(
  items: readonly OrderedItem[],
  snapshots: ReadonlyMap<string, Snapshot>,
): Pick<Order, "items" | "total"> {
  const priced = items.map(({ productId, quantity }) => {
    const snapshot = snapshots.get(productId);
    if (!snapshot) throw new Error(`There is no snapshot of product "${productId}"`);
    const { sku, name, unitPrice } = snapshot;
    return { productId, sku, name, quantity, unitPrice, lineTotal: multiply(unitPrice, quantity) };
  });
  assertOneCurrency(priced.map(({ unitPrice }) => unitPrice.currency));
  return { items: priced, total: priced.map(({ lineTotal }) => lineTotal).reduce(add) };
}

/** What an order already knows of its products. */
export function snapshotsOf(order: Order): Map<string, Snapshot> {
  return new Map(
    order.items.flatMap(({ productId, sku, name, unitPrice }) =>
      sku === null || name === null || unitPrice === null ? [] : [[productId, { productId, sku, name, unitPrice }]],
    ),
  );
}

/** What an edit takes and gives back. */
export function compareItems(before: readonly OrderedItem[], after: readonly OrderedItem[]): StockDifference {
  const differences = new Map(after.map(({ productId, quantity }) => [productId, quantity]));
  for (const { productId, quantity } of before) {
    differences.set(productId, (differences.get(productId) ?? 0) - quantity);
  }
  const all = [...differences].map(([productId, quantity]) => ({ productId, quantity }));
  return {
    increases: all.filter(({ quantity }) => quantity > 0),
    decreases: all.flatMap(({ productId, quantity }) => (quantity < 0 ? [{ productId, quantity: -quantity }] : [])),
  };
}

/**
 * Tests the version that the caller has read.
 *
 * @throws {Problem} `version-conflict` with the current one.
 */
export function assertVersion({ id, version: current }: Order, expected: number): void {
  if (current === expected) return;
  const detail = `Cannot update order "${id}" at version ${expected}: current version is ${current}`;
  throw new Problem("version-conflict", detail, { currentVersion: current });
}

/**
 * Tests who moves an order and where to.
 *
 * @throws {Problem} `forbidden`, `order-pending` or `invalid-transition`.
 */
export function assertMove({ status: from }: Order, to: OrderStatus): void {
  const allowed = MOVES[from];
  if (allowed.includes(to)) return;
  if (from === "pending") throw stillPending();
  const detail = `Cannot move the order from ${from} to ${to}`;
  throw new Problem("invalid-transition", detail, { from, allowed: [...allowed] });
}

/** Owner and admin cancel; only an admin fulfils. @throws {Problem} `forbidden`. */
export function assertMayMove(caller: UserCaller, to: OrderStatus): void {
  if (to === "fulfilled" && !isAdmin(caller)) throw new Problem("forbidden", "Only an admin may fulfil an order");
}

/** Only a confirmed order takes other contents. @throws {Problem} `order-pending` or `invalid-transition`. */
export function assertEditable({ status: from }: Order): void {
  if (from === "confirmed") return;
  if (from === "pending") throw stillPending();
  const detail = `Cannot change the contents of an order that is ${from}`;
  throw new Problem("invalid-transition", detail, { from, allowed: [...MOVES[from]] });
}

/** The time of a change; it never goes back, whatever the clocks of two processes say. */
export function laterOf(now: Date, before: string): string {
  const at = now.toISOString();
  return at > before ? at : before;
}

function stillPending(): Problem {
  return new Problem("order-pending", "Cannot change the order while it is being decided: it can only be cancelled", {
    headers: { "retry-after": String(UNDECIDED_RETRY_AFTER_S) },
  });
}

function multiply({ amount, currency }: Money, quantity: number): Money {
  return { amount: exact(amount * quantity), currency };
}

function add(a: Money, b: Money): Money {
  return { amount: exact(a.amount + b.amount), currency: a.currency };
}

function assertOneCurrency(currencies: readonly string[]): void {
  const distinct = [...new Set(currencies)].sort();
  if (distinct.length === 1) return;
  const detail = `Cannot place an order in more than one currency: its products have ${distinct.join(" and ")}`;
  throw new Problem("mixed-currency", detail);
}

/** A sum of whole numbers that is past 2^53 - 1 shows as unsafe, never as a wrong safe one: both factors are safe. */
function exact(amount: number): number {
  if (Number.isSafeInteger(amount)) return amount;
  throw invalidItems("#/items", `must not cost more than ${Number.MAX_SAFE_INTEGER} minor units`);
}

function invalidItems(pointer: string, detail: string): Problem {
  const errors = [{ in: "body" as const, pointer, detail }];
  return new Problem("invalid-request", "The order is larger than an order may be", { errors });
}
