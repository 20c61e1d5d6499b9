import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { StockRefused } from "../stock_port.ts";
import { moveOrder } from "./move_order.ts";
import { placeOrder } from "./place_order.ts";
import { resume } from "./worker.ts";
import { ADDRESS, claimOf, draftOf, LONG_AFTER, replyTo, TIMES, World } from "./world_fixture.ts";

/** Real engines on a busy machine take their time. */
setDefaultTimeout(60_000);

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.close());

test("an order takes the stock of all its items in one call, and three round trips are enough", async () => {
  const [lamp, desk] = [world.stock.add(10, { amount: 4900 }), world.stock.add(1)];
  const draft = draftOf([
    { productId: lamp, quantity: 2 },
    { productId: desk, quantity: 1 },
  ]);
  const claim = claimOf();
  const calls: string[] = [];
  const wrap = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        calls.push(String(name));
        return (Reflect.get(target, name) as () => unknown).bind(target); // ports have methods only
      },
    });
  const counted = world.actor({ wrap });
  const placed = await placeOrder(counted, draft, claim);
  expect(calls).toEqual(["place", "apply", "decide"]);
  if (placed.kind !== "confirmed") throw new Error(placed.kind);
  expect(placed.order).toMatchObject({ status: "confirmed", total: { amount: 9900 }, shippingAddress: ADDRESS });
  expect(world.stock.counts(lamp)).toEqual({ available: 8, reserved: 2, sold: 0 });
  expect(await replyTo(world, claim)).toEqual({
    status: 201,
    headers: { location: `/orders/${draft.id}`, etag: '"2"' },
    body: placed.order,
  });
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 8, reserved: 0, sold: 2 });
  expect(world.stock.counts(desk)).toEqual({ available: 0, reserved: 0, sold: 1 });
});

test("an order that is short lists every short item and holds nothing", async () => {
  const [lamp, desk, chair] = [world.stock.add(1), world.stock.add(5), world.stock.add(0)];
  const draft = draftOf([
    { productId: lamp, quantity: 2 },
    { productId: desk, quantity: 5 },
    { productId: chair, quantity: 1 },
  ]);
  const claim = claimOf();
  const items = [
    { productId: lamp, requested: 2, available: 1 },
    { productId: chair, requested: 1, available: 0 },
  ];
  await expect(placeOrder(world.actor(), draft, claim)).rejects.toMatchObject({
    code: "out-of-stock",
    extras: { items },
  });
  await expect(placeOrder(world.actor(), draftOf([]), claim)).rejects.toMatchObject({
    code: "out-of-stock",
    extras: { items },
    headers: { "idempotent-replayed": "true" },
  });
  await world.settle();
  expect(world.stock.counts(desk)).toEqual({ available: 5, reserved: 0, sold: 0 });
  expect((await world.actor().orders.find(draft.id))?.order).toMatchObject({ status: "rejected", total: null });
});

test.each([
  ["product-unavailable", () => [world.stock.add(1, { sellable: false }), Bun.randomUUIDv7()]],
  ["mixed-currency", () => [world.stock.add(1), world.stock.add(1, { currency: "EUR" })]],
  ["invalid-request", () => [world.stock.add(1, { amount: Number.MAX_SAFE_INTEGER }), world.stock.add(1)]],
] as const)("an order is rejected as %s, told again, and leaves nothing held", async (code, products) => {
  const productIds = products();
  const draft = draftOf(productIds.map((productId) => ({ productId, quantity: 1 })));
  const claim = claimOf();
  await expect(placeOrder(world.actor(), draft, claim)).rejects.toMatchObject({ code });
  await expect(placeOrder(world.actor(), draftOf([]), claim)).rejects.toMatchObject({ code });
  await world.settle();
  const known = productIds.filter((id) => world.stock.products.has(id));
  for (const id of known) expect(world.stock.counts(id)).toEqual({ available: 1, reserved: 0, sold: 0 });
  expect(Object.values(world.stock.entriesOf(draft.id))).toEqual(productIds.map(() => "released"));
});

test("a reply that is lost is asked for again, under the same key", async () => {
  const lamp = world.stock.add(3);
  world.stock.script = ["reply lost", "lost"];
  const placed = await placeOrder(world.actor(), draftOf([{ productId: lamp, quantity: 2 }]), undefined);
  expect(placed.kind).toBe("confirmed");
  expect(world.stock.counts(lamp)).toEqual({ available: 1, reserved: 2, sold: 0 });
});

test("an order that can't be decided in time is pending; a retry or the worker finishes it", async () => {
  const lamp = world.stock.add(3);
  const [draft, claim] = [draftOf([{ productId: lamp, quantity: 2 }]), claimOf()];
  world.stock.script = Array(20).fill("lost");
  const placed = await placeOrder(world.actor(), draft, claim);
  expect(placed).toMatchObject({ kind: "pending", order: { id: draft.id, status: "pending", total: null } });
  world.stock.script = [];
  const retried = await placeOrder(world.actor(), draftOf([]), claim);
  expect(retried).toMatchObject({ kind: "confirmed", order: { id: draft.id, version: 2 } });
  const again = await placeOrder(world.actor(), draftOf([]), claim);
  expect(again).toMatchObject({ kind: "replayed", reply: { status: 201, headers: { "idempotent-replayed": "true" } } });
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 1, reserved: 0, sold: 2 });
});

