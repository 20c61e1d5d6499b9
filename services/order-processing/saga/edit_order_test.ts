import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Order, OrderedItem } from "../order.ts";
import type { StockPort } from "../stock_port.ts";
import { editOrder } from "./edit_order.ts";
import { moveOrder } from "./move_order.ts";
import { placeOrder } from "./place_order.ts";
import { resume } from "./worker.ts";
import { type Actor, ADDRESS, draftOf, LONG_AFTER, TIMES, World } from "./world_fixture.ts";

/** Real engines on a busy machine take their time. */
setDefaultTimeout(60_000);

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.close());

async function placed(...items: OrderedItem[]): Promise<Order> {
  const outcome = await placeOrder(world.actor(), draftOf(items), undefined);
  if (outcome.kind !== "confirmed") throw new Error(outcome.kind);
  return outcome.order;
}

const subjectOf = ({ id }: Order) => ({ read: async () => (await world.actor().orders.find(id))!, test: () => {} });

function edit(order: Order, items: OrderedItem[], actor: Actor = world.actor()): Promise<Order> {
  return editOrder(actor, subjectOf(order), { version: order.version, items, shippingAddress: ADDRESS });
}

/** The usual inventory, with something that happens once it has answered. */
function meanwhile(happens: () => Promise<unknown>): StockPort {
  return {
    async apply(commands, options) {
      const results = await world.stock.apply(commands, options);
      await happens();
      return results;
    },
  };
}

test("an edit takes more of one product, gives back another, and adds a third", async () => {
  const [lamp, desk, chair] = [world.stock.add(10), world.stock.add(10), world.stock.add(10, { amount: 7 })];
  const order = await placed({ productId: lamp, quantity: 2 }, { productId: desk, quantity: 4 });
  world.stock.products.get(lamp)!.snapshot.unitPrice.amount = 150; // today's price
  const wanted = [
    { productId: lamp, quantity: 3 },
    { productId: chair, quantity: 1 },
    { productId: desk, quantity: 1 },
  ];
  const edited = await edit(order, wanted);
  expect(edited).toMatchObject({ status: "confirmed", version: 3, total: { amount: 3 * 150 + 7 + 100 } });
  expect(edited).toEqual((await subjectOf(order).read()).order);
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 7, reserved: 0, sold: 3 });
  expect(world.stock.counts(desk)).toEqual({ available: 9, reserved: 0, sold: 1 });
  expect(world.stock.counts(chair)).toEqual({ available: 9, reserved: 0, sold: 1 });
});

test("an edit that is short changes nothing at all", async () => {
  const [lamp, desk] = [world.stock.add(3), world.stock.add(5)];
  const order = await placed({ productId: lamp, quantity: 2 }, { productId: desk, quantity: 4 });
  const wanted = [
    { productId: lamp, quantity: 4 },
    { productId: desk, quantity: 5 },
  ];
  await expect(edit(order, wanted)).rejects.toMatchObject({
    code: "out-of-stock",
    extras: { items: [{ productId: lamp, requested: 2, available: 1 }] },
  });
  await world.settle();
  expect((await subjectOf(order).read()).order).toEqual(order);
  expect(world.stock.counts(lamp)).toEqual({ available: 1, reserved: 0, sold: 2 });
  expect(world.stock.counts(desk)).toEqual({ available: 1, reserved: 0, sold: 4 });
});

test("an edit to something of another currency is rejected and releases it", async () => {
  const [lamp, desk] = [world.stock.add(3), world.stock.add(5, { currency: "EUR" })];
  const order = await placed({ productId: lamp, quantity: 1 });
  const wanted = [
    { productId: lamp, quantity: 1 },
    { productId: desk, quantity: 1 },
  ];
  await expect(edit(order, wanted)).rejects.toMatchObject({ code: "mixed-currency" });
  await world.settle();
  expect(world.stock.counts(desk)).toEqual({ available: 5, reserved: 0, sold: 0 });
  // in place of the first one there is no mixture
  expect((await edit(order, [{ productId: desk, quantity: 1 }])).total).toEqual({ amount: 100, currency: "EUR" });
});

