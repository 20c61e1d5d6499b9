/** One run: people, a background and a clock take turns over the real stores; then everything settles and the invariants are checked. */
import { Problem } from "#platform/problem.ts";
import { orderProcessing } from "../../order-processing/mod.ts";
import { placedReply } from "../../order-processing/operations/create_order.ts";
import { type Dispatch, dispatchEvents, dispatchStock } from "../../order-processing/saga/dispatcher.ts";
import { type Purge, purgeEntries } from "../../order-processing/saga/purge.ts";
import { type Reconciler, reconcile } from "../../order-processing/saga/reconcile.ts";
import type { Saga } from "../../order-processing/saga/saga.ts";
import { resumeUndecided } from "../../order-processing/saga/worker.ts";
import { PostgresOrderStore } from "../../order-processing/store/postgres.ts";
import { PostgresLedger } from "../../order-processing/store/postgres_ledger.ts";
import { PostgresOutbox } from "../../order-processing/store/postgres_outbox.ts";
import { createProductManagement } from "../../product-management/mod.ts";
import type { Calls, Entry, Kind, Result } from "../history/entry.ts";
import { createRandom, type Random } from "../history/random.ts";
import { checkAll, INVARIANTS } from "../invariants/check_all.ts";
import {
  type Counter,
  type Operations,
  outcomeOf,
  type Person,
  type PlacedOrder,
  type Shelf,
  sell,
  shop,
} from "./people_fixture.ts";
import { Crash, type Process, Scheduler } from "./scheduler.ts";
import { type Bug, type Ports, Tampering, type Target } from "./tampering_fixture.ts";
import { TIMES, type World } from "./world_fixture.ts";

/** What a run is. */
export interface RunOptions {
  readonly seed: number;
  readonly bug?: Bug;
}

/** What came of it. */
export interface Run {
  readonly violations: readonly string[];
  readonly trace: readonly string[];
  /** Where processes died: `orders.decide dies before`. */
  readonly deaths: ReadonlySet<string>;
}

/** Every step of the saga that a process may die at. One seed after the other aims at them in turn. */
export const BOUNDARIES = [
  ...[
    "place",
    "findClaim",
    "takeOver",
    "decide",
    "find",
    "propose",
    "rejectProposal",
    "leaseUndecided",
    "postpone",
  ].map((name) => `orders.${name}`),
  ...["leaseStock", "leaseEvents", "markDone", "markFailed", "leasePurge", "finishPurge"].map(
    (name) => `outbox.${name}`,
  ),
  ...["reserve", "consume", "release", "restock", "purge"].map((name) => `stock.${name}`),
  "publisher.publish",
] as const;

const STOCK = { scarce: 4, plain: 30, fickle: 10, foreign: 10 } as const;
const CUSTOMERS = 3;
const SELLER_ID = "01a20726-0000-7000-8000-000000000001";
const START = new Date("2026-11-23T10:00:00.000Z");
/** What the background does when nobody asks for anything any more, and still may die of. */
const STEPS_AFTER = 60;
/** Whoever has something to do comes before those who only look for it. */
const PATIENCE = 0.2;
const RARELY = 0.05;
const SETTLING_ROUNDS_MAX = 60;
const NEVER_MS = 365 * 24 * 3_600_000;
const PURGING_ROUNDS_MAX = 5;
/** Long enough for a stock request to be tried three times. */
const LIMITS = { decideWithinMs: 300, stockTimeoutMs: 200 };
const BATCH = 10;
/** A minute more than each of the times that the system counts. */
const LATER_MS = 60_000;

/** Plays a run. @throws if the run itself fails. */
export async function play(world: World, { seed, bug }: RunOptions): Promise<Run> {
  await world.empty();
  const run = new Play(world, seed, bug);
  const violations = await run.play();
  return { violations, trace: run.scheduler.trace, deaths: run.tampering.deaths };
}

