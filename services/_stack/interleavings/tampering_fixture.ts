/** The way from a process to its stores and back: each call is a step, and at each step something may go wrong. */
import { unavailable } from "#platform/unavailable.ts";
import type { OrderEvent } from "../../order-processing/event.ts";
import type { EventPublisher } from "../../order-processing/event_port.ts";
import type { Ledger } from "../../order-processing/ledger_port.ts";
import {
  type StockAudit,
  type StockCommand,
  type StockPort,
  type StockResult,
  StockUnavailable,
} from "../../order-processing/stock_port.ts";
import type { OrderStore, Outbox, OutboxFailure } from "../../order-processing/store/mod.ts";
import type { ProductStore } from "../../product-management/store/mod.ts";
import type { Random } from "../history/random.ts";
import { Crash, type Process, type Scheduler } from "./scheduler.ts";
import { TIMES } from "./world_fixture.ts";

/** How the process ends, at the step. */
export type Death = "dies before" | "dies after";

/** What may become of a call. */
type Fate =
  | "arrives"
  | Death
  /** Nothing happens, and the caller is told so or hears nothing. */
  | "is lost"
  /** It happens, and the caller does not know. */
  | "is not answered"
  /** The caller hears nothing, and it happens some other time, or never. */
  | "is late"
  /** It happens now, and once more some other time. */
  | "is doubled";

/** A boundary where the first process that comes there dies. */
export interface Target {
  readonly step: string;
  readonly death: Death;
}

/** A bug, to see that it is found. */
export type Bug =
  /** Releasing what is not there leaves nothing behind. */
  | "no tombstone"
  /** A command takes effect whenever it comes. */
  | "no deadline"
  /** A decision is written whatever the order is by then. */
  | "no guard";

/** What goes wrong in a run. */
export interface Mischief {
  readonly random: Random;
  /** Shares of the calls. */
  readonly deaths: number;
  readonly losses: number;
  /** Of the requests to the inventory. */
  readonly requestLosses: number;
  /** From which step to which nothing that is sent to the inventory comes there in time. */
  readonly outage: { readonly from: number; readonly until: number };
  readonly targets: readonly Target[];
  readonly bug: Bug | undefined;
}

/** The ports as a run has them. */
export interface Ports {
  readonly orders: OrderStore;
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly stock: StockPort & StockAudit;
  readonly publisher: EventPublisher;
  readonly products: ProductStore;
}

/** What may become of a request to the inventory; the later ones of a process are lost with a late one, most times. */
const REQUEST_LOSSES: readonly Fate[] = ["is lost", "is not answered", "is late", "is late", "is doubled"];

/** How a port's method is called. */
type Calling = <Result>(name: string, perform: () => Promise<Result>) => Promise<Result>;

/** Those of the world, past every mischief. */
export type RealPorts = Omit<Ports, "stock" | "publisher">;

/** Which calls are cut is chance, unless the run is to be over soon. */
export class Tampering {
  /** Where processes died: `orders.decide dies before`. */
  readonly deaths = new Set<string>();
  /** Ids of the events that were published, each once, in their order. */
  readonly delivered: string[] = [];
  /** Orders whose entries may be gone. */
  readonly purged = new Set<string>();
  isOver = false;
  readonly #scheduler: Scheduler;
  readonly #real: RealPorts;
  readonly #mischief: Mischief;
  /** Commands that come after everything else. */
  readonly #latest: (() => Promise<unknown>)[] = [];
  readonly #held = new Set<string>();
  /** Processes from which nothing reaches the inventory any more. */
  readonly #cutOff = new WeakSet<Process>();
  /** Time that was made to pass: `notAfter` is told to processes by a clock without it. */
  #passedMs = 0;
  readonly #targets: Set<Target>;

  constructor(scheduler: Scheduler, real: RealPorts, mischief: Mischief) {
    this.#scheduler = scheduler;
    this.#real = real;
    this.#mischief = mischief;
    this.#targets = new Set(mischief.targets);
  }

