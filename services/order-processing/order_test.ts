import { expect, test } from "bun:test";
import type { UserCaller } from "#contract";
import {
  assertEditable,
  assertMayMove,
  assertMove,
  assertVersion,
  compareItems,
  laterOf,
  listedCustomer,
  mergeItems,
  type Order,
  type OrderRecord,
  type OrderStatus,
  pendingOrder,
  priceItems,
  type Snapshot,
  snapshotsOf,
  visibleTo,
} from "./order.ts";

const ADA = "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11";
const EVE = "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a12";
const LAMP = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601";
const DESK = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be602";
const customer: UserCaller = { kind: "user", id: ADA, roles: ["customer"] };
const stranger: UserCaller = { kind: "user", id: EVE, roles: ["customer"] };
const admin: UserCaller = { kind: "user", id: EVE, roles: ["admin"] };

function orderOf(change: Partial<Order> = {}): Order {
  const order = pendingOrder(
    {
      id: "019a0d33-0000-7000-8000-000000000001",
      customerId: ADA,
      items: [{ productId: LAMP, quantity: 2 }],
      shippingAddress: { name: "Ada", line1: "12", city: "London", postalCode: "SW1Y", country: "GB" },
      at: new Date("2026-11-23T10:20:30.000Z"),
    },
    7,
  );
  return { ...order, ...change };
}
const recordOf = (order: Order): OrderRecord => ({ order, revision: 1, proposal: undefined });

function snapshot(productId: string, amount = 100, currency = "USD"): [string, Snapshot] {
  return [productId, { productId, sku: "SKU", name: "Something", unitPrice: { amount, currency } }];
}

test("an order is seen by its customer and by admins; to others there is none", () => {
  const record = recordOf(orderOf());
  expect(visibleTo(customer, record)).toBe(record);
  expect(visibleTo(admin, record)).toBe(record);
  expect(() => visibleTo(stranger, record)).toThrow(expect.objectContaining({ code: "not-found" }));
  expect(() => visibleTo(admin, undefined)).toThrow(expect.objectContaining({ code: "not-found" }));
});

test("a customer lists their own orders only, an admin anybody's", () => {
  expect(listedCustomer(customer, undefined)).toBe(ADA);
  expect(listedCustomer(customer, ADA)).toBe(ADA);
  expect(() => listedCustomer(customer, EVE)).toThrow(expect.objectContaining({ code: "forbidden" }));
  expect(listedCustomer(admin, undefined)).toBeUndefined();
  expect(listedCustomer(admin, ADA)).toBe(ADA);
});

test("equal products are merged where they were first named, up to the units an order may have", () => {
  const items = [
    { productId: DESK, quantity: 1 },
    { productId: LAMP, quantity: 2 },
    { productId: DESK, quantity: 3 },
  ];
  expect(mergeItems(items)).toEqual([
    { productId: DESK, quantity: 4 },
    { productId: LAMP, quantity: 2 },
  ]);
  const full = Array.from({ length: 100 }, () => ({ productId: LAMP, quantity: 1000 }));
  expect(mergeItems(full)).toEqual([{ productId: LAMP, quantity: 100_000 }]);
  expect(() => mergeItems([...full, { productId: LAMP, quantity: 1 }])).toThrow(
    expect.objectContaining({
      code: "invalid-request",
      extras: { errors: [expect.objectContaining({ in: "body", pointer: "#/items/100/quantity" })] },
    }),
  );
});

test("a pending order has a number to say and no prices", () => {
  const order = orderOf();
  expect(order).toMatchObject({ number: "TP-000007", status: "pending", version: 1, total: null });
  expect(order.items).toEqual([
    { productId: LAMP, quantity: 2, sku: null, name: null, unitPrice: null, lineTotal: null },
  ]);
  expect(order.statusHistory).toEqual([{ status: "pending", at: "2026-11-23T10:20:30.000Z" }]);
  expect(snapshotsOf(order).size).toBe(0);
});

test("prices are added up in one currency", () => {
  const items = [
    { productId: LAMP, quantity: 3 },
    { productId: DESK, quantity: 1 },
  ];
  const { items: priced, total } = priceItems(items, new Map([snapshot(LAMP, 4900), snapshot(DESK, 1)]));
  expect(total).toEqual({ amount: 14_701, currency: "USD" });
  expect(priced[0]).toMatchObject({ quantity: 3, unitPrice: { amount: 4900 }, lineTotal: { amount: 14_700 } });
  expect(snapshotsOf(orderOf({ items: priced })).get(DESK)).toEqual(snapshot(DESK, 1)[1]);
  expect(() => priceItems(items, new Map([snapshot(LAMP), snapshot(DESK, 1, "EUR")]))).toThrow(
    expect.objectContaining({ code: "mixed-currency", message: expect.stringContaining("EUR and USD") }),
  );
});

