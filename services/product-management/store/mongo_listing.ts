import type { Filter, Sort } from "mongodb";
import type { ProductListing, ProductPosition, ProductSort } from "../product_listing.ts";
import type { ProductDocument } from "./mongo_documents.ts";

/** One query of a list. */
export interface ListQuery {
  readonly filter: Filter<ProductDocument>;
  readonly sort: Sort;
  /** The index, by name: engines differ in what they find by themselves. */
  readonly hint: string;
}

/** Greater than any letter, mark or digit, which is all that words are made of. */
const LAST = "\u{10ffff}";

/**
 * The queries that make a list, one after the other: after a place there are first the products of the same value with a further id, then those
 * of further values. Each is a range of an index, which `$or` of both would not be.
 */
export function listQueries(listing: ProductListing, after: ProductPosition | undefined): ListQuery[] {
  const query = { sort: orderOf(listing.sort), hint: indexOf(listing) };
  return placesAfter(listing.sort, after).map((place) => ({
    ...query,
    filter: { $and: [...conditionsOf(listing), ...place] },
  }));
}

function conditionsOf(listing: ProductListing): Filter<ProductDocument>[] {
  const { status, ownerId, tag, currency, minPrice, maxPrice, inStock, words } = listing;
  return [
    { status },
    ...(ownerId === undefined ? [] : [{ ownerId }]),
    ...(currency === undefined ? [] : [{ "price.currency": currency }]),
    ...(minPrice === undefined ? [] : [{ "price.amount": { $gte: minPrice } }]),
    ...(maxPrice === undefined ? [] : [{ "price.amount": { $lte: maxPrice } }]),
    ...(inStock === undefined ? [] : [{ inStock }]),
    ...(tag === undefined ? [] : [{ tags: tag }]),
    // The longest one first: it is looked up in the index, the others in what is found there.
    ...words.toSorted((a, b) => b.length - a.length).map(beginsWith),
  ];
}

/** A range, not a pattern: some word of the product begins with this one. */
function beginsWith(word: string): Filter<ProductDocument> {
  return { words: { $elemMatch: { $gte: word, $lt: word + LAST } } };
}

function placesAfter(sort: ProductSort, after: ProductPosition | undefined): Filter<ProductDocument>[][] {
  if (after === undefined) return [[]];
  const [value, id] = after;
  if (sort === "-createdAt") return [[{ _id: { $lt: id } }]];
  const field = sort === "name" ? "name" : "price.amount";
  const beyond = sort === "-price" ? "$lt" : "$gt";
  return [[{ [field]: value }, { _id: { [beyond]: id } }], [{ [field]: { [beyond]: value } }]];
}

function orderOf(sort: ProductSort): Sort {
  if (sort === "price") return { "price.amount": 1, _id: 1 };
  if (sort === "-price") return { "price.amount": -1, _id: -1 };
  return sort === "name" ? { name: 1, _id: 1 } : { _id: -1 };
}

function indexOf({ words, tag, ownerId, sort }: ProductListing): string {
  if (words.length > 0) return "products_by_word";
  if (tag !== undefined) return "products_by_tag";
  const order = sort === "name" ? "name" : sort === "-createdAt" ? "age" : "price";
  return ownerId === undefined ? `products_by_${order}` : `products_by_owner_and_${order}`;
}
