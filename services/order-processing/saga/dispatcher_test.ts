import { afterAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { StockRefused, StockUnavailable } from "../stock_port.ts";
import { dispatchEvents, dispatchStock, judgeSending } from "./dispatcher.ts";
import { moveOrder } from "./move_order.ts";
import { placeOrder } from "./place_order.ts";
import { forget } from "./purge.ts";
import { draftOf, TIMES, World } from "./world_fixture.ts";

/** Real engines on a busy machine take their time. */
setDefaultTimeout(60_000);

const worlds: World[] = [];
let world: World;
beforeEach(async () => {
  world = await World.create();
  worlds.push(world);
});
afterAll(() => Promise.all(worlds.map((one) => one.close())));

async function place(productId: string, quantity = 1): Promise<string> {
  const draft = draftOf([{ productId, quantity }]);
  await placeOrder(world.actor(), draft, undefined);
  return draft.id;
}
async function cancel(id: string): Promise<void> {
  const read = async () => (await world.actor().orders.find(id))!;
  await moveOrder(world.actor(), { read, test: () => {} }, { to: "cancelled", version: 2 });
}

test("the messages of one order are sent one after the other, those of many at once", async () => {
  const lamp = world.stock.add(10);
  const ids = [await place(lamp), await place(lamp), await place(lamp)];
  await cancel(ids[0]!);
  const { dispatch } = world.actor();
  expect(await dispatchStock(dispatch, 10)).toBe(3);
  expect(world.stock.counts(lamp)).toEqual({ available: 7, reserved: 0, sold: 3 });
  expect(await dispatchStock(dispatch, 10)).toBe(1);
  expect(world.stock.counts(lamp)).toEqual({ available: 8, reserved: 0, sold: 2 });
  expect(await dispatchStock(dispatch, 10)).toBe(0);
});

test("a silent inventory is asked again for ever, later each time", async () => {
  const id = await place(world.stock.add(1));
  const silent = { apply: () => Promise.reject(new StockUnavailable("away")) };
  const actor = world.actor({ stock: silent });
  for (let attempt = 0; attempt < 12; attempt++) {
    expect(await dispatchStock(actor.dispatch, 10)).toBe(1);
    expect(await dispatchStock(actor.dispatch, 10)).toBe(0);
    await world.passTime();
  }
  expect(await actor.outbox.listDead(10)).toEqual([]);
  const [row] = await actor.outbox.leaseStock(10);
  expect(row).toMatchObject({ orderId: id, attempts: 12, refusals: 0 });
});

test("a message that is refused again and again is given up, and redriven by an operator", async () => {
  const lamp = world.stock.add(1);
  const id = await place(lamp);
  const refusing = world.actor({ stock: { apply: () => Promise.reject(new StockRefused("no such command")) } });
  for (let attempt = 0; attempt < 3; attempt++) {
    await dispatchStock(refusing.dispatch, 10);
    await world.passTime();
  }
  expect(await dispatchStock(refusing.dispatch, 10)).toBe(0);
  const dead = { orderId: id, what: "consume", attempts: 3, lastError: "no such command" };
  expect(await refusing.outbox.listDead(10)).toMatchObject([dead]);
  expect(await refusing.outbox.redrive()).toMatchObject([dead]);
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 0, reserved: 0, sold: 1 });
});

test("a consumption without a reservation is an alarm, not done, and holds back what follows", async () => {
  const lamp = world.stock.add(1);
  const id = await place(lamp);
  world.stock.entries.clear();
  await cancel(id);
  await dispatchStock(world.actor().dispatch, 10);
  expect(world.log).toMatchObject([
    {
      level: "error",
      message: "A message of the outbox is given up",
      fields: { orderId: id, reason: expect.stringContaining("missing") },
    },
  ]);
  expect(await world.actor().outbox.listDead(10)).toMatchObject([{ orderId: id, what: "consume" }]);
  await world.passTime();
  expect(await dispatchStock(world.actor().dispatch, 10)).toBe(0);
});

test.each([
  [["done", "done"], "done"],
  [["done", "expired"], "failed"],
  [["expired", "missing"], "alarm"],
  [["gone"], "alarm"],
  [["mismatch"], "alarm"],
  [["unknown-product"], "alarm"],
] as const)("answers of %j are %s", (outcomes, kind) => {
  expect(judgeSending(outcomes.map((outcome) => ({ outcome }))).kind).toBe(kind);
});

test("a command that comes too late is sent again with a later notAfter", async () => {
  const lamp = world.stock.add(1);
  await place(lamp);
  await dispatchStock(world.actor({ times: { ...TIMES, commandLifeMs: -1000 } }).dispatch, 10);
  expect(world.stock.counts(lamp)).toMatchObject({ reserved: 1, sold: 0 });
  await world.passTime();
  await dispatchStock(world.actor().dispatch, 10);
  expect(world.stock.counts(lamp)).toMatchObject({ reserved: 0, sold: 1 });
  expect(await world.undone()).toBe(1); // the event
});

test("without a broker events end in the outbox", async () => {
  await place(world.stock.add(1));
  const { dispatch } = world.actor();
  expect(await dispatchEvents({ ...dispatch, publisher: undefined }, 10)).toBe(1);
  expect(await dispatchEvents(dispatch, 10)).toBe(0);
  expect(world.events).toEqual([]);
});

test("a broker that is away delays events, never stock", async () => {
  const lamp = world.stock.add(1);
  const id = await place(lamp);
  await cancel(id);
  const { dispatch } = world.actor();
  const away = { ...dispatch, publisher: { isAvailable: true, publish: () => Promise.reject(new Error("no broker")) } };
  for (let attempt = 0; attempt < 5; attempt++) {
    await dispatchEvents(away, 10);
    while ((await dispatchStock(dispatch, 10)) > 0);
    await world.passTime();
  }
  expect(world.stock.counts(lamp)).toEqual({ available: 1, reserved: 0, sold: 0 });
  const known = { ...dispatch, publisher: { ...away.publisher, isAvailable: false } };
  expect(await dispatchEvents(known, 10)).toBe(0); // the row is not even leased
  while ((await dispatchEvents(dispatch, 10)) > 0);
  expect(world.events.map(({ id }) => id)).toEqual([`${id}-2`, `${id}-3`]);
  expect(await world.undone()).toBe(0);
  await world.age();
  expect(await forget({ ...world.actor(), stockTimeoutMs: 100 }, 10)).toBe(2);
});