  /** The ports of a process. */
  portsOf(process: Process): Ports {
    return this.#portsThrough(
      (name, perform) => this.#step(process, name, perform),
      (commands) => this.#send(process, commands),
    );
  }

  /** Ports where nothing goes wrong and nobody waits for a turn. */
  safePorts(): Ports {
    return this.#portsThrough(
      (_, perform) => perform(),
      (commands) => this.#apply(commands),
    );
  }

  #portsThrough(call: Calling, apply: StockPort["apply"]): Ports {
    const { orders, ledger, outbox, products } = this.#real;
    return {
      orders: this.#wrap(call, "orders", this.#withBug(orders)),
      ledger: this.#wrap(call, "ledger", ledger, { isTimed: false }),
      outbox: this.#wrap(call, "outbox", outbox),
      products: this.#wrap(call, "products", products, { isTimed: false }),
      stock: { apply, audit: (range) => call("stock.audit", () => products.audit(range)) },
      publisher: {
        isAvailable: true,
        publish: (events) => call("publisher.publish", async () => this.#publish(events)),
      },
    };
  }

  /** Puts the clocks of everybody forward. */
  pass(ms: number): void {
    this.#passedMs += ms;
  }

  /** What was sent long ago comes now. */
  async deliverLatest(): Promise<void> {
    for (const deliver of this.#latest.splice(0)) await deliver();
  }

  #wrap<Port extends object>(call: Calling, name: string, port: Port, { isTimed = true } = {}): Port {
    return new Proxy(port, {
      get: (target, member) => {
        const method: unknown = Reflect.get(target, member);
        if (typeof method !== "function") return method;
        return (...parameters: unknown[]) =>
          call(`${name}.${String(member)}`, async () => {
            const result: unknown = await method.apply(target, stretch(String(member), parameters));
            return isTimed ? shiftAll(result, this.#passedMs) : result;
          });
      },
    });
  }

  #step<Result>(process: Process, name: string, perform: () => Promise<Result>): Promise<Result> {
    return this.#scheduler.step(process, name, async () => {
      const fate = this.#fateOf(name, ["is lost", "is not answered"]);
      if (fate === "dies before") this.#die(process, name, fate);
      if (fate === "is lost") throw unavailable("The call was lost");
      const result = await perform();
      if (fate === "dies after") this.#die(process, name, fate);
      if (fate === "is not answered") throw unavailable("The answer was lost");
      return result;
    });
  }

  /** One request to the inventory. */
  #send(process: Process, commands: readonly StockCommand[]): Promise<readonly StockResult[]> {
    const name = `stock.${commands[0]?.command ?? "nothing"}`;
    return this.#scheduler.step(process, name, async () => {
      const fate = this.#fateOfRequest(process, name);
      if (fate === "dies before") this.#die(process, name, fate);
      if (fate === "is late" || fate === "is doubled") this.#sendLater(name, commands);
      if (fate === "is late" && this.#mischief.random.chance(0.7)) this.#cutOff.add(process);
      if (fate === "is lost" || fate === "is late") throw new StockUnavailable("The request was lost");
      const results = await this.#apply(commands);
      this.#scheduler.note(results.map(({ outcome }) => outcome).join(" "));
      if (fate === "dies after") this.#die(process, name, fate);
      if (fate === "is not answered") throw new StockUnavailable("The reply was lost");
      return results;
    });
  }

  #fateOfRequest(process: Process, name: string): Fate {
    if (this.isOver) return "arrives";
    if (this.#cutOff.has(process)) return "is lost";
    const { from, until } = this.#mischief.outage;
    const step = this.#scheduler.trace.length;
    return step >= from && step < until ? "is late" : this.#fateOf(name, REQUEST_LOSSES);
  }

  #fateOf(name: string, losses: readonly Fate[]): Fate {
    const { random, deaths, ...shares } = this.#mischief;
    const lossShare = losses === REQUEST_LOSSES ? shares.requestLosses : shares.losses;
    if (this.isOver) return "arrives";
    let fate: Fate = "arrives";
    const target = [...this.#targets].find(({ step }) => step === name);
    if (target && this.#targets.delete(target)) fate = target.death;
    else if (random.chance(deaths)) fate = random.pick(["dies before", "dies after"] as const);
    else if (random.chance(lossShare)) fate = random.pick(losses);
    if (fate !== "arrives") this.#scheduler.note(fate);
    return fate;
  }

  #die(process: Process, name: string, death: Death): never {
    this.deaths.add(`${name} ${death}`);
    this.#scheduler.kill(process);
    throw new Crash();
  }

  #sendLater(name: string, commands: readonly StockCommand[]): void {
    const { random } = this.#mischief;
    const deliver = () => this.#apply(commands);
    if (random.chance(0.3)) {
      this.#latest.push(deliver);
      return;
    }
    const arrive = async (): Promise<void> => {
      const results = await deliver();
      this.#scheduler.note(
        `of order ${commands[0]?.orderId.slice(-2)}: ${results.map(({ outcome }) => outcome).join(" ")}`,
      );
    };
    const weight = random.pick([0.02, 0.2, 1]);
    void this.#scheduler.start(
      "the network",
      (process) => this.#scheduler.step(process, `${name} comes late`, arrive),
      weight,
    );
  }

  /** By the database's clock, to which no time was added. */
  async #apply(commands: readonly StockCommand[]): Promise<readonly StockResult[]> {
    const { bug } = this.#mischief;
    const due = bug === "no deadline" ? TIMES.purgeDelayMs * 1_000 : -this.#passedMs;
    const sent = commands.map((command) => shiftAll(command, due));
    for (const { command, orderId } of sent) if (command === "purge") this.purged.add(orderId);
    if (bug !== "no tombstone") return this.#real.products.applyCommands(sent);
    const known = sent.filter((command) => this.#isKnown(command));
    const results = known.length > 0 ? await this.#real.products.applyCommands(known) : [];
    return sent.map((command) => results[known.indexOf(command)] ?? { outcome: "done" });
  }

  #isKnown({ command, orderId, revision, productId }: StockCommand): boolean {
    const key = `${orderId}/${revision}/${productId}`;
    if (command === "reserve") this.#held.add(key);
    return command !== "release" || this.#held.has(key);
  }

  #withBug(orders: OrderStore): OrderStore {
    if (this.#mischief.bug !== "no guard") return orders;
    const unguarded: Pick<OrderStore, "decide"> = {
      decide: async (decision, options) => {
        const current = await orders.find(decision.order.id);
        if (!current) return orders.decide(decision, options);
        const { status, version } = current.order;
        return orders.decide({ ...decision, guard: { status, version } }, options);
      },
    };
    return new Proxy(orders, {
      get: (target, name) => {
        const member: unknown = Reflect.get(name === "decide" ? unguarded : target, name);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
  }

  /** The stream knows the ids that it has. */
  #publish(events: readonly OrderEvent[]): void {
    for (const { id } of events) if (!this.delivered.includes(id)) this.delivered.push(id);
  }
}

/** What waits a moment in a run waits until time is made to pass: how long a step takes is not to matter. */
function stretch(name: string, parameters: unknown[]): unknown[] {
  if (name === "postpone") return [parameters[0], parameters[1] === 0 ? 0 : TIMES.leaseMs];
  if (name !== "markFailed") return parameters;
  const failures = parameters[0] as readonly OutboxFailure[]; // the port has no other
  return [
    failures.map((failure) => (failure.retryInMs === undefined ? failure : { ...failure, retryInMs: TIMES.leaseMs })),
  ];
}

/** Shifts every `notAfter`, and puts what came in no order into that of its ids. */
function shiftAll<Value>(value: Value, ms: number): Value {
  if (Array.isArray(value)) {
    const shifted: unknown[] = value.map((each) => shiftAll<unknown>(each, ms));
    return shifted.sort((a, b) => nameOf(a).localeCompare(nameOf(b))) as Value; // the same members
  }
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const shifted: Record<string, unknown> = { ...(value as object) };
  if ("lease" in value) shifted.lease = shiftAll(value.lease, ms);
  if ("notAfter" in value) shifted.notAfter = new Date(Date.parse(String(value.notAfter)) + ms).toISOString();
  return shifted as Value; // the same fields
}

function nameOf(value: unknown): string {
  const row = value as { lease?: { orderId: string }; orderId?: string; sequence?: number } | null; // only read
  return `${row?.lease?.orderId ?? row?.orderId ?? ""} ${String(row?.sequence ?? "").padStart(9, "0")}`;
}
