/** Products and commands for the contract tests of stores. */
import type { Product } from "../product.ts";
import type { ProductListing } from "../product_listing.ts";
import type { StockCommand, StockResult } from "../stock.ts";
import type { ProductStore, StockCommander } from "./mod.ts";

/** Makes a store with a database of its own. */
export type CreateStore = () => Promise<ProductStore>;

let made = 0;

export function newId(): string {
  return Bun.randomUUIDv7();
}

/** A product with an id, an owner and a sku of its own. */
export function makeProduct(change: Partial<Product> = {}): Product {
  made++;
  return {
    id: newId(),
    sku: `SKU-${made}`,
    name: `Product ${made}`,
    description: "A thing",
    price: { amount: 1000, currency: "USD" },
    status: "active",
    tags: [],
    ownerId: newId(),
    version: 1,
    createdAt: "2026-11-23T10:16:02.123Z",
    updatedAt: "2026-11-23T10:16:02.123Z",
    ...change,
  };
}

/** Inserts a product of {@link makeProduct} with this stock. */
export async function insertProduct(store: ProductStore, stock = 0, change: Partial<Product> = {}): Promise<Product> {
  const product = makeProduct(change);
  await store.insert(product, { stock, adjustmentId: newId() });
  return product;
}

/** The next version of a product. */
export function edited(product: Product, change: Partial<Product> = {}): Product {
  return { ...product, version: product.version + 1, updatedAt: "2026-11-23T11:00:00.456Z", ...change };
}

export function listingOf(change: Partial<ProductListing> = {}): ProductListing {
  return { status: "active", sort: "-createdAt", words: [], ...change };
}

export function soon(): string {
  return new Date(Date.now() + 600_000).toISOString();
}

/** A command for one unit and a new order, unless told otherwise. */
export function commandFor(productId: string, change: Partial<StockCommand> = {}): StockCommand {
  return { command: "reserve", orderId: newId(), revision: 1, productId, quantity: 1, notAfter: soon(), ...change };
}

export async function applyOne(commander: StockCommander, command: StockCommand): Promise<StockResult> {
  const [result] = await commander.applyCommands([command]);
  if (result) return result;
  throw new Error("There is no result for the command");
}

/** `available reserved sold` of a product. */
export async function countsOf(store: ProductStore, productId: string): Promise<string> {
  const stock = (await store.stocks([productId])).get(productId);
  return stock ? `${stock.available} ${stock.reserved} ${stock.sold}` : "none";
}

/** Does something many times at once. */
export function atOnce<T>(times: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => work(index)));
}

/** How many of each there are. */
export function tally(values: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
}
