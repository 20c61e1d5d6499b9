import { join } from "node:path";
import type { AuditEvent, AuditStore } from "#platform/audit.ts";
import type { IdempotencyRecord, IdempotencyStore } from "#platform/idempotency.ts";
import { migrate } from "#platform/migrate.ts";
import type { Postgres, TransactionSql } from "#platform/postgres.ts";
import { auditInsert, createPostgresAudit } from "#platform/postgres_audit.ts";
import { uniqueViolation } from "#platform/postgres_faults.ts";
import { createPostgresIdempotency, insertRecord } from "#platform/postgres_idempotency.ts";
import { isSellable, type Product, type Stock, snapshotOf } from "../product.ts";
import type { ProductListing } from "../product_listing.ts";
import { searchWords } from "../search_words.ts";
import { adjust, type StockCommand, type StockResult } from "../stock.ts";
import {
  type Adjustment,
  type AuditRange,
  type DeleteOptions,
  INITIAL_REASON,
  type InsertOptions,
  type PageOptions,
  type ProductStore,
  type StockBooks,
  skuTaken,
} from "./mod.ts";
import { auditStock } from "./postgres_audit.ts";
import { listStatement } from "./postgres_listing.ts";
import {
  contentAssignments,
  type Fragment,
  type InventoryRow,
  PRODUCT_COLUMNS,
  type ProductRow,
  toInventory,
  toProduct,
  toStock,
} from "./postgres_rows.ts";
import { applyInTransaction, forgetRetired } from "./postgres_stock.ts";

/** Brings the tables up to date. */
export async function migrateProducts(database: Postgres): Promise<void> {
  await migrate(database, join(import.meta.dir, "migrations"));
}

/**
 * Products in Postgres. Whoever locks an inventory and a product locks the inventory first, so that sales and edits never wait for each other
 * in a circle.
 */
export class PostgresProductStore implements ProductStore {
  readonly trail: AuditStore;
  readonly idempotency: IdempotencyStore;
  readonly #database: Postgres;

  constructor(database: Postgres) {
    this.#database = database;
    this.trail = createPostgresAudit(database);
    this.idempotency = createPostgresIdempotency(database);
  }

