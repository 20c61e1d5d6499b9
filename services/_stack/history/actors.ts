/** What people do all day, at random, until the load is over. */
import {
  adjustStock,
  type Caller,
  deleteOrder,
  editOrder,
  editProduct,
  moveOrder,
  placeOrder,
  readOrder,
  readProduct,
  readStock,
} from "./calls.ts";
import type { OrderedItem, OrderSight, Result } from "./entry.ts";
import type { Random } from "./random.ts";
import type { Shelf } from "./shop.ts";

/** One of them, at work. */
export interface Actor extends Caller {
  readonly random: Random;
  readonly shelf: Shelf;
  /** May fulfil orders. */
  readonly admin: Caller;
  isOver(): boolean;
}

/** Times an order is asked for under one key before its buyer gives up. */
const ATTEMPTS = 5;
const UNITS_MAX = 3;

/** Edits one product under the version that was read; knows the next version of an edit that was answered. */
export async function editAllDay(actor: Actor, productId: string): Promise<void> {
  const { random } = actor;
  let known: number | undefined;
  for (let edits = 0; !actor.isOver(); edits++) {
    known ??= await versionOf(actor, productId);
    if (known === undefined) {
      await pause(actor, "long");
      continue;
    }
    const value = `${actor.name} ${edits} ${random.below(2 ** 32)}`;
    const status = statusOf(actor, productId);
    const conditional = random.chance(0.3);
    const result = await editProduct(actor, {
      ...{ productId, expected: known, value, conditional },
      ...(status && { status }),
    });
    known = result.outcome === "ok" && random.chance(0.7) ? result.answer.version : undefined;
    await pause(actor, result.outcome === "unknown" ? "long" : "short");
  }
}

/** Only one product is taken off sale now and then. */
function statusOf({ random, shelf }: Actor, productId: string): "active" | "archived" | undefined {
  if (productId !== shelf.fickle) return undefined;
  return random.chance(0.3) ? "archived" : "active";
}

async function versionOf(actor: Actor, productId: string): Promise<number | undefined> {
  const result = await readProduct(actor, productId);
  return result.outcome === "ok" ? result.answer.version : undefined;
}

/** Looks at products and counts. */
export async function readAllDay(actor: Actor): Promise<void> {
  const { random, shelf } = actor;
  while (!actor.isOver()) {
    const productId = random.pick(Object.values<string>({ ...shelf }));
    const read = random.chance(0.5) ? readProduct : readStock;
    await slowDown(actor, await read(actor, productId));
  }
}

/** Receives and writes off units of what is scarce; each change once, however often it is asked for. */
export async function adjustAllDay(actor: Actor): Promise<void> {
  const { random, shelf } = actor;
  while (!actor.isOver()) {
    const productId = random.chance(0.8) ? shelf.scarce : shelf.contested;
    const delta = random.chance(0.7) ? 1 + random.below(6) : -1 - random.below(3);
    const input = { productId, key: keyOf(actor), delta };
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const result = await adjustStock(actor, input);
      await slowDown(actor, result);
      if (result.outcome !== "unknown" && random.chance(0.9)) break;
    }
    await pause(actor, "long");
  }
}

/** Buys, and then thinks again. */
export async function buyAllDay(actor: Actor): Promise<void> {
  while (!actor.isOver()) {
    const order = await buy(actor);
    await pause(actor, "short");
    if (order && !actor.isOver()) await thinkAgain(actor, order);
  }
}

/** Asks until there is an answer; now and then asks once more, or twice at once. */
async function buy(actor: Actor): Promise<OrderSight | undefined> {
  const { random } = actor;
  const order = { key: keyOf(actor), items: basketOf(actor) };
  for (let attempt = 0; attempt < ATTEMPTS && !actor.isOver(); attempt++) {
    const twins = random.chance(0.08) ? 2 : 1;
    const results = await Promise.all(Array.from({ length: twins }, () => placeOrder(actor, order)));
    const answered = results.find((result) => result.outcome === "ok");
    if (answered && random.chance(0.9)) return answered.answer;
    const isRefused = results.some((result) => result.outcome === "fail" && result.refusal.status !== undefined);
    const isRunning = results.some((result) => result.outcome === "fail" && isPassing(result.refusal.code));
    if (isRefused && !isRunning && random.chance(0.9)) return undefined;
    await pause(actor, answered ? "short" : "long");
  }
  return undefined;
}

function isPassing(code: string): boolean {
  return code === "request-in-progress" || code === "too-many-requests";
}

function basketOf({ random, shelf }: Actor): OrderedItem[] {
  const { hot, scarce, ...others } = shelf;
  const products = new Set([random.chance(0.7) ? hot : scarce]);
  if (random.chance(0.5)) products.add(random.pick(Object.values<string>(others)));
  if (random.chance(0.2)) products.add(random.pick(Object.values<string>(others)));
  return [...products].map((productId) => ({ productId, quantity: 1 + random.below(UNITS_MAX) }));
}

async function thinkAgain(actor: Actor, order: OrderSight): Promise<void> {
  const { random, admin } = actor;
  const { orderId, version: expected } = order;
  const edit = () => editOrder(actor, { orderId, expected, items: basketOf(actor) });
  const cancel = () => moveOrder(actor, { orderId, expected, to: "cancelled" });
  const fulfil = () => moveOrder({ ...admin, name: actor.name }, { orderId, expected, to: "fulfilled" });
  const remove = () => deleteOrder(actor, orderId);
  const read = () => readOrder(actor, orderId);
  const moves = [edit, edit, cancel, fulfil, remove, read, read] as const;
  if (random.chance(0.4)) return;
  // Two at once now and then: the order bears one of them, or one after the other.
  const chosen = random.chance(0.25) ? [random.pick(moves), random.pick(moves)] : [random.pick(moves)];
  await Promise.all(chosen.map((move) => move()));
  await slowDown(actor, await read());
}

function keyOf({ random, name }: Actor): string {
  return `${name}-${random.below(2 ** 32)}-${random.below(2 ** 32)}`;
}

/** What does not answer is not hammered. */
async function slowDown(actor: Actor, { outcome }: Pick<Result<"read order">, "outcome">): Promise<void> {
  await pause(actor, outcome === "ok" ? "short" : "long");
}

async function pause({ random }: Actor, length: "short" | "long"): Promise<void> {
  await Bun.sleep(length === "short" ? 2 + random.below(15) : 60 + random.below(120));
}
