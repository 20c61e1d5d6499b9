import type { ClientSession } from "mongodb";
import {
  applyStockCommands,
  entryKey,
  type ProductSnapshot,
  type StockBooks,
  type StockChanges,
  type StockCommand,
  type StockResult,
} from "../stock.ts";
import {
  type Collections,
  fromEntry,
  type InventoryDocument,
  toEntry,
  toInventory,
  toSnapshot,
} from "./mongo_documents.ts";

/** Where and within what to work. */
export interface Scope {
  readonly collections: Collections;
  readonly session: ClientSession;
}

/**
 * Applies commands within a transaction. All is read as of one moment; if one of the inventories or entries that are written has changed since,
 * the engine refuses the write and the transaction runs again.
 */
export async function applyInTransaction(
  scope: Scope,
  commands: readonly StockCommand[],
): Promise<readonly StockResult[]> {
  const books = await readBooks(scope, commands);
  const changes = applyStockCommands(commands, books);
  await write(scope, changes);
  const retired = changes.purged.filter(({ productId }) => books.inventories.get(productId)?.retired !== undefined);
  for (const productId of new Set(retired.map(({ productId }) => productId))) await forgetRetired(scope, productId);
  return changes.results;
}

async function readBooks({ collections, session }: Scope, commands: readonly StockCommand[]): Promise<StockBooks> {
  const ids = [...new Set(commands.map(({ productId }) => productId))];
  const [read] = await collections.inventories
    .aggregate<{ inventories: InventoryDocument[]; now: Date }>(
      // A facet answers one document even if nothing is found, so there is always a clock.
      [{ $match: { _id: { $in: ids } } }, { $facet: { inventories: [{ $match: {} }] } }, { $set: { now: "$$NOW" } }],
      { session },
    )
    .toArray();
  if (!read) throw new Error("A facet did not answer a document");
  const keys = [...new Set(commands.map(entryKey))];
  const entries = await collections.entries.find({ _id: { $in: keys } }, { session }).toArray();
  const reserves = commands.some(({ command }) => command === "reserve");
  return {
    now: read.now,
    inventories: new Map(read.inventories.map((document) => [document._id, toInventory(document)])),
    entries: new Map(entries.map((document) => [document._id, toEntry(document)])),
    snapshots: reserves ? await readSnapshots({ collections, session }, ids) : new Map(),
  };
}

async function readSnapshots({ collections, session }: Scope, ids: string[]): Promise<Map<string, ProductSnapshot>> {
  const projection = { sku: 1, name: 1, price: 1 };
  const documents = await collections.products.find({ _id: { $in: ids } }, { session, projection }).toArray();
  return new Map(documents.map((document) => [document._id, toSnapshot(document)]));
}

async function write({ collections, session }: Scope, changes: StockChanges): Promise<void> {
  const { inventories, entries, purged, inStock } = changes;
  if (inventories.length > 0) {
    await collections.inventories.bulkWrite(
      inventories.map(({ productId, available, reserved, sold, sequence }) => ({
        updateOne: { filter: { _id: productId }, update: { $set: { available, reserved, sold, sequence } } },
      })),
      { session },
    );
  }
  if (entries.length > 0 || purged.length > 0) {
    const replacements = entries.map(fromEntry).map((replacement) => ({
      replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true },
    }));
    const deletions = purged.map((key) => ({ deleteOne: { filter: { _id: entryKey(key) } } }));
    await collections.entries.bulkWrite([...replacements, ...deletions], { session });
  }
  if (inStock.size > 0) {
    await collections.products.bulkWrite(
      [...inStock].map(([productId, isInStock]) => ({
        updateOne: { filter: { _id: productId }, update: { $set: { inStock: isInStock } } },
      })),
      { session },
    );
  }
}

/** Drops the inventory of a deleted product that has no entry left. */
export async function forgetRetired({ collections, session }: Scope, productId: string): Promise<void> {
  // "0" comes right after the "/" that ends the product in an entry's key.
  const entry = await collections.entries.findOne(
    { _id: { $gte: `${productId}/`, $lt: `${productId}0` } },
    { session },
  );
  if (!entry) await collections.inventories.deleteOne({ _id: productId, retired: { $exists: true } }, { session });
}
