import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { OrderedItem } from "../order.ts";
import type { Claim } from "../store/mod.ts";
import { dispatchEvents, dispatchStock } from "./dispatcher.ts";
import { editOrder } from "./edit_order.ts";
import { deleteOrder, moveOrder } from "./move_order.ts";
import { placeOrder } from "./place_order.ts";
import { purgeEntries } from "./purge.ts";
import { resumeUndecided } from "./worker.ts";
import { type Actor, ADDRESS, Crash, Crasher, claimOf, draftOf, LONG_AFTER, replyTo, World } from "./world_fixture.ts";

/** Real engines on a busy machine take their time. */
setDefaultTimeout(60_000);

/** One order of a lamp and a desk, and what is done with it. */
interface Subject {
  readonly id: string;
  readonly lamp: string;
  readonly desk: string;
  readonly claim: Claim;
}

/** Something that a process does in several steps. */
type Story = (actor: Actor, subject: Subject) => Promise<unknown>;

const items = ({ lamp, desk }: Subject, lamps: number, desks: number): OrderedItem[] =>
  [
    { productId: lamp, quantity: lamps },
    { productId: desk, quantity: desks },
  ].filter(({ quantity }) => quantity > 0);

const place =
  (lamps: number, desks: number): Story =>
  (actor, subject) =>
    placeOrder(actor, draftOf(items(subject, lamps, desks), { id: subject.id }), subject.claim);
const reading = (actor: Actor, { id }: Subject) => ({
  read: async () => (await actor.orders.find(id))!,
  test: () => {},
});
const edit =
  (lamps: number, desks: number): Story =>
  (actor, subject) =>
    editOrder(actor, reading(actor, subject), {
      version: 2,
      items: items(subject, lamps, desks),
      shippingAddress: ADDRESS,
    });
const cancel: Story = (actor, subject) => moveOrder(actor, reading(actor, subject), { to: "cancelled", version: 2 });
const remove: Story = (actor, subject) => deleteOrder(actor, reading(actor, subject));
const tell: Story = async (actor) => {
  while ((await dispatchStock(actor.dispatch, 10)) + (await dispatchEvents(actor.dispatch, 10)) > 0);
};
const purge: Story = (actor) => purgeEntries({ ...actor, stockTimeoutMs: 200 }, 10);
const work: Story = (actor) => resumeUndecided(actor, 10);

/** A story told by one process up to its end. */
const inTurn =
  (...stories: Story[]): Story =>
  async (actor, subject) => {
    for (const story of stories) await story(actor, subject);
  };
/** What fails for another reason than a crash is part of the story. */
const perhaps =
  (story: Story): Story =>
  (actor, subject) =>
    story(actor, subject).catch((error: unknown) => {
      if (error instanceof Crash) throw error;
    });

/** What is done, and where it leads however often it is interrupted. */
const STORIES: Record<string, { before?: Story; story: Story; ends: readonly string[] }> = {
  "placing an order": { story: inTurn(place(2, 1), tell), ends: ["confirmed"] },
  "placing an order that is short": { story: inTurn(perhaps(place(2, 99)), tell), ends: ["rejected"] },
  "deleting an order": { before: place(2, 1), story: inTurn(remove, tell), ends: ["confirmed", "hidden"] },
  "cancelling an order": { before: place(2, 1), story: inTurn(cancel, tell), ends: ["confirmed", "cancelled"] },
  "editing an order up and down": {
    before: place(2, 3),
    story: inTurn(edit(5, 1), tell),
    ends: ["confirmed"],
  },
  "editing an order to what is short": {
    before: place(2, 3),
    story: inTurn(perhaps(edit(99, 1)), tell),
    ends: ["confirmed"],
  },
  "editing, then cancelling": {
    before: place(2, 3),
    story: inTurn(edit(5, 1), (actor, subject) =>
      moveOrder(actor, reading(actor, subject), { to: "cancelled", version: 3 }),
    ),
    ends: ["confirmed", "cancelled"],
  },
  "resuming an order": {
    before: async (actor, subject) => {
      await actor.orders.place(draftOf(items(subject, 2, 1), { id: subject.id }), subject.claim);
    },
    story: inTurn(work, tell),
    ends: ["confirmed"],
  },
  "purging what is settled": {
    before: inTurn(place(2, 1), tell, () => world.age()),
    story: purge,
    ends: ["confirmed"],
  },
};

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.close());

describe("a process that dies at any step leaves what others can finish:", () => {
  for (const [name, { before, story, ends }] of Object.entries(STORIES)) {
    test.each(["before", "after"] as const)(
      `${name} (%s the step's effect)`,
      async (when) => {
        let steps = 0;
        for (let at = 0, isCut = true; isCut; at++) {
          isCut = await tellCutShort({ before, story, ends, crasher: new Crasher(at, when) });
          steps = at;
        }
        expect(steps).toBeGreaterThan(1);
      },
      60_000,
    );
  }
});

interface Telling {
  readonly before: Story | undefined;
  readonly story: Story;
  readonly ends: readonly string[];
  readonly crasher: Crasher;
}

/** Tells a story with a crash in it, lets others finish it, and tests what became of it. @returns whether it was cut short. */
async function tellCutShort({ before, story, ends, crasher }: Telling): Promise<boolean> {
  const { stock } = world;
  const subject = { id: Bun.randomUUIDv7(), lamp: stock.add(10), desk: stock.add(10), claim: claimOf() };
  await before?.(world.actor({ times: LONG_AFTER }), subject);
  try {
    await story(world.actor({ times: LONG_AFTER, wrap: crasher.wrap }), subject);
  } catch (error) {
    if (!crasher.hasCrashed) throw error; // what a dying process still says is not heard
  }
  await world.passTime();
  await world.settle();
  await check(subject, ends);
  await world.purge();
  expect(stock.entriesOf(subject.id)).toEqual({});
  await check(subject, ends);
  return crasher.hasCrashed;
}

/** The order and the inventory agree, and the request is answered by what became of it. */
async function check({ id, lamp, desk, claim }: Subject, ends: readonly string[]): Promise<void> {
  const [row] = await world.database.query<{ status: string; isHidden: boolean; items: OrderedItem[] }>`
    SELECT status, hidden_at IS NOT NULL AS is_hidden, items FROM orders WHERE id = ${id}`;
  const reply = await replyTo(world, claim);
  if (!row) {
    expect(reply).toBeUndefined(); // it died before anything was recorded
    expect(world.stock.counts(lamp)).toEqual({ available: 10, reserved: 0, sold: 0 });
    return;
  }
  expect(ends).toContain(row.isHidden ? "hidden" : row.status);
  expect(reply?.status).toBe(row.status === "rejected" ? 409 : 201);
  const sold = new Map(row.items.map(({ productId, quantity }) => [productId, quantity]));
  for (const productId of [lamp, desk]) {
    const units = row.status === "confirmed" ? (sold.get(productId) ?? 0) : 0;
    expect(world.stock.counts(productId)).toEqual({ available: 10 - units, reserved: 0, sold: units });
  }
  expect(Object.values(world.stock.entriesOf(id))).not.toContain("held");
}
