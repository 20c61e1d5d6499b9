import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { startBackground } from "./background.ts";
import { dispatchEvents, dispatchStock } from "./dispatcher.ts";
import { moveOrder } from "./move_order.ts";
import { placeOrder } from "./place_order.ts";
import { purgeEntries } from "./purge.ts";
import { draftOf, LONG_AFTER, World } from "./world_fixture.ts";

/** Real engines on a busy machine take their time. */
setDefaultTimeout(60_000);

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.close());

test("a purge that comes too late is no alarm, and is done the next time", async () => {
  const { stock } = world;
  const actor = world.actor({ times: LONG_AFTER });
  const lamp = stock.add(10);
  const draft = draftOf([{ productId: lamp, quantity: 2 }]);
  await placeOrder(actor, draft, undefined);
  while ((await dispatchStock(actor.dispatch, 10)) + (await dispatchEvents(actor.dispatch, 10)) > 0);
  await world.age();
  const today = stock.now;
  stock.now = () => today() + 3_600_000;
  await purgeEntries({ ...actor, stockTimeoutMs: 200 }, 10);
  expect(Object.values(stock.entriesOf(draft.id))).toEqual(["consumed"]);
  expect(world.log.map(({ level, message }) => [level, message])).toEqual([
    ["warn", "The purge of an order came too late"],
  ]);
  stock.now = today;
  await world.purge();
  expect(stock.entriesOf(draft.id)).toEqual({});
});

test("whatever may be purged is purged at once, also orders with several messages", async () => {
  const { stock } = world;
  const actor = world.actor({ times: LONG_AFTER });
  const lamp = stock.add(100);
  const ids: string[] = [];
  for (let count = 0; count < 7; count++) {
    const draft = draftOf([{ productId: lamp, quantity: 1 }]);
    await placeOrder(actor, draft, undefined);
    const subject = { read: async () => (await actor.orders.find(draft.id))!, test: () => {} }; // it was just placed
    await moveOrder(actor, subject, { to: "cancelled", version: 2 });
    await world.settle(); // its two messages are done one after the other
    ids.push(draft.id);
  }
  await world.database.query`DELETE FROM outbox WHERE channel = 'event'`; // as where nobody listens
  await world.age();
  const limits = {
    workerBatch: 1,
    dispatchBatch: 1,
    purgeBatch: 3,
    pollMs: 60_000,
    purgePollMs: 60_000,
    refusalsMax: 1,
  };
  const background = startBackground({ saga: actor, outbox: actor.outbox, limits });
  const left = () => ids.flatMap((id) => Object.values(stock.entriesOf(id)));
  for (let looks = 0; looks < 200 && left().length > 0; looks++) await Bun.sleep(25);
  await background.stop();
  expect(left()).toEqual([]);
});
