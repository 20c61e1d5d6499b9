import { afterAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { Registry } from "prom-client";
import { createSagaMetrics } from "../saga_metrics.ts";
import { PostgresLedger } from "../store/postgres_ledger.ts";
import { dispatchStock } from "./dispatcher.ts";
import { moveOrder } from "./move_order.ts";
import { placeOrder } from "./place_order.ts";
import { type Reconciliation, reconcile } from "./reconcile.ts";
import { draftOf, TIMES, World } from "./world_fixture.ts";

/** Real engines on a busy machine take their time. */
setDefaultTimeout(60_000);

const worlds: World[] = [];
let world: World;
let queued = 0;
beforeEach(async () => {
  world = await World.create();
  worlds.push(world);
  queued = 0;
});
afterAll(() => Promise.all(worlds.map((one) => one.close())));

const ledger = (): PostgresLedger => new PostgresLedger(world.database);
const run = (overdueMs = 60_000): Promise<Reconciliation> => {
  const { outbox } = world.actor({ times: TIMES });
  return reconcile({ ledger: ledger(), outbox, stock: world.stock, overdueMs, onQueued: () => queued++ });
};

async function place(productId: string, quantity = 1): Promise<string> {
  const draft = draftOf([{ productId, quantity }]);
  await placeOrder(world.actor(), draft, undefined).catch(() => {}); // one that is refused is recorded, too
  return draft.id;
}
async function cancel(id: string): Promise<void> {
  const read = async () => (await world.actor().orders.find(id))!;
  await moveOrder(world.actor(), { read, test: () => {} }, { to: "cancelled", version: 2 });
}

/** As if the message had never been written. */
async function loseMessages(orderId: string): Promise<void> {
  await world.database.query`DELETE FROM outbox WHERE order_id = ${orderId} AND channel = 'stock'`;
}

test("orders and stock that agree have no difference, at work and at rest", async () => {
  const [lamp, desk] = [world.stock.add(10), world.stock.add(3)];
  const cancelled = await place(lamp, 2);
  await place(desk, 3);
  await place(desk, 1); // rejected
  expect(await run()).toEqual({ differences: [], repaired: [] }); // nothing is told yet
  await world.settle();
  await cancel(cancelled);
  expect(await run()).toEqual({ differences: [], repaired: [] });
  await world.settle();
  expect(await run()).toEqual({ differences: [], repaired: [] });
  await world.purge();
  expect(await run()).toEqual({ differences: [], repaired: [] });
});

test("a confirmed order whose consumption is lost is found, and told again", async () => {
  const lamp = world.stock.add(10);
  const id = await place(lamp, 2);
  await loseMessages(id);
  const hold = { orderId: id, revision: 1, productId: lamp, quantity: 2, command: "consume" as const };
  expect(await run()).toEqual({
    differences: [
      { kind: "hold", ...hold },
      { kind: "sold", productId: lamp, expected: 2, found: 0 },
    ],
    repaired: [hold],
  });
  expect(queued).toBe(1);
  expect(world.stock.counts(lamp)).toEqual({ available: 8, reserved: 2, sold: 0 }); // the dispatcher mends it
  expect((await run()).repaired).toEqual([]); // it is on its way
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 8, reserved: 0, sold: 2 });
  expect(await run()).toEqual({ differences: [], repaired: [] });
  await world.purge();
  expect(world.stock.entriesOf(id)).toEqual({});
});

test("a rejected order whose release is lost is found, and gives its units back", async () => {
  const [lamp, desk] = [world.stock.add(10), world.stock.add(0)];
  const draft = draftOf([
    { productId: lamp, quantity: 2 },
    { productId: desk, quantity: 1 },
  ]);
  await placeOrder(world.actor(), draft, undefined).catch(() => {});
  await loseMessages(draft.id);
  expect(world.stock.counts(lamp)).toMatchObject({ reserved: 2 });
  expect((await run()).repaired).toMatchObject([{ orderId: draft.id, productId: lamp, command: "release" }]);
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 10, reserved: 0, sold: 0 });
});

test("a message that was marked done and never applied is told again", async () => {
  const lamp = world.stock.add(10);
  await place(lamp, 1);
  await world.database.query`UPDATE outbox SET done_at = now(), not_after = now() WHERE channel = 'stock'`;
  expect((await run()).repaired).toMatchObject([{ command: "consume" }]);
  await world.settle();
  expect(world.stock.counts(lamp)).toMatchObject({ reserved: 0, sold: 1 });
});

test("a hold of an order that there is not is reported and left alone", async () => {
  const lamp = world.stock.add(10);
  const orderId = Bun.randomUUIDv7();
  const [command] = [{ command: "reserve" as const, orderId, revision: 1, productId: lamp, quantity: 4 }];
  await world.stock.apply([{ ...command, notAfter: new Date(Date.now() + 60_000).toISOString() }], { timeoutMs: 100 });
  const { differences, repaired } = await run();
  expect(differences).toEqual([
    { kind: "hold", orderId, revision: 1, productId: lamp, quantity: 4, command: undefined },
  ]);
  expect(repaired).toEqual([]);
  expect(world.stock.counts(lamp)).toMatchObject({ reserved: 4 });
});

