import { expect, test } from "bun:test";
import { decodeCursor, encodeCursor, linkToNext, toPage } from "./cursor.ts";

const QUERY = { limit: 20, sort: "name", q: "läst & 1" };
const POSITION = ["名前 😀", "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601"];
const REFUSED = expect.objectContaining({
  code: "invalid-request",
  extras: { errors: [expect.objectContaining({ in: "query", pointer: "#/cursor" })] },
});

function isPosition(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((it) => typeof it === "string");
}

test("a cursor leads back to its position, with another page size too", () => {
  const cursor = encodeCursor(QUERY, POSITION);
  expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
  expect<unknown>(decodeCursor({ ...QUERY, cursor }, isPosition)).toEqual(POSITION);
  expect<unknown>(decodeCursor({ ...QUERY, limit: 1, cursor }, isPosition)).toEqual(POSITION);
  expect(decodeCursor(QUERY, isPosition)).toBeUndefined();
});

test("a cursor does not hold for other filters or another order", () => {
  const cursor = encodeCursor(QUERY, POSITION);
  for (const change of [{ sort: "-name" }, { q: "last" }, { q: undefined }, { tag: "x" }]) {
    expect(() => decodeCursor({ ...QUERY, ...change, cursor }, isPosition)).toThrow(REFUSED);
  }
});

test("a cursor that was changed or made up is refused", () => {
  const cursor = encodeCursor(QUERY, POSITION);
  for (let at = 0; at < cursor.length - 1; at += 5) {
    const changed = cursor.slice(0, at) + (cursor[at] === "A" ? "B" : "A") + cursor.slice(at + 1);
    expect(() => decodeCursor({ ...QUERY, cursor: changed }, isPosition)).toThrow(REFUSED);
  }
  for (const made of ["A", "AAAA", cursor.slice(0, -4), "_".repeat(1024), encodeCursor(QUERY, [1, 2])]) {
    expect(() => decodeCursor({ ...QUERY, cursor: made }, isPosition)).toThrow(REFUSED);
  }
});

test("the longest name fits into the contract's cursor", () => {
  const cursor = encodeCursor(QUERY, ["😀".repeat(200), POSITION[1]]);
  expect(cursor.length).toBeLessThanOrEqual(2048);
});

test("linkToNext keeps the query", () => {
  const link = linkToNext("/products", { ...QUERY, cursor: "old" }, "new") ?? "";
  const [, url = ""] = /^<(.*)>; rel="next"$/.exec(link) ?? [];
  expect(Object.fromEntries(new URL(url, "http://localhost").searchParams)).toEqual({
    limit: "20",
    sort: "name",
    q: "läst & 1",
    cursor: "new",
  });
  expect(linkToNext("/products", QUERY, null)).toBeUndefined();
});

test("toPage() answers what fits, and where the next page begins if there is more", () => {
  const query = { limit: 2 };
  const page = { path: "/lamps", query, positionOf: (id: number) => [id] };
  expect(toPage({ ...page, found: [9, 8] })).toEqual({ headers: {}, body: { items: [9, 8], nextCursor: null } });
  const { headers, body } = toPage({ ...page, found: [9, 8, 7] });
  const isPosition = (value: unknown): value is unknown[] => Array.isArray(value);
  expect(body.items).toEqual([9, 8]);
  expect(decodeCursor({ ...query, cursor: body.nextCursor! }, isPosition)).toEqual([8]);
  expect(headers.link).toBe(`</lamps?limit=2&cursor=${body.nextCursor}>; rel="next"`);
});