test("a request with a key in use is told to wait; one with another payload is refused", async () => {
  const lamp = world.stock.add(3);
  const claim = claimOf();
  const orders = world.actor().orders;
  await orders.place(draftOf([{ productId: lamp, quantity: 1 }]), claim);
  await expect(placeOrder(world.actor(), draftOf([]), claim)).rejects.toMatchObject({
    code: "request-in-progress",
    headers: { "retry-after": expect.any(String) },
  });
  const other = { ...claim, fingerprint: "f2" };
  await expect(placeOrder(world.actor(), draftOf([]), other)).rejects.toMatchObject({ code: "idempotency-key-reused" });
  await world.passTime();
  await expect(placeOrder(world.actor(), draftOf([]), other)).rejects.toMatchObject({ code: "idempotency-key-reused" });
  expect(await placeOrder(world.actor(), draftOf([]), claim)).toMatchObject({ kind: "confirmed" });
});

test("the same key twenty times at once places one order", async () => {
  const lamp = world.stock.add(100);
  const claim = claimOf();
  const actor = world.actor();
  const twins = Array.from({ length: 20 }, () => placeOrder(actor, draftOf([{ productId: lamp, quantity: 3 }]), claim));
  const outcomes = await Promise.allSettled(twins);
  const placed = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const refused = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []));
  expect(placed.length).toBeGreaterThan(0);
  expect(new Set(refused)).toEqual(new Set(refused.length > 0 ? ["request-in-progress"] : []));
  const bodies = placed.map((one) => JSON.stringify(one.kind === "replayed" ? one.reply.body : one.order));
  expect(new Set(bodies).size).toBe(1);
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 97, reserved: 0, sold: 3 });
});

test("whoever lost the lease does not answer with its own decision", async () => {
  const lamp = world.stock.add(1);
  const claim = claimOf();
  const slow = world.actor({
    times: LONG_AFTER,
    stock: {
      async apply(commands, options) {
        const results = await world.stock.apply(commands, options);
        await resumeByAnother();
        return results;
      },
    },
  });
  async function resumeByAnother(): Promise<void> {
    const thief = world.actor();
    world.stock.products.get(lamp)!.snapshot.unitPrice.amount = 777; // told apart from the slow one's
    for (const undecided of await thief.orders.leaseUndecided(10)) await resume(thief, undecided);
  }
  const placed = await placeOrder(slow, draftOf([{ productId: lamp, quantity: 1 }]), claim);
  expect(placed).toMatchObject({ kind: "replayed", reply: { body: { total: { amount: 777 } } } });
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 0, reserved: 0, sold: 1 });
});

test("an order that is cancelled while it is placed is answered so, and its stock comes back", async () => {
  const lamp = world.stock.add(2);
  const draft = draftOf([{ productId: lamp, quantity: 2 }]);
  for (const claim of [claimOf(), undefined]) {
    const { id } = { ...draft, id: Bun.randomUUIDv7() };
    const actor = world.actor({
      stock: {
        async apply(commands, options) {
          const results = await world.stock.apply(commands, options);
          const read = async () => (await world.actor().orders.find(id))!;
          await moveOrder(world.actor(), { read, test: () => {} }, { to: "cancelled", version: 1 });
          return results;
        },
      },
    });
    await expect(placeOrder(actor, { ...draft, id }, claim)).rejects.toMatchObject({ code: "order-cancelled" });
    await world.settle();
    expect(world.stock.counts(lamp)).toEqual({ available: 2, reserved: 0, sold: 0 });
  }
});

test("the worker gives up a pending order that took longer than it may", async () => {
  const lamp = world.stock.add(2);
  const [draft, claim] = [draftOf([{ productId: lamp, quantity: 2 }]), claimOf()];
  world.stock.script = Array(20).fill("reply lost");
  await placeOrder(world.actor(), draft, claim);
  expect(world.stock.counts(lamp).reserved).toBe(2);
  world.stock.script = [];
  const worker = world.actor({ times: { ...TIMES, pendingLimitMs: 0 } });
  for (const undecided of await worker.orders.leaseUndecided(10)) await resume(worker, undecided);
  expect((await worker.orders.find(draft.id))?.order.status).toBe("cancelled");
  expect(await replyTo(world, claim)).toMatchObject({ status: 409, body: { code: "order-cancelled" } });
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 2, reserved: 0, sold: 0 });
});

test("a reservation that comes too late, or that is refused as a whole, decides nothing", async () => {
  const lamp = world.stock.add(2);
  const late = world.actor({ times: { ...TIMES, commandLifeMs: -1000 } });
  expect((await placeOrder(late, draftOf([{ productId: lamp, quantity: 1 }]), undefined)).kind).toBe("pending");
  const refusing = world.actor({ stock: { apply: () => Promise.reject(new StockRefused("no")) } });
  expect((await placeOrder(refusing, draftOf([{ productId: lamp, quantity: 1 }]), undefined)).kind).toBe("pending");
  expect(world.log.some(({ level, message }) => level === "error" && message.includes("refuses"))).toBe(true);
  expect(world.stock.counts(lamp)).toEqual({ available: 2, reserved: 0, sold: 0 });
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 0, reserved: 0, sold: 2 });
});