test("an edit that only changes the address, or gives back, asks for no stock", async () => {
  const lamp = world.stock.add(3);
  const order = await placed({ productId: lamp, quantity: 2 });
  const sent = world.stock.requests.length;
  const address = { ...ADDRESS, city: "Bath" };
  const contents = { version: 2, items: [{ productId: lamp, quantity: 2 }], shippingAddress: address };
  const moved = await editOrder(world.actor(), subjectOf(order), contents);
  expect(moved).toEqual({ ...order, shippingAddress: address, version: 3, updatedAt: moved.updatedAt });
  await edit(moved, [{ productId: lamp, quantity: 1 }]);
  expect(world.stock.requests).toHaveLength(sent);
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 2, reserved: 0, sold: 1 });
});

test("while an edit is being decided a second editor is told to wait, and afterwards that the version is old", async () => {
  const lamp = world.stock.add(9);
  const order = await placed({ productId: lamp, quantity: 1 });
  const second = () => edit(order, [{ productId: lamp, quantity: 5 }]);
  const stock = meanwhile(async () =>
    expect(second()).rejects.toMatchObject({ code: "edit-in-progress", headers: { "retry-after": "1" } }),
  );
  expect((await edit(order, [{ productId: lamp, quantity: 2 }], world.actor({ stock }))).version).toBe(3);
  await expect(second()).rejects.toMatchObject({ code: "version-conflict", extras: { currentVersion: 3 } });
});

test("of many editors of one version one wins", async () => {
  const lamp = world.stock.add(100);
  const order = await placed({ productId: lamp, quantity: 1 });
  const edits = Array.from({ length: 20 }, (_, n) => edit(order, [{ productId: lamp, quantity: n + 2 }]));
  const outcomes = await Promise.allSettled(edits);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const codes = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []));
  expect(codes.filter((code) => code !== "edit-in-progress" && code !== "version-conflict")).toEqual([]);
  await world.settle();
  const { order: after } = await subjectOf(order).read();
  expect(world.stock.counts(lamp).sold).toBe(after.items[0]!.quantity);
});

test("an edit that can't be decided in time is unavailable, and the worker decides it", async () => {
  const lamp = world.stock.add(9);
  const order = await placed({ productId: lamp, quantity: 1 });
  world.stock.script = Array(20).fill("reply lost");
  await expect(edit(order, [{ productId: lamp, quantity: 4 }])).rejects.toMatchObject({ code: "service-unavailable" });
  world.stock.script = [];
  expect((await subjectOf(order).read()).order).toEqual(order);
  await world.settle();
  expect((await subjectOf(order).read()).order).toMatchObject({ version: 3, items: [{ quantity: 4 }] });
  expect(world.stock.counts(lamp)).toEqual({ available: 5, reserved: 0, sold: 4 });
});

test("the worker gives up an edit that took longer than it may", async () => {
  const lamp = world.stock.add(9);
  const order = await placed({ productId: lamp, quantity: 1 });
  world.stock.script = Array(20).fill("reply lost");
  await expect(edit(order, [{ productId: lamp, quantity: 4 }])).rejects.toMatchObject({ code: "service-unavailable" });
  world.stock.script = [];
  const worker = world.actor({ times: { ...TIMES, editLimitMs: 0 } });
  for (const undecided of await worker.orders.leaseUndecided(10)) await resume(worker, undecided);
  await world.settle();
  expect((await subjectOf(order).read()).order).toEqual(order);
  expect(world.stock.counts(lamp)).toEqual({ available: 8, reserved: 0, sold: 1 });
});

test("an edit whose order is cancelled meanwhile is void, and all its stock comes back", async () => {
  const lamp = world.stock.add(9);
  const order = await placed({ productId: lamp, quantity: 1 });
  const stock = meanwhile(() => moveOrder(world.actor(), subjectOf(order), { to: "cancelled", version: 2 }));
  await expect(edit(order, [{ productId: lamp, quantity: 4 }], world.actor({ stock }))).rejects.toMatchObject({
    code: "version-conflict",
    extras: { currentVersion: 3 },
  });
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 9, reserved: 0, sold: 0 });
});

test("an edit that another holder of the lease accepts is answered as accepted, once", async () => {
  const lamp = world.stock.add(9);
  const order = await placed({ productId: lamp, quantity: 1 });
  const stock = meanwhile(async () => {
    const thief = world.actor();
    for (const undecided of await thief.orders.leaseUndecided(10)) await resume(thief, undecided);
  });
  const edited = await edit(order, [{ productId: lamp, quantity: 4 }], world.actor({ stock, times: LONG_AFTER }));
  expect(edited).toMatchObject({ version: 3, items: [{ quantity: 4 }] });
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 5, reserved: 0, sold: 4 });
});
