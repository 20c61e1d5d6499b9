/** What customers and a seller ask for in a run, each request a process of its own, and what they are told. */
import type { Handlers, Input, UserCaller } from "#contract";
import { Problem } from "#platform/problem.ts";
import type { Calls, Kind, OrderedItem, OrderSight, Result } from "../history/entry.ts";
import type { Random } from "../history/random.ts";

/** The operations, as one process serves them. */
export type Operations = Handlers<"order-processing"> & Handlers<"product-management">;

/** Where requests go. */
export interface Counter {
  /** Serves a request in a process of its own and writes down what came of it. */
  serve<K extends Kind>(
    call: { readonly client: string; readonly kind: K; readonly input: Calls[K]["input"] },
    perform: (operations: Operations) => Promise<Calls[K]["answer"]>,
  ): Promise<Result<K>>;
  /** The order of a customer, whatever they were told. */
  orderOf(customerId: string): Promise<PlacedOrder | undefined>;
}

/** An order that somebody knows of. */
export type PlacedOrder = Pick<OrderSight, "orderId" | "version">;

/** The products of a run. */
export interface Shelf {
  /** Too few for everybody. */
  readonly scarce: string;
  readonly plain: string;
  /** Taken off sale now and then, and deleted in the end if the seller is in the mood. */
  readonly fickle: string;
  /** Priced in another currency. */
  readonly foreign: string;
}

/** Somebody who asks. */
export interface Person {
  readonly name: string;
  readonly id: string;
  readonly random: Random;
  readonly counter: Counter;
  readonly shelf: Shelf;
}

const ATTEMPTS = 4;
const UNITS_MAX = 3;
const ADDRESS = { name: "Ada", line1: "1 Main Street", city: "London", postalCode: "N1 7AA", country: "GB" } as const;
const CONTEXT = { requestId: "run", traceparent: undefined, address: "", userAgent: null };

/** Buys something, and then thinks again, perhaps twice at once. */
export async function shop(person: Person): Promise<void> {
  const { random, counter, id } = person;
  if (random.chance(0.6)) void regret(person);
  const order = (await buy(person)) ?? (await counter.orderOf(id));
  if (!order) return;
  const moves = Array.from({ length: 1 + random.below(3) }, () => thinkAgain(person, order));
  const answers = await Promise.all(moves);
  const latest = answers.filter((answer) => answer !== undefined).toSorted((a, b) => b.version - a.version)[0];
  if (latest && random.chance(0.5)) await thinkAgain(person, latest);
  await read(person, order.orderId);
}

/** Wants no more of it while it is still being placed. */
async function regret(person: Person): Promise<void> {
  const order = await person.counter.orderOf(person.id);
  if (order) await thinkAgain(person, order);
}

/** Asks until there is an answer; sometimes twice at once. */
async function buy(person: Person): Promise<OrderSight | undefined> {
  const { random, name } = person;
  const order = { key: `${name}-${random.below(2 ** 32)}`, items: basketOf(person) };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const asking = Array.from({ length: random.chance(0.3) ? 2 : 1 }, () => place(person, order));
    const results = await Promise.all(asking);
    const answered = results.find((result) => result.outcome === "ok");
    if (answered && random.chance(0.8)) return answered.answer;
    const isRefused = results.some(
      (result) => result.outcome === "fail" && result.refusal.code !== "request-in-progress",
    );
    if (isRefused && random.chance(0.7)) return undefined;
  }
  return undefined;
}

function basketOf({ random, shelf }: Person, unitsMax = UNITS_MAX): OrderedItem[] {
  const products = new Set([random.chance(0.6) ? shelf.scarce : shelf.plain]);
  if (random.chance(0.5)) products.add(random.pick([shelf.plain, shelf.fickle]));
  if (random.chance(0.1)) products.add(shelf.foreign);
  return [...products].map((productId) => ({ productId, quantity: 1 + random.below(unitsMax) }));
}

async function thinkAgain(person: Person, { orderId, version }: PlacedOrder): Promise<OrderSight | undefined> {
  const edit = () => replace(person, { orderId, expected: version, items: basketOf(person, 2 * UNITS_MAX) });
  const cancel = () => move(person, { orderId, expected: version, to: "cancelled" });
  const fulfil = () => move(person, { orderId, expected: version, to: "fulfilled" });
  const discard = () => remove(person, orderId);
  // A first version is one that is pending, or was: who is not told what became of it wants no more of it.
  const moves = version === 1 ? [edit, cancel, discard, discard] : [edit, edit, edit, cancel, fulfil, discard];
  const chosen = person.random.pick(moves);
  const result = await chosen();
  return result?.outcome === "ok" ? result.answer : undefined;
}

function place(person: Person, { key, items }: { key: string; items: readonly OrderedItem[] }) {
  const input = { customerId: person.id, key, items };
  return person.counter.serve({ client: person.name, kind: "place order", input }, async (operations) => {
    const body = { items: [...items], shippingAddress: ADDRESS };
    const reply = await operations.createOrder({
      ...blankOf(person),
      headers: { "idempotency-key": key },
      body,
    } as Input<"createOrder">); // everything that the operation reads
    return { ...sightOf(reply.body), status201: reply.status === 201, reply: JSON.stringify(reply.body) };
  });
}