class Play implements Counter {
  readonly scheduler: Scheduler;
  readonly tampering: Tampering;
  readonly #world: World;
  readonly #random: Random;
  readonly #seed: number;
  readonly #history: Entry[] = [];
  /** What must not be, as the saga itself says. */
  readonly #alarms: string[] = [];
  readonly #prefix = `${crypto.randomUUID().slice(0, 8)}-0000-7000-8000`;
  #ids = 0;
  #isOver = false;

  constructor(world: World, seed: number, bug: Bug | undefined) {
    const random = createRandom(seed);
    this.#world = world;
    this.#seed = seed;
    this.#random = random.fork("play");
    this.scheduler = new Scheduler(random.fork("turns"));
    const outageFrom = this.#random.below(30);
    this.tampering = new Tampering(
      this.scheduler,
      {
        orders: new PostgresOrderStore(world.orders, TIMES),
        ledger: new PostgresLedger(world.orders),
        outbox: new PostgresOutbox(world.orders, TIMES),
        products: world.products,
      },
      {
        random: random.fork("mischief"),
        deaths: this.#random.pick([0, 0.01, 0.03]),
        losses: this.#random.pick([0.02, 0.05, 0.1]),
        requestLosses: this.#random.pick([0.1, 0.3, 0.6]),
        outage: { from: outageFrom, until: outageFrom + this.#random.pick([0, 20, 80]) },
        targets: this.#targets(),
        bug,
      },
    );
  }

  /** @returns what was violated. */
  async play(): Promise<string[]> {
    const shelf = await this.#fill();
    const people = this.#open(shelf);
    let emptyAt = Infinity;
    void Promise.all(people).then(() => {
      emptyAt = this.scheduler.trace.length;
    });
    for (const name of ["worker", "other worker"]) this.#keepGoing(name, ({ saga }) => resumeUndecided(saga, BATCH));
    for (const name of ["dispatcher", "other dispatcher"])
      this.#keepGoing(name, ({ dispatch }) => dispatchStock(dispatch, BATCH));
    this.#keepGoing("publisher", ({ dispatch }) => dispatchEvents(dispatch, BATCH));
    this.#keepGoing("purger", ({ purge }) => purgeEntries(purge, BATCH));
    this.#keepGoing("reconciler", ({ reconciler }) => this.#reconcile(reconciler), RARELY);
    void this.scheduler.start("time", (process) => this.#passTime(process), this.#random.pick([0.02, 0.1, 0.3]));
    await this.scheduler.run(() => this.scheduler.trace.length - emptyAt > STEPS_AFTER);
    this.tampering.isOver = true;
    this.#isOver = true; // each takes a last turn
    await this.scheduler.run();
    await this.#settle();
    await this.#reconcile(this.#partsIn(this.tampering.safePorts()).reconciler);
    const violations = [...(await this.#check()), ...this.#alarms, ...this.scheduler.faults];
    if (violations.length > 0) return violations;
    await this.#purge();
    await this.tampering.deliverLatest();
    return [...(await this.#check()), ...this.#alarms];
  }

  async serve<K extends Kind>(
    call: { readonly client: string; readonly kind: K; readonly input: Calls[K]["input"] },
    perform: (operations: Operations) => Promise<Calls[K]["answer"]>,
  ): Promise<Result<K>> {
    const invokedMs = this.scheduler.moment();
    const settled = Promise.withResolvers<Result<K>>();
    void this.scheduler.start(`${call.client} (${call.kind})`, async (process) => {
      const performing = perform(this.#operationsOf(process));
      settled.resolve(performing.then((answer): Result<K> => ({ outcome: "ok", answer }), outcomeOf<K>));
      await performing.catch(unlessRefused);
    });
    const result = await settled.promise;
    this.#history.push({ ...call, invokedMs, returnedMs: this.scheduler.moment(), ...result } as Entry); // the parameters have proven it
    return result;
  }

  async orderOf(customerId: string): Promise<PlacedOrder | undefined> {
    const found = Promise.withResolvers<PlacedOrder | undefined>();
    void this.scheduler.start(`customer ${customerId.slice(-2)}`, (process) =>
      this.scheduler.step(process, "looks for an order", async () => {
        const list = { customerId, status: undefined, afterId: undefined, limit: 1 };
        const [order] = await this.tampering.safePorts().orders.list(list);
        if (order) this.scheduler.note(order.status);
        found.resolve(order && { orderId: order.id, version: order.version });
      }),
    );
    return found.promise;
  }

  /** Each step in turn; every other run is one in which many die. */
  #targets(): Target[] {
    const count = this.#seed % 2 === 0 ? 2 : 10;
    return Array.from({ length: count }, (_, index) => ({
      step: BOUNDARIES[(this.#seed + 2 * index) % BOUNDARIES.length] ?? "",
      death: ((this.#seed >> 1) + index) % 2 === 0 ? "dies before" : "dies after",
    }));
  }

  /** In the same order in each run of the seed; the run's own, because what is written to a trail stays there. */
  readonly #newId = (): string => `${this.#prefix}-${(++this.#ids).toString(16).padStart(12, "0")}`;

  async #fill(): Promise<Shelf> {
    const put = async (name: keyof typeof STOCK): Promise<string> => {
      const [id, adjustmentId, at] = [this.#newId(), this.#newId(), START.toISOString()];
      const price = { amount: 100, currency: name === "foreign" ? "EUR" : "USD" };
      const product = { id, sku: name, name, description: "", price, status: "active", tags: [] } as const;
      const stock = STOCK[name];
      await this.#world.products.insert(
        { ...product, tags: [], ownerId: SELLER_ID, version: 1, createdAt: at, updatedAt: at },
        { stock, adjustmentId },
      );
      const moment = this.scheduler.moment();
      const input = { sku: name, value: name, stock };
      const answer = { productId: id, version: 1 };
      const call = { kind: "create product", client: "seller", input, answer, outcome: "ok" } as const;
      this.#history.push({ ...call, invokedMs: moment, returnedMs: this.scheduler.moment() });
      return id;
    };
    return {
      scarce: await put("scarce"),
      plain: await put("plain"),
      fickle: await put("fickle"),
      foreign: await put("foreign"),
    };
  }

  #open(shelf: Shelf): Promise<void>[] {
    const person = (name: string, id: string): Person => {
      return { name, id, random: this.#random.fork(name), counter: this, shelf };
    };
    const customers = Array.from({ length: CUSTOMERS }, (_, index) => person(`customer ${index}`, this.#newId()));
    return [...customers.map(shop), sell(person("seller", SELLER_ID))];
  }

  /** Does the same again and again; where it dies, another one comes. */
  #keepGoing(name: string, work: (parts: Parts) => Promise<unknown>, patience = PATIENCE): void {
    const weight = this.#random.pick([0.02, 0.4, 1]);
    const goOn = async (): Promise<void> => {
      while (!this.#isOver) {
        const generation = async (process: Process): Promise<void> => {
          while (!this.#isOver) {
            await this.scheduler.step(process, "looks", async () => {}, weight * patience);
            if (this.#isOver) return;
            // What it could not do, it does the next time.
            await work(this.#partsOf(process)).catch(unlessRefused);
          }
        };
        await this.scheduler.start(name, generation, weight);
      }
    };
    void goOn();
  }

  async #passTime(process: Process): Promise<void> {
    const { leaseMs, commandLifeMs, pendingLimitMs, purgeDelayMs } = TIMES;
    const [late, long] = [this.#random.pick([commandLifeMs, pendingLimitMs]), commandLifeMs + purgeDelayMs];
    while (!this.#isOver) {
      const ms = LATER_MS + this.#random.pick([leaseMs, leaseMs, leaseMs, late, long]);
      await this.scheduler.step(process, `${Math.round(ms / LATER_MS)} minutes pass`, () => this.#pass(ms));
    }
  }

  async #pass(ms: number): Promise<void> {
    await this.#world.pass(ms);
    this.tampering.pass(ms);
  }

  /** Whatever is on its way by then, it finds nothing. */
  async #reconcile(reconciler: Reconciler): Promise<void> {
    const { differences } = await reconcile(reconciler);
    this.#alarms.push(...differences.map((difference) => `The reconciler says ${JSON.stringify(difference)}`));
  }

  /** Nothing goes wrong any more, and everybody has the time they need. */
  async #settle(): Promise<void> {
    const { saga, dispatch } = this.#partsIn(this.tampering.safePorts());
    for (let round = 0; round < SETTLING_ROUNDS_MAX && (await this.#world.undone()) > 0; round++) {
      await this.#pass(TIMES.leaseMs + LATER_MS);
      await resumeUndecided(saga, BATCH);
      await dispatchStock(dispatch, BATCH);
      await dispatchEvents(dispatch, BATCH);
    }
  }

  async #purge(): Promise<void> {
    const { purge } = this.#partsIn(this.tampering.safePorts());
    await this.#pass(TIMES.purgeDelayMs + TIMES.commandLifeMs + LATER_MS);
    await this.#pass(TIMES.purgeDelayMs + LATER_MS); // a row is purged so long after it was done
    for (let round = 0; round < PURGING_ROUNDS_MAX; round++) {
      if ((await purgeEntries(purge, BATCH)) === 0) return;
      await this.#pass(TIMES.leaseMs + LATER_MS);
    }
  }

  async #check(): Promise<string[]> {
    const read = await this.#world.read(this.#history);
    const { purged, delivered } = this.tampering;
    const orders = read.orders.map((order) => ({ ...order, mayBePurged: purged.has(order.orderId) }));
    const found = checkAll({ history: this.#history, sessions: [], state: { ...read, orders, delivered } });
    return INVARIANTS.flatMap((invariant) => found[invariant].map((violation) => `${invariant}: ${violation}`));
  }

  #operationsOf(process: Process): Operations {
    const ports = this.tampering.portsOf(process);
    const { saga } = this.#partsIn(ports, process);
    const { products } = ports;
    return {
      ...orderProcessing(saga),
      ...createProductManagement({ products, newId: this.#newId, now: saga.clock.now }),
    };
  }

  #partsOf(process: Process): Parts {
    return this.#partsIn(this.tampering.portsOf(process), process);
  }

  #partsIn(ports: Ports, process?: Process): Parts {
    const { orders, ledger, outbox, stock, publisher } = ports;
    const alarm = (message: string, fields: object): void => {
      if (!(this.#lastError(fields) instanceof Crash)) this.#alarms.push(`${message} ${JSON.stringify(fields)}`);
    };
    const log = { warn: () => {}, error: alarm };
    const { stockTimeoutMs } = LIMITS;
    let elapsedMs = 0;
    const clock = {
      now: () => new Date(START.getTime() + this.scheduler.trace.length),
      elapsedMs: () => elapsedMs,
      sleep: async (ms: number) => {
        elapsedMs += ms;
        if (process) await this.scheduler.step(process, "waits", async () => {});
      },
    };
    const saga: Saga = {
      ...{ orders, stock, clock, log, placedReply, newId: this.#newId, random: () => 0, limits: LIMITS },
      onQueued: () => {},
      onUndecided: () => {},
    };
    return {
      saga,
      dispatch: { outbox, stock, publisher, random: () => 0, log, stockTimeoutMs, refusalsMax: 10 },
      purge: { orders, outbox, stock, log, stockTimeoutMs },
      reconciler: { ledger, outbox, stock, overdueMs: NEVER_MS, onQueued: () => {} },
    };
  }

  #lastError(fields: object): unknown {
    return "error" in fields ? fields.error : undefined;
  }
}

/** What works in a process. */
interface Parts {
  readonly saga: Saga;
  readonly dispatch: Dispatch;
  readonly purge: Purge;
  readonly reconciler: Reconciler;
}

/** A problem is an answer, and the background tries again; anything else is a fault, and told of. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
}
