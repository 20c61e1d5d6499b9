import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { OrderedItem } from "../order.ts";
import { deleteOrder, moveOrder } from "./move_order.ts";
import { placeOrder } from "./place_order.ts";
import { claimOf, draftOf, replyTo, World } from "./world_fixture.ts";

/** Real engines on a busy machine take their time. */
setDefaultTimeout(60_000);

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.close());

async function place(...items: OrderedItem[]): Promise<string> {
  const draft = draftOf(items);
  await placeOrder(world.actor(), draft, undefined);
  return draft.id;
}

const subjectOf = (id: string) => ({
  read: async () => {
    const record = await world.actor().orders.find(id);
    if (record) return record;
    throw new Error("out of view");
  },
  test: () => {},
});
const move = (id: string, to: "cancelled" | "fulfilled", version = 2) =>
  moveOrder(world.actor(), subjectOf(id), { to, version });

test("cancelling gives the stock back once, and tells who listens", async () => {
  const lamp = world.stock.add(5);
  const id = await place({ productId: lamp, quantity: 3 });
  expect(await move(id, "cancelled")).toMatchObject({ status: "cancelled", version: 3 });
  await expect(move(id, "cancelled", 3)).rejects.toMatchObject({ code: "invalid-transition" });
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 5, reserved: 0, sold: 0 });
  const told = world.events.filter(({ subject }) => subject === id).map(({ type }) => type);
  expect(told).toEqual(["order.confirmed", "order.cancelled"]);
});

test("of two admins at one version one moves the order", async () => {
  const lamp = world.stock.add(100);
  for (let round = 0; round < 10; round++) {
    const id = await place({ productId: lamp, quantity: 1 });
    const moves = await Promise.allSettled([move(id, "fulfilled"), move(id, "cancelled")]);
    expect(moves.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = moves.find((one) => one.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "version-conflict", extras: { currentVersion: 3 } });
  }
  await world.settle();
  const [row] = await world.database.query<{ count: number }>`SELECT count(*) FROM orders WHERE status = 'fulfilled'`;
  expect(world.stock.counts(lamp)).toEqual({ available: 100 - row!.count, reserved: 0, sold: row!.count });
});

test("cancelling and confirming at once: the order ends as one of them, and the stock agrees", async () => {
  const lamp = world.stock.add(100);
  const ends = new Map<string, number>();
  for (let round = 0; round < 30; round++) {
    const draft = draftOf([{ productId: lamp, quantity: 1 }]);
    const actor = world.actor();
    const undecided = (await actor.orders.place(draft, undefined))!;
    await actor.orders.postpone(undecided.lease, 0);
    const worker = world.settle();
    await Bun.sleep(round % 10);
    const cancelled = await move(draft.id, "cancelled", 1).catch((error) => error);
    await worker;
    const { order } = await subjectOf(draft.id).read();
    expect(order.status).toBe(cancelled.code === "version-conflict" ? "confirmed" : "cancelled");
    ends.set(order.status, (ends.get(order.status) ?? 0) + 1);
  }
  const sold = ends.get("confirmed") ?? 0;
  expect(world.stock.counts(lamp)).toEqual({ available: 100 - sold, reserved: 0, sold });
});

test("deleting gives back what a pending or a confirmed order has, and nothing of a fulfilled one", async () => {
  const lamp = world.stock.add(5);
  const pending = draftOf([{ productId: lamp, quantity: 1 }]);
  const claim = claimOf();
  world.stock.script = Array(20).fill("reply lost");
  await placeOrder(world.actor(), pending, claim);
  world.stock.script = [];
  expect(world.stock.counts(lamp).reserved).toBe(1);
  const confirmed = await place({ productId: lamp, quantity: 1 });
  const fulfilled = await place({ productId: lamp, quantity: 2 });
  await move(fulfilled, "fulfilled");
  for (const id of [pending.id, confirmed, fulfilled]) {
    await deleteOrder(world.actor(), subjectOf(id));
    await expect(deleteOrder(world.actor(), subjectOf(id))).rejects.toThrow("out of view");
  }
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 3, reserved: 0, sold: 2 });
  expect(await replyTo(world, claim)).toMatchObject({ status: 409, body: { code: "order-cancelled" } });
});

test("deleting while the order is confirmed meets it at whatever version it has", async () => {
  const lamp = world.stock.add(50);
  for (let round = 0; round < 20; round++) {
    const draft = draftOf([{ productId: lamp, quantity: 2 }]);
    const placing = placeOrder(world.actor(), draft, undefined).catch((error) => error);
    const deleting = (async () => {
      while (!(await world.actor().orders.find(draft.id)));
      await deleteOrder(world.actor(), subjectOf(draft.id));
    })();
    await Promise.all([placing, deleting]);
    expect(await world.actor().orders.find(draft.id)).toBeUndefined();
  }
  await world.settle();
  expect(world.stock.counts(lamp)).toEqual({ available: 50, reserved: 0, sold: 0 });
});
