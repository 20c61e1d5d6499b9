/** The real stores of orders and products, emptied for each run, on one clock that can be put forward. */
import { connectMongo } from "#platform/mongo.ts";
import { connectPostgres, type Postgres } from "#platform/postgres.ts";
import type { StoreTimes } from "../../order-processing/store/mod.ts";
import { migrateOrders } from "../../order-processing/store/postgres.ts";
import type { ProductStore } from "../../product-management/store/mod.ts";
import { MongoProductStore, prepareProducts } from "../../product-management/store/mongo.ts";
import { collectionsOf } from "../../product-management/store/mongo_documents.ts";
import { migrateProducts, PostgresProductStore } from "../../product-management/store/postgres.ts";
import type { History } from "../history/entry.ts";
import { keepEvents } from "../invariants/read_orders.ts";
import { readState } from "../invariants/read_state.ts";
import type { State } from "../invariants/state.ts";
import { createMongoDatabase, createPostgresDatabase } from "../setup.ts";

const HOUR_MS = 3_600_000;

/** So long that a run, which takes a second, ends none of them: only the time that is made to pass does. */
export const TIMES: StoreTimes = {
  leaseMs: HOUR_MS,
  commandLifeMs: 3 * HOUR_MS,
  pendingLimitMs: 10 * HOUR_MS,
  editLimitMs: 6 * HOUR_MS,
  purgeDelayMs: 6 * HOUR_MS,
};

const TIMEOUT_MS = 20_000;

/** Both databases. */
export interface World {
  readonly orders: Postgres;
  readonly products: ProductStore;
  /** Nothing that an earlier run left. */
  empty(): Promise<void>;
  /** Lets time pass for all that is in the databases. */
  pass(ms: number): Promise<void>;
  /** What is in them. */
  read(history: History): Promise<State>;
  /** Undecided orders and undone messages. */
  undone(): Promise<number>;
  close(): Promise<void>;
}

/** Orders in Postgres, products in one or the other. */
export async function openWorld(engine: "postgres" | "mongo"): Promise<World> {
  const { url } = await createPostgresDatabase();
  const orders = await connectPostgres({ url, poolMax: 4, timeoutMs: TIMEOUT_MS });
  await migrateOrders(orders);
  await keepEvents(url);
  const shelf = await (engine === "mongo" ? openMongo() : openPostgres());
  const { sql } = orders;
  return {
    orders,
    products: shelf.products,
    async empty() {
      await orders.transaction((each) => [
        each`DELETE FROM audit.events`,
        each`DELETE FROM outbox`,
        each`DELETE FROM idempotency_records`,
        each`DELETE FROM orders`,
      ]);
      await shelf.empty();
    },
    async pass(ms) {
      const by = sql`${ms} * interval '1 ms'`;
      await orders.query`
        WITH earlier AS (
          UPDATE outbox SET due_at = due_at - ${by}, not_after = not_after - ${by}
        )
        UPDATE orders
        SET lease_until = lease_until - ${by}, undecided_since = undecided_since - ${by}, not_after = not_after - ${by}`;
    },
    read: (history) => readState({ orders: url, products: shelf.url, events: undefined }, history),
    async undone() {
      const [row] = await orders.query<{ count: number }>`
        SELECT (SELECT count(*) FROM orders WHERE lease_until IS NOT NULL)
          + (SELECT count(*) FROM outbox WHERE done_at IS NULL) AS count`;
      return row?.count ?? 0;
    },
    async close() {
      await orders.close();
      await shelf.close();
    },
  };
}

interface Shelf extends Pick<World, "products" | "empty" | "close"> {
  readonly url: string;
}

async function openPostgres(): Promise<Shelf> {
  const { url } = await createPostgresDatabase();
  const database = await connectPostgres({ url, poolMax: 4, timeoutMs: TIMEOUT_MS });
  await migrateProducts(database);
  return {
    url,
    products: new PostgresProductStore(database),
    async empty() {
      await database.transaction((sql) => [
        sql`DELETE FROM stock_entries`,
        sql`DELETE FROM stock_adjustments`,
        sql`DELETE FROM inventories`,
        sql`DELETE FROM products`,
      ]);
    },
    close: () => database.close(),
  };
}

async function openMongo(): Promise<Shelf> {
  const { url } = await createMongoDatabase();
  const database = await connectMongo({ url, poolMax: 4, timeoutMs: TIMEOUT_MS });
  await prepareProducts(database);
  const { products, inventories, entries, adjustments } = collectionsOf(database);
  return {
    url,
    products: new MongoProductStore(database),
    async empty() {
      await Promise.all([
        products.deleteMany({}),
        inventories.deleteMany({}),
        entries.deleteMany({}),
        adjustments.deleteMany({}),
      ]);
    },
    close: () => database.close(),
  };
}
