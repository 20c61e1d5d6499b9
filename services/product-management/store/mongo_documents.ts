/** What the collections hold, and what keeps them right: validators and indexes. */
import type { CollectionDesign, Mongo } from "#platform/mongo.ts";
import type { Product, Stock } from "../product.ts";
import { searchWords } from "../search_words.ts";
import { entryKey, type Inventory, type ProductSnapshot, type StockEntry } from "../stock.ts";
import type { Adjustment } from "./mod.ts";

export interface ProductDocument extends Omit<Product, "id" | "createdAt" | "updatedAt"> {
  _id: string;
  createdAt: Date;
  updatedAt: Date;
  /** The words it is found by. */
  words: string[];
  /** Whether units are available. For filters only: it follows the inventory, outside the version. */
  inStock: boolean;
  /** Names the edit that made this version. */
  edit?: string;
}

export interface InventoryDocument extends Omit<Inventory, "productId"> {
  _id: string;
}

export interface EntryDocument extends Omit<StockEntry, "notAfter"> {
  /** Its {@link entryKey}: a product's entries are together. */
  _id: string;
  notAfter: Date;
}

/** Append only: available + reserved + sold of an inventory is the sum of its deltas. */
export interface AdjustmentDocument extends Omit<Adjustment, "id" | "reason"> {
  _id: string;
  /** That of the inventory right after it. */
  sequence: number;
  reason: string;
}

const TEXT = { bsonType: "string" };
const FLAG = { bsonType: "bool" };
const TIME = { bsonType: "date" };
const COUNT = { bsonType: ["int", "long", "double"], minimum: 0 };
const FROM_ONE = { ...COUNT, minimum: 1 };

function schemaOf(properties: Record<string, object>, optional: readonly string[] = []): { $jsonSchema: object } {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { $jsonSchema: { bsonType: "object", additionalProperties: false, required, properties } };
}

const MONEY = {
  bsonType: "object",
  additionalProperties: false,
  required: ["amount", "currency"],
  properties: { amount: COUNT, currency: TEXT },
};

const PRODUCTS: CollectionDesign = {
  validator: schemaOf(
    {
      ...{ _id: TEXT, sku: TEXT, name: TEXT, description: TEXT, price: MONEY, ownerId: TEXT, version: FROM_ONE },
      ...{ status: { enum: ["draft", "active", "archived"] }, tags: { bsonType: "array", items: TEXT } },
      ...{ createdAt: TIME, updatedAt: TIME, words: { bsonType: "array", items: TEXT }, inStock: FLAG, edit: TEXT },
    },
    ["edit"],
  ),
  indexes: [
    { name: "products_sku", key: { sku: 1 }, unique: true },
    // A list for each order, of everybody's products and of one owner's.
    { name: "products_by_age", key: { status: 1, _id: 1 } },
    { name: "products_by_price", key: { status: 1, "price.currency": 1, "price.amount": 1, _id: 1 } },
    { name: "products_by_name", key: { status: 1, name: 1, _id: 1 } },
    { name: "products_by_owner_and_age", key: { ownerId: 1, status: 1, _id: 1 } },
    {
      name: "products_by_owner_and_price",
      key: { ownerId: 1, status: 1, "price.currency": 1, "price.amount": 1, _id: 1 },
    },
    { name: "products_by_owner_and_name", key: { ownerId: 1, status: 1, name: 1, _id: 1 } },
    { name: "products_by_tag", key: { tags: 1, status: 1, _id: 1 } },
    { name: "products_by_word", key: { words: 1, status: 1 } },
  ],
};

const INVENTORIES: CollectionDesign = {
  validator: schemaOf(
    {
      ...{ _id: TEXT, available: COUNT, reserved: COUNT, sold: COUNT, sequence: FROM_ONE, sellable: FLAG },
      retired: { bsonType: "object" },
    },
    ["retired"],
  ),
};

const ENTRIES: CollectionDesign = {
  validator: schemaOf({
    ...{ _id: TEXT, orderId: TEXT, revision: FROM_ONE, productId: TEXT, quantity: FROM_ONE, notAfter: TIME },
    state: { enum: ["held", "consumed", "released", "restocked"] },
  }),
};

const ADJUSTMENTS: CollectionDesign = {
  validator: schemaOf(
    {
      ...{ _id: TEXT, productId: TEXT, sequence: FROM_ONE, delta: { bsonType: ["int", "long", "double"] } },
      ...{ reason: TEXT, note: TEXT, adjustedBy: TEXT, createdAt: TIME },
    },
    ["note"],
  ),
  indexes: [{ name: "stock_adjustments_by_product", key: { productId: 1, sequence: 1 }, unique: true }],
};

/** Brings collections, validators and indexes up to date. */
export async function prepareCollections(database: Mongo): Promise<void> {
  await database.prepare("products", PRODUCTS);
  await database.prepare("inventories", INVENTORIES);
  await database.prepare("stockEntries", ENTRIES);
  await database.prepare("stockAdjustments", ADJUSTMENTS);
}

/** The collections by their names. */
export function collectionsOf(database: Mongo) {
  return {
    products: database.collection<ProductDocument>("products"),
    inventories: database.collection<InventoryDocument>("inventories"),
    entries: database.collection<EntryDocument>("stockEntries"),
    adjustments: database.collection<AdjustmentDocument>("stockAdjustments"),
  };
}

export type Collections = ReturnType<typeof collectionsOf>;

/** All of a product but its `inStock`, which is not the product's to write. */
export function fromProduct({ id, createdAt, updatedAt, ...product }: Product): Omit<ProductDocument, "inStock"> {
  return {
    _id: id,
    ...product,
    createdAt: new Date(createdAt),
    updatedAt: new Date(updatedAt),
    words: searchWords(product),
  };
}

/** In the order of the contract: a strong ETag promises the same bytes, from every engine. */
export function toProduct({ _id: id, price, createdAt, updatedAt, ...document }: ProductDocument): Product {
  const { sku, name, description, status, tags, ownerId, version } = document;
  const content = { sku, name, description, price: { amount: price.amount, currency: price.currency }, status, tags };
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, ...content, ownerId, version, ...times };
}

export function toSnapshot({
  _id,
  sku,
  name,
  price,
}: Pick<ProductDocument, "_id" | "sku" | "name" | "price">): ProductSnapshot {
  return { productId: _id, sku, name, unitPrice: price };
}

export function toInventory({ _id, ...inventory }: InventoryDocument): Inventory {
  return { productId: _id, ...inventory };
}

export function toStock({ _id, available, reserved, sold, sequence }: InventoryDocument): Stock {
  return { productId: _id, available, reserved, sold, sequence };
}

export function fromEntry(entry: StockEntry): EntryDocument {
  return { _id: entryKey(entry), ...entry, notAfter: new Date(entry.notAfter) };
}

export function toEntry({ _id, notAfter, ...entry }: EntryDocument): StockEntry {
  return { ...entry, notAfter: notAfter.toISOString() };
}
