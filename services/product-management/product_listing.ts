/** Which products a list shows to whom, in which order, and where its next page begins. */
import type { Input } from "#contract";
import { Problem } from "#platform/problem.ts";
import { isAdmin, type Product, type ProductStatus, type Reader } from "./product.ts";
import { queryWords } from "./search_words.ts";

/** Which products to list, in which order. */
export interface ProductListing {
  readonly status: ProductStatus;
  readonly sort: ProductSort;
  /** Each begins a word of the product. */
  readonly words: readonly string[];
  readonly ownerId?: string | undefined;
  readonly tag?: string | undefined;
  /** Always there with a price in `sort`, `minPrice` or `maxPrice`. */
  readonly currency?: string | undefined;
  readonly minPrice?: number | undefined;
  readonly maxPrice?: number | undefined;
  readonly inStock?: boolean | undefined;
}

export type ProductSort = "-createdAt" | "price" | "-price" | "name";

/**
 * What a reader gets to see of what they ask for.
 *
 * @returns Undefined if there is nothing that they may see.
 * @throws {Problem} `invalid-request` for prices without currency, `unauthorized` for anything but active products without signing in.
 */
export function listingFor(query: Input<"listProducts">["query"], reader: Reader): ProductListing | undefined {
  const { q, sort, status, ownerId, tag, currency, minPrice, maxPrice, inStock } = query;
  checkCurrency(query);
  const listing = { sort, status, words: queryWords(q ?? ""), tag, currency, minPrice, maxPrice, inStock };
  if (status === "active" || (reader && isAdmin(reader))) return { ...listing, ownerId };
  if (!reader) throw signInNeeded(status);
  return ownerId === undefined || ownerId === reader.id ? { ...listing, ownerId: reader.id } : undefined;
}

/** Where a page ended: the sort value of its last product (null where the id is all that is sorted by) and its id. */
export type ProductPosition = readonly [value: string | number | null, id: string];

/** The place of a product in a list of this order. */
export function positionOf({ id, name, price }: Product, sort: ProductSort): ProductPosition {
  if (sort === "-createdAt") return [null, id]; // ids are made in the order of time
  return [sort === "name" ? name : price.amount, id];
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Tells whether a value that somebody sent is a place in a list of this order. */
export function isPositionIn(sort: ProductSort): (value: unknown) => value is ProductPosition {
  return (value): value is ProductPosition => {
    if (!Array.isArray(value) || value.length !== 2) return false;
    const [key, id]: unknown[] = value;
    if (typeof id !== "string" || !ID.test(id)) return false;
    if (sort === "-createdAt") return key === null;
    if (sort !== "name") return Number.isSafeInteger(key);
    return typeof key === "string" && key.isWellFormed() && !key.includes("\0");
  };
}

/** Amounts of different currencies can't be compared. */
function checkCurrency({ sort, currency, minPrice, maxPrice }: Input<"listProducts">["query"]): void {
  if (currency !== undefined) return;
  const asked = [
    ...(sort === "price" || sort === "-price" ? [`sort=${sort}`] : []),
    ...(minPrice === undefined ? [] : ["minPrice"]),
    ...(maxPrice === undefined ? [] : ["maxPrice"]),
  ];
  if (asked.length === 0) return;
  throw new Problem("invalid-request", "Prices are compared within one currency only", {
    errors: [{ in: "query", pointer: "#/currency", detail: `is required with ${asked.join(" and ")}` }],
  });
}

function signInNeeded(status: ProductStatus): Problem {
  return new Problem("unauthorized", `Listing ${status} products needs an access token`, {
    headers: { "www-authenticate": 'Bearer realm="tradepost"' },
  });
}
