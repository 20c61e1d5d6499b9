import type { AuditEvent, AuditStore } from "#platform/audit.ts";
import type { IdempotencyRecord, IdempotencyStore } from "#platform/idempotency.ts";
import type { Mongo } from "#platform/mongo.ts";
import { audited, createMongoAudit, insertEvent, prepareAudit } from "#platform/mongo_audit.ts";
import { duplicateKey } from "#platform/mongo_faults.ts";
import { createMongoIdempotency, insertRecord, prepareIdempotency } from "#platform/mongo_idempotency.ts";
import { isSellable, type Product, type Stock } from "../product.ts";
import type { ProductListing } from "../product_listing.ts";
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
import { auditInTransaction } from "./mongo_audit.ts";
import {
  type Collections,
  collectionsOf,
  fromProduct,
  type ProductDocument,
  prepareCollections,
  toInventory,
  toProduct,
  toSnapshot,
  toStock,
} from "./mongo_documents.ts";
import { listQueries } from "./mongo_listing.ts";
import { applyInTransaction, forgetRetired, type Scope } from "./mongo_stock.ts";

/** Brings collections, validators and indexes up to date. */
export async function prepareProducts(database: Mongo): Promise<void> {
  await prepareCollections(database);
  await prepareIdempotency(database);
  await prepareAudit(database);
}

/** Products in MongoDB. */
export class MongoProductStore implements ProductStore {
  readonly trail: AuditStore;
  readonly idempotency: IdempotencyStore;
  readonly #database: Mongo;
  readonly #collections: Collections;

  constructor(database: Mongo) {
    this.#database = database;
    this.#collections = collectionsOf(database);
    this.trail = createMongoAudit(database);
    this.idempotency = createMongoIdempotency(database);
  }

  async insert(product: Product, { stock, adjustmentId, record, event }: InsertOptions): Promise<void> {
    const { products, inventories, adjustments } = this.#collections;
    const { _id, createdAt, ownerId, ...document } = fromProduct(product);
    await refusingTakenSku(() =>
      this.#database.transaction(async (session) => {
        if (record) await insertRecord(this.#database, record, session);
        if (event) await insertEvent(this.#database, event, session);
        await products.insertOne({ _id, createdAt, ownerId, ...document, inStock: stock > 0 }, { session });
        const counts = { available: stock, reserved: 0, sold: 0, sequence: 1 };
        await inventories.insertOne({ _id, ...counts, sellable: isSellable(product.status) }, { session });
        if (stock === 0) return;
        const change = { productId: _id, sequence: 1, delta: stock, reason: INITIAL_REASON };
        await adjustments.insertOne({ _id: adjustmentId, ...change, adjustedBy: ownerId, createdAt }, { session });
      }),
    );
  }

  async find(id: string): Promise<Product | undefined> {
    const document = await this.#collections.products.findOne({ _id: id });
    return document ? toProduct(document) : undefined;
  }

  async list(listing: ProductListing, { limit, after }: PageOptions): Promise<Product[]> {
    const found: ProductDocument[] = [];
    for (const { filter, sort, hint } of listQueries(listing, after)) {
      const options = { sort, hint, limit: limit - found.length };
      found.push(...(await this.#collections.products.find(filter, options).toArray()));
      if (found.length === limit) break;
    }
    return found.map(toProduct);
  }

  async stocks(ids: readonly string[]): Promise<ReadonlyMap<string, Stock>> {
    const filter = { _id: { $in: [...ids] }, retired: { $exists: false } };
    const documents = await this.#collections.inventories.find(filter).toArray();
    return new Map(documents.map((document) => [document._id, toStock(document)]));
  }

  audit(range: AuditRange): Promise<StockBooks[]> {
    return this.#inTransaction((scope) => auditInTransaction(scope, range));
  }

  async replace(before: Product, after: Product, event?: AuditEvent): Promise<boolean> {
    const { products, inventories } = this.#collections;
    const filter = { _id: before.id, version: before.version };
    const { _id, ...document } = fromProduct(after);
    const edit = crypto.randomUUID();
    const change = { $set: { ...document, edit } };
    const sellable = isSellable(after.status);
    const isWritten = await refusingTakenSku(async () => {
      if (isSellable(before.status) === sellable) {
        return audited(this.#database, event, async (session) => {
          const { matchedCount } = await products.updateOne(filter, change, session && { session });
          return matchedCount === 1;
        });
      }
      return this.#database.transaction(async (session) => {
        const { matchedCount } = await products.updateOne(filter, change, { session });
        if (matchedCount === 0) return false;
        await inventories.updateOne({ _id }, { $set: { sellable } }, { session });
        if (event) await insertEvent(this.#database, event, session);
        return true;
      });
    });
    // The driver sends a write again whose answer was lost, and not every engine knows then that it has done it.
    return isWritten || (await products.findOne({ _id, edit })) !== null;
  }

  async delete(id: string, { version, event }: DeleteOptions = {}): Promise<boolean> {
    const { products, inventories } = this.#collections;
    return this.#inTransaction(async (scope) => {
      const { session } = scope;
      const filter = { _id: id, ...(version !== undefined && { version }) };
      const document = await products.findOneAndDelete(filter, { session });
      if (!document) return false;
      await inventories.updateOne(
        { _id: id },
        { $set: { sellable: false, retired: toSnapshot(document) } },
        { session },
      );
      await forgetRetired(scope, id);
      if (event) await insertEvent(this.#database, event, session);
      return true;
    });
  }

  async adjust(
    adjustment: Adjustment,
    recordOf: (stock: Stock) => IdempotencyRecord | undefined,
  ): Promise<Stock | undefined> {
    const { products, inventories, adjustments } = this.#collections;
    const { id, productId: _id, delta, event, ...rest } = adjustment;
    return this.#inTransaction(async ({ session }) => {
      const before = await inventories.findOne({ _id, retired: { $exists: false } }, { session });
      if (!before) return undefined;
      const { available, sequence } = adjust(toInventory(before), delta);
      await inventories.updateOne({ _id }, { $set: { available, sequence } }, { session });
      await adjustments.insertOne({ _id: id, productId: _id, delta, ...rest, sequence }, { session });
      if (before.available > 0 !== available > 0) {
        await products.updateOne({ _id }, { $set: { inStock: available > 0 } }, { session });
      }
      const stock = toStock({ ...before, available, sequence });
      const record = recordOf(stock);
      if (record) await insertRecord(this.#database, record, session);
      if (event) await insertEvent(this.#database, event, session);
      return stock;
    });
  }

  async applyCommands(commands: readonly StockCommand[]): Promise<readonly StockResult[]> {
    return this.#inTransaction((scope) => applyInTransaction(scope, commands));
  }

  ping(): Promise<void> {
    return this.#database.ping();
  }

  #inTransaction<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
    return this.#database.transaction((session) => work({ collections: this.#collections, session }));
  }
}

async function refusingTakenSku<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    // Ids are made for this product alone: the sku is all that another one can have.
    throw duplicateKey(error) ? skuTaken(error) : error;
  }
}
