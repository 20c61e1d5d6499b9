import type { TransactionSql } from "#platform/postgres.ts";
import {
  applyStockCommands,
  type EntryKey,
  entryKey,
  type Inventory,
  type ProductSnapshot,
  type StockBooks,
  type StockChanges,
  type StockCommand,
  type StockEntry,
  type StockResult,
} from "../stock.ts";
import { type EntryRow, type Fragment, type InventoryRow, toEntry, toInventory } from "./postgres_rows.ts";

/**
 * Applies commands within a transaction. The inventories are locked in the order of their ids, before anything else is read: whoever else
 * changes one of them, or an entry of one of them, comes before or after.
 */
export async function applyInTransaction(
  sql: TransactionSql,
  commands: readonly StockCommand[],
): Promise<readonly StockResult[]> {
  const books = await readBooks(sql, commands);
  const changes = applyStockCommands(commands, books);
  await write(sql, changes);
  await forgetRetired(sql, changes.purged.map(({ productId }) => productId).filter(isRetiredIn(books)));
  return changes.results;
}

async function readBooks(sql: TransactionSql, commands: readonly StockCommand[]): Promise<StockBooks> {
  const ids = [...new Set(commands.map(({ productId }) => productId))].sort();
  const keys = columnsOf(commands);
  // Sent together, done one after the other: the second and third see what was committed before the locks were had.
  const [inventories, entries, products] = await Promise.all([
    sql<InventoryRow[]>`
      SELECT product_id, available, reserved, sold, sequence, sellable, retired FROM inventories
      WHERE product_id = ANY (${ids}::uuid[]) ORDER BY product_id FOR UPDATE`,
    sql<(EntryRow & { now: Date })[]>`
      SELECT clock_timestamp() AS now, e.product_id, e.order_id, e.revision, e.quantity, e.state, e.not_after
      FROM unnest(${keys.productIds}::uuid[], ${keys.orderIds}::uuid[], ${keys.revisions}::integer[])
        AS k (product_id, order_id, revision)
      LEFT JOIN stock_entries e ON (e.product_id, e.order_id, e.revision) = (k.product_id, k.order_id, k.revision)`,
    ...(commands.some(({ command }) => command === "reserve") ? [readSnapshots(sql, ids)] : []),
  ]);
  return {
    now: entries[0]?.now ?? new Date(), // there is a row for each command, and at least one command
    inventories: new Map(inventories.map((row) => [row.productId, toInventory(row)])),
    entries: new Map(
      entries.filter(({ state }) => state !== null).map(({ now: _, ...row }) => [entryKey(row), toEntry(row)]),
    ),
    snapshots: products ?? new Map(),
  };
}

async function readSnapshots(sql: TransactionSql, ids: readonly string[]): Promise<Map<string, ProductSnapshot>> {
  const rows = await sql<{ id: string; sku: string; name: string; amount: number; currency: string }[]>`
    SELECT id, sku, name, amount, currency FROM products WHERE id = ANY (${ids}::uuid[])`;
  return new Map(
    rows.map(({ id, sku, name, amount, currency }) => [
      id,
      { productId: id, sku, name, unitPrice: { amount, currency } },
    ]),
  );
}

/** Writes all changes in one statement, which has the parts that are needed: the fewer, the sooner it is planned. */
async function write(sql: TransactionSql, { inventories, entries, purged, inStock }: StockChanges): Promise<void> {
  const parts = [
    ...(inventories.length > 0 ? [countStatement(sql, inventories)] : []),
    ...(entries.length > 0 ? [entryStatement(sql, entries)] : []),
    ...(purged.length > 0 ? [purgeStatement(sql, purged)] : []),
    ...(inStock.size > 0 ? [flagStatement(sql, inStock)] : []),
  ];
  const [last] = parts.splice(-1);
  if (!last) return;
  if (parts.length === 0) await sql`${last}`;
  else
    await sql`WITH ${parts.map((part, index) => sql`${index > 0 ? sql`, ` : sql``}${sql(`part${index}`)} AS (${part})`)} ${last}`;
}

function countStatement(sql: TransactionSql, inventories: readonly Inventory[]): Fragment {
  const column = (name: "available" | "reserved" | "sold" | "sequence") =>
    inventories.map((inventory) => inventory[name]);
  return sql`
    UPDATE inventories i SET available = c.available, reserved = c.reserved, sold = c.sold, sequence = c.sequence
    FROM unnest(${inventories.map(({ productId }) => productId)}::uuid[], ${column("available")}::bigint[],
      ${column("reserved")}::bigint[], ${column("sold")}::bigint[], ${column("sequence")}::bigint[])
      AS c (product_id, available, reserved, sold, sequence)
    WHERE i.product_id = c.product_id`;
}

/** Sorted, because nothing else keeps two batches on unknown products from waiting for each other in a circle. */
function entryStatement(sql: TransactionSql, entries: readonly StockEntry[]): Fragment {
  const sorted = entries.toSorted((a, b) => (entryKey(a) < entryKey(b) ? -1 : 1));
  const { productIds, orderIds, revisions } = columnsOf(sorted);
  return sql`
    INSERT INTO stock_entries (product_id, order_id, revision, quantity, state, not_after)
    SELECT * FROM unnest(${productIds}::uuid[], ${orderIds}::uuid[], ${revisions}::integer[],
      ${sorted.map(({ quantity }) => quantity)}::integer[], ${sorted.map(({ state }) => state)}::text[],
      ${sorted.map(({ notAfter }) => notAfter)}::timestamptz[])
    ON CONFLICT (product_id, order_id, revision) DO UPDATE SET state = excluded.state, not_after = excluded.not_after`;
}

function purgeStatement(sql: TransactionSql, keys: readonly EntryKey[]): Fragment {
  const { productIds, orderIds, revisions } = columnsOf(keys);
  return sql`
    DELETE FROM stock_entries e
    USING unnest(${productIds}::uuid[], ${orderIds}::uuid[], ${revisions}::integer[]) AS k (product_id, order_id, revision)
    WHERE (e.product_id, e.order_id, e.revision) = (k.product_id, k.order_id, k.revision)`;
}

/** The driver takes a list of booleans for a boolean, so these go as texts. */
function flagStatement(sql: TransactionSql, inStock: ReadonlyMap<string, boolean>): Fragment {
  return sql`
    UPDATE products p SET in_stock = f.in_stock
    FROM unnest(${[...inStock.keys()]}::uuid[], ${[...inStock.values()].map(String)}::text[]::boolean[]) AS f (product_id, in_stock)
    WHERE p.id = f.product_id`;
}

/** Drops the inventories of deleted products that have no entry left. */
export async function forgetRetired(sql: TransactionSql, productIds: readonly string[]): Promise<void> {
  if (productIds.length === 0) return;
  await sql`
    DELETE FROM inventories i WHERE product_id = ANY (${productIds}::uuid[]) AND retired IS NOT NULL
      AND NOT EXISTS (SELECT FROM stock_entries e WHERE e.product_id = i.product_id)`;
}

function isRetiredIn({ inventories }: StockBooks): (productId: string) => boolean {
  return (productId) => inventories.get(productId)?.retired !== undefined;
}

/** Keys as the columns that `unnest` makes rows of. */
function columnsOf(keys: readonly EntryKey[]) {
  return {
    productIds: keys.map(({ productId }) => productId),
    orderIds: keys.map(({ orderId }) => orderId),
    revisions: keys.map(({ revision }) => revision),
  };
}
