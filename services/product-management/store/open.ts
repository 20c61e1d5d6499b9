import type { CommonConfig } from "#platform/config.ts";
import type { DatabaseWatch } from "#platform/database_watch.ts";
import type { Closing } from "#platform/process.ts";
import { repeat } from "#platform/repeat.ts";
import type { ProductStore } from "./mod.ts";

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

/**
 * Connects to the engine that the URL names and brings its tables or collections up to date. It loads one driver only: the other one
 * would take 30 MB for nothing.
 */
export async function openStore(options: StoreOptions, closing: Closing): Promise<ProductStore> {
  return options.storeUrl.startsWith("mongodb")
    ? openMongoStore(options, closing)
    : openPostgresStore(options, closing);
}

async function openMongoStore(options: StoreOptions, closing: Closing): Promise<ProductStore> {
  const [{ connectMongo }, { MongoProductStore, prepareProducts }] = await Promise.all([
    import("#platform/mongo.ts"),
    import("./mongo.ts"),
  ]);
  const database = await connectMongo(connectionOf(options));
  closing(() => database.close());
  await prepareProducts(database);
  return new MongoProductStore(database);
}

async function openPostgresStore(options: StoreOptions, closing: Closing): Promise<ProductStore> {
  const [{ connectPostgres }, { migrateProducts, PostgresProductStore }, { purgeIdempotency }] = await Promise.all([
    import("#platform/postgres.ts"),
    import("./postgres.ts"),
    import("#platform/postgres_idempotency.ts"),
  ]);
  const database = await connectPostgres(connectionOf(options));
  closing(() => database.close());
  await migrateProducts(database);
  closing(repeat(PURGE_EVERY_MS, () => purgeIdempotency(database), options.onFault));
  return new PostgresProductStore(database);
}

function connectionOf({ storeUrl, storePoolMax, storeTimeoutMs, name, watch }: StoreOptions) {
  return { url: storeUrl, poolMax: storePoolMax, timeoutMs: storeTimeoutMs, name, watch };
}
