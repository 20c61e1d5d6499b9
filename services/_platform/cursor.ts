import { canonicalJson } from "./canonical_json.ts";
import { Problem } from "./problem.ts";

/** The query of a list: a page size, a place to go on from, and what decides which items come in which order. */
export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Enough to tell a cursor that was damaged or belongs to another list; it is no secret and keeps nobody from making one. */
const CHECK_LENGTH = 12;

/**
 * Writes where a list goes on: the sort values of the last item that was given. It holds for the same filters and order only.
 *
 * @param position What JSON has; a store compares by it, so it ends with something unique.
 */
export function encodeCursor(query: ListQuery, position: readonly unknown[]): string {
  const text = JSON.stringify(position);
  return Buffer.from(checkOf(query, text) + text).toString("base64url");
}

/**
 * Reads where a list goes on; undefined at its beginning.
 *
 * @param isPosition Proves what the store will be given: anybody can write a cursor.
 * @throws {Problem} `invalid-request` for a cursor that was not made for these filters and this order.
 */
export function decodeCursor<Position>(
  query: ListQuery,
  isPosition: (value: unknown) => value is Position,
): Position | undefined {
  if (query.cursor === undefined) return undefined;
  const decoded = Buffer.from(query.cursor, "base64url").toString();
  const text = decoded.slice(CHECK_LENGTH);
  if (decoded.slice(0, CHECK_LENGTH) !== checkOf(query, text)) throw invalidCursor();
  const position = parse(text);
  if (!isPosition(position)) throw invalidCursor();
  return position;
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The place of an item in a list that is sorted by its id alone: ids are made in the order of time. */
export type IdPosition = readonly [id: string];

/** Tells whether a value that somebody sent is a place in a list that is sorted by the id. */
export function isIdPosition(value: unknown): value is IdPosition {
  return Array.isArray(value) && value.length === 1 && typeof value[0] === "string" && ID.test(value[0]);
}

/**
 * The `Link` header to the next page, with the filters and order of this one; undefined on the last page.
 *
 * @param path The path of the list, such as `/products`.
 * @see {@link https://www.rfc-editor.org/rfc/rfc8288 | RFC 8288}
 */
export function linkToNext(path: string, query: ListQuery, nextCursor: string | null): string | undefined {
  if (nextCursor === null) return undefined;
  const entries = Object.entries({ ...query, cursor: nextCursor }).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(entries.map(([name, value]) => [name, String(value)]));
  return `<${path}?${search}>; rel="next"`;
}

/** A page of a list, as it is answered. */
export interface Page<Item> {
  readonly headers: { readonly link?: string };
  readonly body: { items: Item[]; nextCursor: string | null };
}

/** What a page is made of. */
export interface PageOptions<Item> {
  /** The path of the list, such as `/products`. */
  readonly path: string;
  readonly query: ListQuery;
  /** Up to one item more than the page may have: it tells whether there is a next page. */
  readonly found: readonly Item[];
  /** Where an item is in the order of the list. */
  readonly positionOf: (item: Item) => readonly unknown[];
}

/** Makes the page, the cursor of the next one and the `Link` to it. */
export function toPage<Item>({ path, query, found, positionOf }: PageOptions<Item>): Page<Item> {
  const items = found.slice(0, query.limit);
  const last = found.length > items.length ? items.at(-1) : undefined;
  const nextCursor = last === undefined ? null : encodeCursor(query, positionOf(last));
  const link = linkToNext(path, query, nextCursor);
  return { headers: link === undefined ? {} : { link }, body: { items, nextCursor } };
}

/** Depends on all but the size and the place of the page. */
function checkOf(query: ListQuery, text: string): string {
  const filters = { ...query, limit: undefined, cursor: undefined };
  const hash = new Bun.CryptoHasher("sha256").update(canonicalJson(filters)).update(text);
  return hash.digest("hex").slice(0, CHECK_LENGTH);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalidCursor(): Problem {
  return new Problem("invalid-request", "The cursor is not one of this list with these filters and this order", {
    errors: [{ in: "query", pointer: "#/cursor", detail: "is not a nextCursor of this list" }],
  });
}
