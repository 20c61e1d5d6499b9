/** The saga over a real database, for tests: each part of it can be held, cut off and started again. */
import type { StoredReply } from "#platform/idempotency.ts";
import { connectPostgres, type Postgres } from "#platform/postgres.ts";
import { createPostgresDatabase } from "../../_stack/setup.ts";
import type { OrderEvent } from "../event.ts";
import type { EventPublisher } from "../event_port.ts";
import { placedReply } from "../operations/create_order.ts";
import type { OrderDraft, OrderedItem } from "../order.ts";
import type { StockPort } from "../stock_port.ts";
import type { Claim, OrderStore, Outbox, StoreTimes } from "../store/mod.ts";
import { migrateOrders, PostgresOrderStore } from "../store/postgres.ts";
import { PostgresOutbox } from "../store/postgres_outbox.ts";
import { type Dispatch, dispatchEvents, dispatchStock } from "./dispatcher.ts";
import { purgeEntries } from "./purge.ts";
import { type Saga, type SagaLimits, systemClock } from "./saga.ts";
import { ScriptedStock } from "./scripted_stock_fixture.ts";
import { resumeUndecided } from "./worker.ts";

export const ADDRESS = {
  name: "Ada",
  line1: "12 St James's Square",
  city: "London",
  postalCode: "SW1Y 4LB",
  country: "GB",
};

/** Leases that nobody outlives in a test. */
export const TIMES: StoreTimes = {
  leaseMs: 60_000,
  commandLifeMs: 30_000,
  pendingLimitMs: 600_000,
  editLimitMs: 60_000,
  purgeDelayMs: 60_000,
};
/** Leases that have ended when they begin: as long after the holder went away. */
export const LONG_AFTER: StoreTimes = { ...TIMES, leaseMs: 0 };

const LIMITS: SagaLimits = { decideWithinMs: 300, stockTimeoutMs: 200 };

/** What an alarm or a warning said. */
export interface LogLine {
  readonly level: "warn" | "error";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One process: what it holds besides the database and the inventory is lost with it. */
export interface Actor extends Saga {
  readonly outbox: Outbox;
  readonly dispatch: Dispatch;
}

/** How an actor differs from the usual one. */
export interface ActorOptions {
  readonly times?: StoreTimes;
  readonly stock?: StockPort;
  readonly limits?: SagaLimits;
  /** Put in front of the stores. */
  readonly wrap?: <Port extends object>(port: Port) => Port;
}

/** A database, an inventory and everybody who was told of an event. */
export class World {
  readonly database: Postgres;
  readonly stock = new ScriptedStock();
  readonly log: LogLine[] = [];
  readonly events: OrderEvent[] = [];
  readonly publisher: EventPublisher = {
    isAvailable: true,
    publish: async (events) => {
      this.events.push(...events);
    },
  };

  private constructor(database: Postgres) {
    this.database = database;
  }

  static async create(): Promise<World> {
    const { url } = await createPostgresDatabase();
    const database = await connectPostgres({ url, poolMax: 8, timeoutMs: 5000 });
    await migrateOrders(database);
    return new World(database);
  }

  close(): Promise<void> {
    return this.database.close();
  }

  /** A process that begins to work on this world. */
  actor({ times = TIMES, stock = this.stock, limits = LIMITS, wrap = (port) => port }: ActorOptions = {}): Actor {
    const orders: OrderStore = wrap(new PostgresOrderStore(this.database, times));
    const outbox: Outbox = wrap(new PostgresOutbox(this.database, times));
    const note = (level: LogLine["level"]) => (message: string, fields: LogLine["fields"]) => {
      this.log.push({ level, message, fields });
    };
    const log = { warn: note("warn"), error: note("error") };
    const wrapped = wrap(stock);
    const { stockTimeoutMs } = limits;
    return {
      orders,
      outbox,
      stock: wrapped,
      clock: systemClock,
      newId: Bun.randomUUIDv7,
      random: () => 0,
      limits,
      log,
      placedReply,
      onQueued: () => {},
      onUndecided: () => {},
      dispatch: {
        outbox,
        stock: wrapped,
        publisher: this.publisher,
        random: () => 0,
        log,
        stockTimeoutMs,
        refusalsMax: 3,
      },
    };
  }

  /** Lets the background work, long after every lease has ended, until there is nothing left to do. */
  async settle(): Promise<void> {
    const actor = this.actor({ times: LONG_AFTER });
    for (let round = 0; round < 50; round++) {
      const resumed = await resumeUndecided(actor, 100);
      const sent = (await dispatchStock(actor.dispatch, 100)) + (await dispatchEvents(actor.dispatch, 100));
      if (resumed + sent === 0 && (await this.undone()) === 0) return;
      await Bun.sleep(5);
    }
    throw new Error("The background comes to no end");
  }

  /** Undecided orders and undone messages. */
  async undone(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>`
      SELECT (SELECT count(*) FROM orders WHERE lease_until IS NOT NULL)
        + (SELECT count(*) FROM outbox WHERE done_at IS NULL AND dead_at IS NULL) AS count`;
    return row!.count;
  }

  /** Purges what is settled, a long time later. */
  async purge(): Promise<void> {
    await this.age();
    while ((await purgeEntries({ ...this.actor({ times: LONG_AFTER }), stockTimeoutMs: 200 }, 100)) > 0);
  }

  /** An hour passes for all that is done and for every command under way. */
  async age(): Promise<void> {
    await this.database.query`UPDATE outbox SET due_at = due_at - interval '1 hour' WHERE done_at IS NOT NULL`;
    await this.database.query`UPDATE orders SET not_after = not_after - interval '1 hour'`;
  }

  /** Ends every lease on an order and lets every message be due: time passes. */
  async passTime(): Promise<void> {
    await this.database.query`UPDATE orders SET lease_until = now() WHERE lease_until IS NOT NULL`;
    await this.database.query`UPDATE outbox SET due_at = now() WHERE done_at IS NULL`;
  }
}

/** An order that somebody wants. */
export function draftOf(items: readonly OrderedItem[], change: Partial<OrderDraft> = {}): OrderDraft {
  const id = Bun.randomUUIDv7();
  return { id, customerId: Bun.randomUUIDv7(), items, shippingAddress: ADDRESS, at: new Date(), ...change };
}

/** A key nobody has used. */
export function claimOf(change: Partial<Claim> = {}): Claim {
  return { scope: "createOrder user:ada", key: crypto.randomUUID(), fingerprint: "f1", ...change };
}

/** What is stored for a key. */
export async function replyTo(world: World, { scope, key }: Claim): Promise<StoredReply | null | undefined> {
  return (await world.actor().orders.findClaim(scope, key))?.record.reply;
}

/** What an actor dies of. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/**
 * Cuts a process off at one of its effects: the calls of its ports are counted, and at the one that is named it dies, before the call
 * takes effect or right after. A dead process has no more effects.
 */
export class Crasher {
  #calls = 0;
  readonly #at: number;
  readonly #when: "before" | "after";

  constructor(at: number, when: "before" | "after") {
    this.#at = at;
    this.#when = when;
  }

  /** Whether it came so far. */
  get hasCrashed(): boolean {
    return this.#calls > this.#at;
  }

  readonly wrap = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return async (...parameters: unknown[]) => {
          const call = this.#calls++;
          if (call > this.#at || (call === this.#at && this.#when === "before")) throw new Crash();
          const result: unknown = await member.apply(target, parameters);
          if (call === this.#at) throw new Crash();
          return result;
        };
      },
    });
}
