/** Reads products and their stock from whichever database they are in. */
import { type Db, MongoClient } from "mongodb";
import { withPostgres } from "./read_orders.ts";
import type { State, StoredAdjustment, StoredEntry, StoredInventory, StoredProduct } from "./state.ts";

/** What product-management has. */
export type ProductsState = Pick<State, "products" | "inventories" | "adjustments" | "entries">;

/** The database may have just come back. */
const CONNECT_MS = 20_000;

/** Reads what concerns some products. */
export function readProducts(url: string, productIds: ReadonlySet<string>): Promise<ProductsState> {
  return url.startsWith("mongodb") ? readMongo(url, [...productIds]) : readPostgres(url, [...productIds]);
}

function readPostgres(url: string, ids: readonly string[]): Promise<ProductsState> {
  return withPostgres(url, async (sql) => ({
    products: await sql<StoredProduct[]>`
      SELECT id AS "productId", version::int, name AS value FROM products WHERE id = ANY (${ids}::uuid[])`,
    inventories: await sql<StoredInventory[]>`
      SELECT product_id AS "productId", available::int, reserved::int, sold::int, sequence::int,
        retired IS NOT NULL AS "isRetired"
      FROM inventories WHERE product_id = ANY (${ids}::uuid[])`,
    adjustments: await sql<StoredAdjustment[]>`
      SELECT id AS "adjustmentId", product_id AS "productId", sequence::int, delta::int
      FROM stock_adjustments WHERE product_id = ANY (${ids}::uuid[])`,
    entries: await sql<StoredEntry[]>`
      SELECT order_id AS "orderId", revision, product_id AS "productId", quantity, state
      FROM stock_entries WHERE product_id = ANY (${ids}::uuid[])`,
  }));
}

type Stored<Row, Id extends keyof Row> = Omit<Row, Id> & { readonly _id: string };

/** Opens a connection of our own. */
export async function withMongo<Result>(url: string, work: (db: Db) => Promise<Result>): Promise<Result> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: CONNECT_MS, socketTimeoutMS: CONNECT_MS });
  try {
    return await work((await client.connect()).db());
  } finally {
    await client.close(true);
  }
}

function readMongo(url: string, ids: string[]): Promise<ProductsState> {
  return withMongo(url, async (db) => {
    const of = { productId: { $in: ids } };
    const products = await db
      .collection<{ _id: string; version: number; name: string }>("products")
      .find({ _id: { $in: ids } })
      .toArray();
    const inventories = await db
      .collection<Stored<Omit<StoredInventory, "isRetired">, "productId"> & { readonly retired?: object }>(
        "inventories",
      )
      .find({ _id: { $in: ids } })
      .toArray();
    const adjustments = await db
      .collection<Stored<StoredAdjustment, "adjustmentId">>("stockAdjustments")
      .find(of)
      .toArray();
    const entries = await db.collection<StoredEntry & { readonly _id: string }>("stockEntries").find(of).toArray();
    return {
      products: products.map(({ _id, version, name }) => ({ productId: _id, version, value: name })),
      inventories: inventories.map(({ _id, retired, ...counts }) => {
        return { ...counts, productId: _id, isRetired: retired !== undefined };
      }),
      adjustments: adjustments.map(({ _id, ...adjustment }) => ({ ...adjustment, adjustmentId: _id })),
      entries,
    };
  });
}
