import type { CommonConfig } from "#platform/config.ts";
import type { DatabaseWatch } from "#platform/database_watch.ts";
import { connectMongo } from "#platform/mongo.ts";
import { connectPostgres, type Postgres } from "#platform/postgres.ts";
import { purgeIdempotency } from "#platform/postgres_idempotency.ts";
import type { Closing } from "#platform/process.ts";
import type { ProductStore } from "./mod.ts";
import { MongoProductStore, prepareProducts } from "./mongo.ts";
import { migrateProducts, PostgresProductStore } from "./postgres.ts";

/** Where the products are. */
export interface StoreOptions extends Pick<CommonConfig, "storeUrl" | "storePoolMax" | "storeTimeoutMs"> {
  /** Shown by the database. */
  readonly name: string;
  /** Told of each call to the database. */
  readonly watch: DatabaseWatch;
  /** Told that old records could not be deleted; it is tried again. */
  readonly onFault: (error: unknown) => void;
}

/** How often records of idempotent requests that are too old are deleted; MongoDB does it by itself. */
const PURGE_EVERY_MS = 20_000;

/** Connects to the engine that the URL names and brings its tables or collections up to date. */
export async function openStore(options: StoreOptions, closing: Closing): Promise<ProductStore> {
  const { storeUrl: url, storePoolMax: poolMax, storeTimeoutMs: timeoutMs, name, watch } = options;
  if (url.startsWith("mongodb")) {
    const database = await connectMongo({ url, poolMax, timeoutMs, name, watch });
    closing(() => database.close());
    await prepareProducts(database);
    return new MongoProductStore(database);
  }
  const database = await connectPostgres({ url, poolMax, timeoutMs, name, watch });
  closing(() => database.close());
  await migrateProducts(database);
  closing(startPurging(database, options.onFault));
  return new PostgresProductStore(database);
}

function startPurging(database: Postgres, onFault: StoreOptions["onFault"]): () => Promise<void> {
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = purgeIdempotency(database).catch(onFault);
  }, PURGE_EVERY_MS);
  return () => {
    clearInterval(timer);
    return running;
  };
}
