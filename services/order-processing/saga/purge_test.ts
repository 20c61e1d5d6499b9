import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { dispatchEvents, dispatchStock } from "./dispatcher.ts";
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