test("a sum that would lose digits is refused, one below that is exact", () => {
  const most = Number.MAX_SAFE_INTEGER;
  const one = (quantity: number) => [{ productId: LAMP, quantity }];
  expect(priceItems(one(1), new Map([snapshot(LAMP, most)])).total?.amount).toBe(most);
  const tooMuch = expect.objectContaining({ code: "invalid-request" });
  expect(() => priceItems(one(2), new Map([snapshot(LAMP, (most + 1) / 2)]))).toThrow(tooMuch);
  expect(() => priceItems(one(1000), new Map([snapshot(LAMP, most)]))).toThrow(tooMuch);
  const two = [...one(1), { productId: DESK, quantity: 1 }];
  expect(() => priceItems(two, new Map([snapshot(LAMP, most), snapshot(DESK, 1)]))).toThrow(tooMuch);
  expect(priceItems(two, new Map([snapshot(LAMP, most), snapshot(DESK, 0)])).total?.amount).toBe(most);
});

test("an edit takes what is more, gives back what is less, and leaves alone what is equal", () => {
  const before = [
    { productId: LAMP, quantity: 2 },
    { productId: DESK, quantity: 1 },
  ];
  const [CHAIR, SOFA] = ["chair", "sofa"];
  const after = [
    { productId: CHAIR, quantity: 4 },
    { productId: LAMP, quantity: 5 },
  ];
  expect(compareItems(before, after)).toEqual({
    increases: [
      { productId: CHAIR, quantity: 4 },
      { productId: LAMP, quantity: 3 },
    ],
    decreases: [{ productId: DESK, quantity: 1 }],
  });
  expect(compareItems(before, before)).toEqual({ increases: [], decreases: [] });
  expect(compareItems(before, [{ productId: SOFA, quantity: 1 }]).decreases).toEqual(before);
});

test("another version is a conflict that names the current one", () => {
  expect(() => assertVersion(orderOf({ version: 2 }), 2)).not.toThrow();
  expect(() => assertVersion(orderOf({ version: 2 }), 1)).toThrow(
    expect.objectContaining({ code: "version-conflict", extras: { currentVersion: 2 } }),
  );
});

test("people move orders along the table of states, and nowhere else", () => {
  const statuses: OrderStatus[] = ["pending", "confirmed", "fulfilled", "rejected", "cancelled"];
  const outcome = (from: OrderStatus, to: OrderStatus): string => {
    try {
      assertMove(orderOf({ status: from }), to);
      return "moves";
    } catch (error) {
      return (error as { code: string }).code; // every rule throws a problem
    }
  };
  const table = statuses.map((from) => [from, outcome(from, "cancelled"), outcome(from, "fulfilled")]);
  expect(table).toEqual([
    ["pending", "moves", "order-pending"],
    ["confirmed", "moves", "moves"],
    ["fulfilled", "invalid-transition", "invalid-transition"],
    ["rejected", "invalid-transition", "invalid-transition"],
    ["cancelled", "invalid-transition", "invalid-transition"],
  ]);
  expect(() => assertMove(orderOf({ status: "cancelled" }), "fulfilled")).toThrow(
    expect.objectContaining({ extras: { from: "cancelled", allowed: [] } }),
  );
});

test("only an admin fulfils; only a confirmed order is edited", () => {
  expect(() => assertMayMove(customer, "cancelled")).not.toThrow();
  expect(() => assertMayMove(admin, "fulfilled")).not.toThrow();
  expect(() => assertMayMove(customer, "fulfilled")).toThrow(expect.objectContaining({ code: "forbidden" }));
  expect(() => assertEditable(orderOf({ status: "confirmed" }))).not.toThrow();
  expect(() => assertEditable(orderOf())).toThrow(
    expect.objectContaining({ code: "order-pending", headers: { "retry-after": "1" } }),
  );
  expect(() => assertEditable(orderOf({ status: "fulfilled" }))).toThrow(
    expect.objectContaining({ code: "invalid-transition", extras: { from: "fulfilled", allowed: [] } }),
  );
});

test("the time of a change never goes back", () => {
  const before = "2026-11-23T10:20:30.000Z";
  expect(laterOf(new Date("2026-11-23T09:20:30.000Z"), before)).toBe(before);
  expect(laterOf(new Date("2026-11-23T10:20:30.001Z"), before)).toBe("2026-11-23T10:20:30.001Z");
});
