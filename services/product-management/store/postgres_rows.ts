import type { Postgres } from "#platform/postgres.ts";
import type { Product, Stock } from "../product.ts";
import { searchWords } from "../search_words.ts";
import type { Inventory, ProductSnapshot, StockEntry } from "../stock.ts";

/** A part of a statement. */
export type Fragment = ReturnType<Postgres["sql"]>;

/** The columns of a {@link ProductRow}. */
export const PRODUCT_COLUMNS = [
  ...["id", "sku", "name", "description", "amount", "currency", "status", "tags"],
  ...["owner_id", "version", "created_at", "updated_at"],
];

export interface ProductRow extends Omit<Product, "price" | "createdAt" | "updatedAt"> {
  amount: number;
  currency: string;
  createdAt: Date;
  updatedAt: Date;
}

/** In the order of the contract: a strong ETag promises the same bytes, from every engine. */
export function toProduct({ amount, currency, createdAt, updatedAt, ...row }: ProductRow): Product {
  const { id, sku, name, description, status, tags, ownerId, version } = row;
  const content = { sku, name, description, price: { amount, currency }, status, tags };
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, ...content, ownerId, version, ...times };
}

/** The columns that an edit writes, as `column = value`. */
export function contentAssignments({ sql }: Pick<Postgres, "sql">, product: Product): Fragment {
  return sql`sku = ${product.sku}, name = ${product.name}, description = ${product.description},
    amount = ${product.price.amount}, currency = ${product.price.currency}, status = ${product.status},
    tags = ${product.tags}, version = ${product.version}, updated_at = ${product.updatedAt},
    words = array_to_tsvector(${searchWords(product)}::text[])`;
}

export type InventoryRow = Omit<Inventory, "retired"> & { retired: ProductSnapshot | null };

export function toInventory({ retired, ...inventory }: InventoryRow): Inventory {
  return retired === null ? inventory : { ...inventory, retired };
}

export function toStock({ productId, available, reserved, sold, sequence }: Inventory): Stock {
  return { productId, available, reserved, sold, sequence };
}

export type EntryRow = Omit<StockEntry, "notAfter"> & { notAfter: Date };

export function toEntry({ notAfter, ...entry }: EntryRow): StockEntry {
  return { ...entry, notAfter: notAfter.toISOString() };
}