  async insert(product: Product, options: InsertOptions): Promise<void> {
    const { record } = options;
    const statement = this.#insertStatement(product, options);
    await refusingTakenSku(async () => {
      if (record === undefined) return this.#database.query`${statement}`;
      return this.#database.transaction(async (sql) => {
        await insertRecord(sql, record);
        await sql`${statement}`;
      });
    });
  }

  #insertStatement(product: Product, { stock, adjustmentId, event }: InsertOptions): Fragment {
    const { id, price } = product;
    const { sql } = this.#database;
    return sql`
      WITH ${event ? sql`audited AS (${auditInsert(sql, event)}),` : sql``} inserted AS (
        INSERT INTO products (id, sku, name, description, amount, currency, status, tags, owner_id, version, created_at,
          updated_at, in_stock, words)
        VALUES (${id}, ${product.sku}, ${product.name}, ${product.description}, ${price.amount}, ${price.currency},
          ${product.status}, ${product.tags}, ${product.ownerId}, ${product.version}, ${product.createdAt},
          ${product.updatedAt}, ${stock > 0}, array_to_tsvector(${searchWords(product)}::text[]))
      ), counted AS (
        INSERT INTO inventories (product_id, available, reserved, sold, sequence, sellable)
        VALUES (${id}, ${stock}, 0, 0, 1, ${isSellable(product.status)})
      )
      INSERT INTO stock_adjustments (id, product_id, sequence, delta, reason, adjusted_by, created_at)
      SELECT ${adjustmentId}::uuid, ${id}::uuid, 1, ${stock}::bigint, ${INITIAL_REASON}, ${product.ownerId}::uuid,
        ${product.createdAt}::timestamptz
      WHERE ${stock > 0}`;
  }

  async find(id: string): Promise<Product | undefined> {
    const [row] = await this.#database.query<ProductRow>`
      SELECT ${this.#database.sql(PRODUCT_COLUMNS)} FROM products WHERE id = ${id}`;
    return row && toProduct(row);
  }

  async list(listing: ProductListing, options: PageOptions): Promise<Product[]> {
    const rows = await this.#database.query<ProductRow>`${listStatement(this.#database.sql, listing, options)}`;
    return rows.map(toProduct);
  }

  async stocks(ids: readonly string[]): Promise<ReadonlyMap<string, Stock>> {
    const rows = await this.#database.query<Stock>`
      SELECT product_id, available, reserved, sold, sequence FROM inventories
      WHERE product_id = ANY (${ids}::uuid[]) AND retired IS NULL`;
    return new Map(rows.map((row) => [row.productId, { ...row }]));
  }

  audit(range: AuditRange): Promise<StockBooks[]> {
    return auditStock(this.#database, range);
  }

  async replace(before: Product, after: Product, event?: AuditEvent): Promise<boolean> {
    const sellable = isSellable(after.status);
    const content = contentAssignments(this.#database, after);
    const edit = (sql: Postgres["sql"]) =>
      sql`UPDATE products SET ${content} WHERE id = ${before.id} AND version = ${before.version} RETURNING id`;
    const audited = (sql: Postgres["sql"]) =>
      event ? sql`, audited AS (${auditInsert(sql, event, sql`FROM edited`)})` : sql``;
    const { count } = await refusingTakenSku(() => {
      const { sql } = this.#database;
      if (isSellable(before.status) === sellable) {
        return this.#database.query`WITH edited AS (${edit(sql)}) ${audited(sql)} SELECT id FROM edited`;
      }
      return this.#database.transaction(async (sql) => {
        await lockInventory(sql, before.id);
        return sql`
          WITH edited AS (${edit(sql)}) ${audited(sql)}
          UPDATE inventories SET sellable = ${sellable} FROM edited WHERE product_id = edited.id`;
      });
    });
    return count === 1;
  }

  async delete(id: string, { version, event }: DeleteOptions = {}): Promise<boolean> {
    return this.#database.transaction(async (sql) => {
      await lockInventory(sql, id);
      const [row] = await sql<ProductRow[]>`
        DELETE FROM products WHERE id = ${id} AND version = coalesce(${version ?? null}, version)
        RETURNING ${sql(PRODUCT_COLUMNS)}`;
      if (!row) return false;
      const retired = JSON.stringify(snapshotOf(toProduct(row)));
      await sql`UPDATE inventories SET sellable = false, retired = ${retired}::text::json WHERE product_id = ${id}`;
      await forgetRetired(sql, [id]);
      if (event) await auditInsert(sql, event);
      return true;
    });
  }

  async adjust(
    adjustment: Adjustment,
    recordOf: (stock: Stock) => IdempotencyRecord | undefined,
  ): Promise<Stock | undefined> {
    const { id, productId, delta, reason, note = null, adjustedBy, createdAt, event } = adjustment;
    return this.#database.transaction(async (sql) => {
      const row = await lockInventory(sql, productId);
      if (!row || row.retired) return undefined;
      const { available, sequence, ...rest } = adjust(toInventory(row), delta);
      await sql`
        WITH counted AS (
          UPDATE inventories SET available = ${available}, sequence = ${sequence} WHERE product_id = ${productId}
        ), recorded AS (
          INSERT INTO stock_adjustments (id, product_id, sequence, delta, reason, note, adjusted_by, created_at)
          VALUES (${id}, ${productId}, ${sequence}, ${delta}, ${reason}, ${note}, ${adjustedBy}, ${createdAt})
        )
        UPDATE products SET in_stock = ${available > 0} WHERE id = ${productId} AND in_stock <> ${available > 0}`;
      const stock = toStock({ ...rest, available, sequence });
      const record = recordOf(stock);
      if (record) await insertRecord(sql, record);
      if (event) await auditInsert(sql, event);
      return stock;
    });
  }

  async applyCommands(commands: readonly StockCommand[]): Promise<readonly StockResult[]> {
    return this.#database.transaction((sql) => applyInTransaction(sql, commands));
  }

  ping(): Promise<void> {
    return this.#database.ping();
  }
}

async function lockInventory(sql: TransactionSql, productId: string): Promise<InventoryRow | undefined> {
  const [row] = await sql<InventoryRow[]>`
    SELECT product_id, available, reserved, sold, sequence, sellable, retired FROM inventories
    WHERE product_id = ${productId} FOR UPDATE`;
  return row;
}

async function refusingTakenSku<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw uniqueViolation(error) === "products_sku" ? skuTaken(error) : error;
  }
}
