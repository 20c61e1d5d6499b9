/** What product-management asks of its database. Every adapter promises what `contract.ts` tests. */
import type { Schema } from "#contract";
import type { AuditEvent, AuditStore } from "#platform/audit.ts";
import type { IdempotencyRecord, IdempotencyStore } from "#platform/idempotency.ts";
import { Problem } from "#platform/problem.ts";
import type { Product, Stock } from "../product.ts";
import type { ProductListing, ProductPosition } from "../product_listing.ts";
import type { StockCommand, StockResult } from "../stock.ts";

/** A change of the units of a product, before it is made. */
export interface Adjustment {
  readonly id: string;
  readonly productId: string;
  readonly delta: number;
  readonly reason: Schema<"StockChangeReason">;
  readonly note?: string;
  /** Who makes it. */
  readonly adjustedBy: string;
  readonly createdAt: Date;
  /** Committed with it. */
  readonly event?: AuditEvent | undefined;
}

/** What is recorded as the reason of the units that a product began with; the contract has no way to ask for it. */
export const INITIAL_REASON = "initial";

/** What is inserted together with a product. */
export interface InsertOptions {
  /** Units available at the start; recorded as an adjustment, unless it is 0. */
  readonly stock: number;
  /** The id of that adjustment. */
  readonly adjustmentId: string;
  /** Committed with the product. */
  readonly record?: IdempotencyRecord | undefined;
  readonly event?: AuditEvent | undefined;
}

/** What is deleted, and told of it. */
export interface DeleteOptions {
  readonly version?: number | undefined;
  readonly event?: AuditEvent | undefined;
}

/** The books of a product's stock. */
export type StockBooks = Schema<"StockBooks">;

/** Which products to audit. */
export interface AuditRange {
  /** These; all of them, if not given. */
  readonly productIds?: readonly string[] | undefined;
  /** Only those whose id is greater. */
  readonly afterProductId?: string | undefined;
  readonly limit: number;
}

/** Entries of a product that an audit tells at most: more are not held at once, unless something is very wrong. */
export const AUDITED_HOLDS_MAX = 1000;

/** Which part of a list to read. */
export interface PageOptions {
  /** How many products at most. */
  readonly limit: number;
  /** The position of the product before; from the beginning, if not given. */
  readonly after?: ProductPosition | undefined;
}

/**
 * Products, their stock and the replies to idempotent requests. Every method takes effect as a whole or not at all.
 *
 * @throws {Problem} `service-unavailable` from every method if the database does not answer in time; whether a write took effect is then
 *   unknown.
 */
export interface ProductStore {
  /** @throws {Problem} `sku-taken` @throws {KeyTaken} if there is another record with the key. */
  insert(product: Product, options: InsertOptions): Promise<void>;

  find(id: string): Promise<Product | undefined>;

  /** Names sort by code point, equal values by id; products that come or go meanwhile don't move the others. */
  list(listing: ProductListing, options: PageOptions): Promise<Product[]>;

  /** The counts of products that are not deleted, by their ids. */
  stocks(ids: readonly string[]): Promise<ReadonlyMap<string, Stock>>;

  /**
   * Replaces a product by its next version, in one atomic write that tests the version.
   *
   * @param event Committed with it.
   * @returns False if `before` is no longer the current version: then nothing was written.
   * @throws {Problem} `sku-taken`
   */
  replace(before: Product, after: Product, event?: AuditEvent): Promise<boolean>;

  /**
   * Deletes a product and frees its sku. Its inventory can't be ordered from any more and is kept until no entry of an order is left.
   *
   * @param options The version: deletes this one only, if given. The event is committed with it.
   * @returns False if there is no such product, or its version is another one.
   */
  delete(id: string, options?: DeleteOptions): Promise<boolean>;

  /**
   * Changes the units of a product and records why.
   *
   * @param recordOf Makes the record to commit with it, if any, from the counts right after the change.
   * @returns The counts right after the change; undefined if there is no such product.
   * @throws {Problem} `insufficient-stock` @throws {KeyTaken} if there is another record with the key.
   */
  adjust(adjustment: Adjustment, recordOf: (stock: Stock) => IdempotencyRecord | undefined): Promise<Stock | undefined>;

  /**
   * Applies commands in their order, as `stock.ts` has it; one that is refused does not stop the others.
   *
   * @returns A result for each command, in the same order.
   */
  applyCommands(commands: readonly StockCommand[]): Promise<readonly StockResult[]>;

  /**
   * The counts of products, deleted ones with an inventory included, and what they should add up to: each product's as of one moment.
   *
   * @returns By product id.
   */
  audit(range: AuditRange): Promise<StockBooks[]>;

  /** Who did what to products and their stock. */
  readonly trail: AuditStore;

  /** Replies to idempotent requests that had no effect, and all of them to read. */
  readonly idempotency: IdempotencyStore;

  /** Whether the database answers, for a readiness probe. */
  ping(): Promise<void>;
}

/** What applies stock commands: a store, or groups in front of it. */
export type StockCommander = Pick<ProductStore, "applyCommands">;

/** The problem that another product has the sku. */
export function skuTaken(cause: unknown): Problem {
  return new Problem("sku-taken", "Another product has this sku", { cause });
}
