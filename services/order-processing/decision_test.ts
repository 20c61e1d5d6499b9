import { expect, test } from "bun:test";
import { acceptEdit, cancel, confirm, fulfil, PLACING_REVISION, reject, releaseOf, remove } from "./decision.ts";
import { type OrderRecord, type Proposal, pendingOrder, type Snapshot } from "./order.ts";

const LAMP = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601";
const DESK = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be602";
const CHAIR = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be603";
const ADDRESS = { name: "Ada", line1: "12", city: "London", postalCode: "SW1Y", country: "GB" };
const now = new Date("2026-11-23T10:20:31.000Z");
const items = [
  { productId: LAMP, quantity: 2 },
  { productId: DESK, quantity: 1 },
];
const draft = { id: "019a0d33-0000-7000-8000-000000000001", customerId: "ada", items, shippingAddress: ADDRESS };
const pending: OrderRecord = {
  order: pendingOrder({ ...draft, at: new Date("2026-11-23T10:20:30.000Z") }, 1),
  revision: PLACING_REVISION,
  proposal: undefined,
};

function snapshot(productId: string, amount = 100, currency = "USD"): Snapshot {
  return { productId, sku: "SKU", name: "Something", unitPrice: { amount, currency } };
}
function confirmedRecord(): OrderRecord {
  const { order, revision } = confirm(pending, [snapshot(LAMP), snapshot(DESK)], { fence: 0, now });
  return { order, revision, proposal: undefined };
}
function proposalOf(change: Partial<Proposal> = {}): Proposal {
  return { revision: 2, version: 2, items, shippingAddress: ADDRESS, ...change };
}

test("step 3: what is held is consumed under the revision that held it", () => {
  const decision = confirm(pending, [snapshot(LAMP, 4900), snapshot(DESK)], { fence: 3, now });
  expect(decision.guard).toEqual({ status: "pending", version: 1, fence: 3 });
  expect(decision.order).toMatchObject({
    status: "confirmed",
    version: 2,
    total: { amount: 9900 },
    updatedAt: now.toISOString(),
    statusHistory: [{ status: "pending" }, { status: "confirmed", at: now.toISOString() }],
  });
  expect(decision.outbox).toMatchObject([
    { channel: "stock", command: "consume", revision: 1, items },
    {
      channel: "event",
      event: { type: "order.confirmed", id: `${draft.id}-2`, subject: draft.id, data: { status: "confirmed", items } },
    },
  ]);
  expect(decision).toMatchObject({ settles: true, hides: false });
});

test("step 3 is not taken in more than one currency", () => {
  const mixed = [snapshot(LAMP), snapshot(DESK, 1, "EUR")];
  expect(() => confirm(pending, mixed, { fence: 0, now })).toThrow(expect.objectContaining({ code: "mixed-currency" }));
});

test("step 4a: everything is released, held or not, so that a late reservation is refused", () => {
  const decision = reject(pending, { fence: 3, now });
  expect(decision.guard).toEqual({ status: "pending", version: 1, fence: 3 });
  expect(decision.order).toMatchObject({ status: "rejected", total: null, version: 2 });
  expect(decision.outbox).toMatchObject([
    { command: "release", revision: 1, items },
    { event: { type: "order.rejected" } },
  ]);
});

test("step 4b: a pending order releases its own revision, a confirmed one gives back under the next", () => {
  expect(cancel(pending, now)).toMatchObject({
    guard: { status: "pending", version: 1, revision: 1 },
    revision: 1,
    settles: true,
    outbox: [{ command: "release", revision: 1, items }, { event: { type: "order.cancelled" } }],
  });
  expect(cancel(confirmedRecord(), now)).toMatchObject({
    guard: { status: "confirmed", version: 2, revision: 1 },
    revision: 2,
    settles: false, // a live proposal is ended by whoever decides it
    outbox: [{ command: "restock", revision: 2, items }, { event: { type: "order.cancelled" } }],
  });
});

test("fulfilling moves no stock", () => {
  const decision = fulfil(confirmedRecord(), now);
  expect(decision.order.status).toBe("fulfilled");
  expect(decision.outbox).toMatchObject([{ channel: "event", event: { type: "order.fulfilled" } }]);
});

test("removing gives back what is not on its way, and only hides the rest", () => {
  expect(remove(pending, now)).toEqual({ ...cancel(pending, now), hides: true });
  expect(remove(confirmedRecord(), now)).toEqual({ ...cancel(confirmedRecord(), now), hides: true });
  const { order, revision } = fulfil(confirmedRecord(), now);
  const hidden = remove({ order, revision, proposal: undefined }, now);
  expect(hidden).toMatchObject({ hides: true, outbox: [], order: { status: "fulfilled", version: 4 } });
  expect(hidden.order.statusHistory).toEqual(order.statusHistory);
});

test("an edit consumes its increases and restocks its decreases, at today's prices for what is added", () => {
  const wanted = [
    { productId: LAMP, quantity: 5 },
    { productId: CHAIR, quantity: 1 },
  ];
  const address = { ...ADDRESS, city: "Bath" };
  const proposal = proposalOf({ items: wanted, shippingAddress: address });
  const snapshots = [snapshot(LAMP, 150), snapshot(CHAIR, 10)];
  const decision = acceptEdit(confirmedRecord(), proposal, { snapshots, now });
  expect(decision.guard).toEqual({ status: "confirmed", version: 2, proposal: 2 });
  expect(decision.order).toMatchObject({
    status: "confirmed",
    version: 3,
    total: { amount: 760 },
    shippingAddress: address,
  });
  expect(decision.order.statusHistory).toHaveLength(2);
  expect(decision.outbox).toMatchObject([
    {
      command: "consume",
      revision: 2,
      items: [
        { productId: LAMP, quantity: 3 },
        { productId: CHAIR, quantity: 1 },
      ],
    },
    { command: "restock", revision: 2, items: [{ productId: DESK, quantity: 1 }] },
    { event: { type: "order.confirmed", id: `${draft.id}-3` } },
  ]);
});

test("an edit that takes nothing more keeps the prices of the order, and sends nothing that is empty", () => {
  const record = confirmedRecord();
  const address = acceptEdit(record, proposalOf(), { snapshots: [], now });
  expect(address.order.items).toEqual(record.order.items);
  expect(address.outbox).toMatchObject([{ channel: "event" }]);
  const less = acceptEdit(record, proposalOf({ items: [{ productId: LAMP, quantity: 1 }] }), { snapshots: [], now });
  expect(less.order.total).toEqual({ amount: 100, currency: "USD" });
  expect(less.outbox).toMatchObject([
    {
      command: "restock",
      items: [
        { productId: LAMP, quantity: 1 },
        { productId: DESK, quantity: 1 },
      ],
    },
    { channel: "event" },
  ]);
});

test("a rejected edit releases its increases alone", () => {
  const record = confirmedRecord();
  const wanted = [{ productId: LAMP, quantity: 5 }];
  expect(releaseOf(record, proposalOf({ items: wanted }))).toEqual([
    { channel: "stock", command: "release", revision: 2, items: [{ productId: LAMP, quantity: 3 }] },
  ]);
  expect(releaseOf(record, proposalOf())).toEqual([]);
});
