import type { Postgres } from "#platform/postgres.ts";
import type { ProductListing, ProductPosition, ProductSort } from "../product_listing.ts";
import type { PageOptions } from "./mod.ts";
import { type Fragment, PRODUCT_COLUMNS } from "./postgres_rows.ts";

type Sql = Postgres["sql"];

/** The statement that reads one page of a list. Each order has an index that begins with what is asked for and ends with the id. */
export function listStatement(sql: Sql, listing: ProductListing, { limit, after }: PageOptions): Fragment {
  const { status, ownerId, tag, currency, minPrice, maxPrice, inStock, words, sort } = listing;
  const conditions = [
    sql`status = ${status}`,
    ...(ownerId === undefined ? [] : [sql`owner_id = ${ownerId}`]),
    ...(currency === undefined ? [] : [sql`currency = ${currency}`]),
    ...(minPrice === undefined ? [] : [sql`amount >= ${minPrice}`]),
    ...(maxPrice === undefined ? [] : [sql`amount <= ${maxPrice}`]),
    ...(inStock === undefined ? [] : [sql`in_stock = ${inStock}`]),
    ...(tag === undefined ? [] : [sql`tags @> ARRAY[${tag}]`]),
    ...(words.length === 0 ? [] : [sql`words @@ ${prefixQuery(words)}::text::tsquery`]),
    ...(after === undefined ? [] : [afterCondition(sql, sort, after)]),
  ];
  const chosen = sql`
    SELECT ${sql(PRODUCT_COLUMNS)} FROM products
    WHERE ${conditions.reduce((all, condition) => sql`${all} AND ${condition}`)}`;
  const page = sql`ORDER BY ${orderOf(sql, sort)} LIMIT ${limit}`;
  if (words.length === 0) return sql`${chosen} ${page}`;
  // The planner takes every beginning of a word for a frequent one, and would read the order's index until a page is full: to the end, for a rare
  // word. OFFSET keeps the two apart: first what is found by the words, then its order.
  return sql`SELECT * FROM (${chosen} OFFSET 0) AS found ${page}`;
}

function orderOf(sql: Sql, sort: ProductSort): Fragment {
  if (sort === "price") return sql`amount, id`;
  if (sort === "-price") return sql`amount DESC, id DESC`;
  return sort === "name" ? sql`name, id` : sql`id DESC`;
}

function afterCondition(sql: Sql, sort: ProductSort, [value, id]: ProductPosition): Fragment {
  if (sort === "price") return sql`(amount, id) > (${value}, ${id})`;
  if (sort === "-price") return sql`(amount, id) < (${value}, ${id})`;
  return sort === "name" ? sql`(name, id) > (${value}, ${id})` : sql`id < ${id}`;
}

/**
 * Each word as a quoted lexeme with `:*`. It is cast to `tsquery`, never given to `to_tsquery()`, which would split and drop words.
 *
 * @see {@link https://www.postgresql.org/docs/18/datatype-textsearch.html#DATATYPE-TSQUERY | tsquery}
 */
function prefixQuery(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("\\", "\\\\").replaceAll("'", "''")}':*`).join(" & ");
}