function read(person: Person, orderId: string) {
  return person.counter.serve({ client: person.name, kind: "read order", input: { orderId } }, async (operations) => {
    const reply = await operations.getOrder({ ...blankOf(person), params: { orderId } } as Input<"getOrder">); // as above
    if (!("body" in reply)) throw new Error("Nobody asked whether the order had changed");
    return sightOf(reply.body);
  });
}

function replace(person: Person, input: Calls["edit order"]["input"]) {
  return person.counter.serve({ client: person.name, kind: "edit order", input }, async (operations) => {
    const { orderId, expected: version, items } = input;
    const body = { version, items: [...items], shippingAddress: ADDRESS };
    const call = { ...blankOf(person), params: { orderId }, body } as Input<"replaceOrder">; // as above
    return sightOf((await operations.replaceOrder(call)).body);
  });
}

function move(person: Person, input: Calls["move order"]["input"]) {
  return person.counter.serve({ client: person.name, kind: "move order", input }, async (operations) => {
    const { orderId, expected: version, to: status } = input;
    const caller: UserCaller = { kind: "user", id: person.id, roles: ["customer", "admin"] };
    const call = {
      ...blankOf(person),
      caller,
      params: { orderId },
      body: { version, status },
    } as Input<"replaceOrder">; // as above
    return sightOf((await operations.replaceOrder(call)).body);
  });
}

async function remove(person: Person, orderId: string): Promise<undefined> {
  await person.counter.serve({ client: person.name, kind: "delete order", input: { orderId } }, async (operations) => {
    await operations.deleteOrder({ ...blankOf(person), params: { orderId } } as Input<"deleteOrder">); // as above
    return {};
  });
}

/** Edits what is bought meanwhile, under the version that was read; looks at the counts; deletes one product in the end. */
export async function sell(person: Person): Promise<void> {
  const { random, shelf } = person;
  for (let edits = 0; edits < 4; edits++) {
    const productId = random.pick([shelf.scarce, shelf.fickle]);
    const seen = await look(person, productId);
    if (seen.outcome !== "ok") continue;
    const isFickle = productId === shelf.fickle;
    const status = isFickle && random.chance(0.5) ? "archived" : "active";
    await edit(person, { productId, expected: seen.answer.version, value: `edit ${edits}`, status });
    await count(person, random.pick([shelf.scarce, shelf.plain]));
  }
  if (random.chance(0.3)) await discontinue(person, shelf.fickle);
}

function look(person: Person, productId: string) {
  return person.counter.serve(
    { client: person.name, kind: "read product", input: { productId } },
    async (operations) => {
      const reply = await operations.getProduct({ ...blankOf(person), params: { productId } } as Input<"getProduct">); // as above
      if (!("body" in reply)) throw new Error("Nobody asked whether the product had changed");
      return { version: reply.body.version, value: reply.body.name };
    },
  );
}

function edit(
  person: Person,
  { status, ...input }: Calls["edit product"]["input"] & { status: "active" | "archived" },
) {
  return person.counter.serve({ client: person.name, kind: "edit product", input }, async (operations) => {
    const { productId, expected: version, value: name } = input;
    const call = { ...blankOf(person), params: { productId }, body: { version, name, status } };
    return { version: (await operations.updateProduct(call as Input<"updateProduct">)).body.version }; // as above
  });
}

function count(person: Person, productId: string) {
  return person.counter.serve({ client: person.name, kind: "read stock", input: { productId } }, async (operations) => {
    const call = { ...blankOf(person), params: { productId } } as Input<"getProductStock">; // as above
    const { available, reserved, sold, sequence } = (await operations.getProductStock(call)).body;
    return { available, reserved, sold, sequence };
  });
}

function discontinue(person: Person, productId: string) {
  return person.counter.serve(
    { client: person.name, kind: "delete product", input: { productId } },
    async (operations) => {
      await operations.deleteProduct({ ...blankOf(person), params: { productId } } as Input<"deleteProduct">); // as above
      return {};
    },
  );
}

function blankOf({ id }: Person) {
  const caller: UserCaller = { kind: "user", id, roles: ["customer"] };
  return { params: {}, query: {}, headers: {}, body: undefined, caller, context: CONTEXT };
}

function sightOf({
  id,
  status,
  version,
  items,
}:
  | (OrderSight & { id: string })
  | { id: string; status: OrderSight["status"]; version: number; items: readonly OrderedItem[] }): OrderSight {
  const ordered = items.map(({ productId, quantity }) => ({ productId, quantity }));
  return { orderId: id, status, version, items: ordered };
}

/** What a call that failed tells of itself; what is no problem of the contract tells nothing. */
export function outcomeOf<K extends Kind>(error: unknown): Result<K> {
  if (!(error instanceof Problem)) {
    return { outcome: "unknown", refusal: { status: undefined, code: String(error), reply: "" } };
  }
  const { status, code } = error;
  const refusal = { status, code, reply: JSON.stringify(error.toBody("")) };
  return { outcome: status >= 500 ? "unknown" : "fail", refusal };
}