test("a hold that ends while it is looked at is no difference", async () => {
  const lamp = world.stock.add(10);
  await place(lamp, 1);
  const { outbox, dispatch } = world.actor();
  const late = {
    /** The dispatcher is quicker than the question for the holders. */
    audit: async (range: Parameters<typeof world.stock.audit>[0]) => {
      const books = await world.stock.audit(range);
      await dispatchStock(dispatch, 10);
      return books;
    },
  };
  const found = await reconcile({ ledger: ledger(), outbox, stock: late, overdueMs: 60_000, onQueued: () => {} });
  expect(found).toEqual({ differences: [], repaired: [] });
});

test("units that were made, reserved for nobody or sold without an order are found by product, and never repaired", async () => {
  const [lamp, desk, chair] = [world.stock.add(10), world.stock.add(10), world.stock.add(10)];
  await place(lamp, 1);
  await world.settle();
  world.stock.products.get(lamp)!.available++;
  Object.assign(world.stock.products.get(desk)!, { available: 8, reserved: 2 });
  Object.assign(world.stock.products.get(chair)!, { available: 7, sold: 3 });
  const { differences, repaired } = await run();
  expect(differences).toEqual([
    { kind: "counts", productId: lamp, expected: 10, found: 11 },
    { kind: "reserved", productId: desk, expected: 0, found: 2 },
    { kind: "sold", productId: chair, expected: 0, found: 3 },
  ]);
  expect(repaired).toEqual([]);
});

test("orders that stay undecided and messages that were given up are told by their ids", async () => {
  const lamp = world.stock.add(10);
  world.stock.script = ["lost", "lost", "lost", "lost", "lost", "lost", "lost", "lost"];
  const undecided = await place(lamp);
  world.stock.script = [];
  await world.database.query`UPDATE orders SET undecided_since = now() - interval '1 hour' WHERE id = ${undecided}`;
  const given = await place(lamp);
  await world.database
    .query`UPDATE outbox SET dead_at = now(), last_error = 'x' WHERE order_id = ${given} AND channel = 'stock'`;
  const { differences } = await run();
  expect(differences).toEqual([
    { kind: "overdue", orderId: undecided },
    { kind: "dead", orderId: given, sequence: expect.any(Number) },
  ]);
});

test("of many reconcilers at once, one queues what is missing", async () => {
  const lamp = world.stock.add(10);
  await loseMessages(await place(lamp, 2));
  const runs = await Promise.all([run(), run(), run(), run()]);
  expect(runs.map(({ repaired }) => repaired.length).sort()).toEqual([0, 0, 0, 1]);
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 8, reserved: 0, sold: 2 });
});

test("one replica has its turn in each interval", async () => {
  const turns = async (intervalMs: number): Promise<boolean[]> =>
    (await Promise.all([1, 2, 3].map(() => ledger().takeTurn(intervalMs)))).sort();
  expect(await turns(60_000)).toEqual([false, false, false]); // it has only just been set up
  await world.database.query`UPDATE periodic_tasks SET last_run_at = now() - interval '61 s'`;
  expect(await turns(60_000)).toEqual([false, false, true]);
});

test("sold units are added up over pages of orders", async () => {
  const lamp = world.stock.add(10);
  for (const quantity of [1, 2, 3]) await place(lamp, quantity);
  const first = await ledger().soldUnits(undefined, 2);
  expect(first.units.get(lamp)).toBe(3);
  const rest = await ledger().soldUnits(first.lastOrderId, 2);
  expect(rest.units.get(lamp)).toBe(3);
  expect(await ledger().soldUnits(rest.lastOrderId, 2)).toEqual({ units: new Map(), lastOrderId: undefined });
});

test("the metrics tell how the saga is doing and what the last reconciliation found", async () => {
  const registry = new Registry();
  const metrics = createSagaMetrics(registry, ledger());
  const lamp = world.stock.add(10);
  world.stock.script = ["lost", "lost", "lost", "lost", "lost", "lost", "lost", "lost"];
  await place(lamp);
  world.stock.script = [];
  await loseMessages(await place(lamp));
  await world.database
    .query`UPDATE orders SET undecided_since = now() - interval '1 hour' WHERE lease_until IS NOT NULL`;
  metrics.record(await run());
  const text = await registry.metrics();
  for (const line of [
    "orders_undecided 1",
    "outbox_stock_undone 1",
    "outbox_events_undone 1",
    "outbox_dead 0",
    'reconciliation_differences{kind="hold"} 1',
    'reconciliation_differences{kind="overdue"} 1',
    'reconciliation_differences{kind="counts"} 0',
    "reconciliation_repairs_total 1",
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  expect(Number(/^orders_undecided_oldest_seconds (\S+)$/m.exec(text)?.[1])).toBeGreaterThan(3500);

  const away = new Registry();
  createSagaMetrics(away, { figures: () => Promise.reject(new Error("away")) });
  expect(await away.metrics()).toContain("reconciliation_repairs_total 0\n"); // the rest can be scraped
});
