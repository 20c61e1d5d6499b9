import { expect, test } from "bun:test";
import type { UserCaller } from "#contract";
import {
  checkSeen,
  editable,
  merged,
  newProduct,
  nextVersion,
  type Product,
  type ProductContent,
  readable,
} from "./product.ts";

const OWNER: UserCaller = { kind: "user", id: "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11", roles: ["customer"] };
const OTHER: UserCaller = { ...OWNER, id: "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a12" };
const ADMIN: UserCaller = { ...OTHER, id: "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a13", roles: ["admin"] };
const CONTENT: ProductContent = {
  sku: "LAMP-1",
  name: "Desk lamp",
  description: "A lamp.",
  price: { amount: 4900, currency: "USD" },
  status: "active",
  tags: ["office"],
};
const NOW = new Date("2026-11-23T10:16:02.000Z");
const LATER = new Date("2026-11-23T11:00:00.000Z");
const LAMP = newProduct(CONTENT, { id: "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601", ownerId: OWNER.id, now: NOW });
const DRAFT: Product = { ...LAMP, status: "draft" };
const ARCHIVED: Product = { ...LAMP, status: "archived" };

function codeOf(work: () => unknown): unknown {
  try {
    work();
    return "allowed";
  } catch (error) {
    return (error as { code?: unknown }).code; // compared by the caller
  }
}

test("a new product is at version 1 and has its content, its owner and its time", () => {
  expect(LAMP).toEqual({
    ...CONTENT,
    id: "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
    ownerId: OWNER.id,
    version: 1,
    createdAt: "2026-11-23T10:16:02.000Z",
    updatedAt: "2026-11-23T10:16:02.000Z",
  });
});

test("the next version keeps what is not content", () => {
  const next = nextVersion(LAMP, { ...CONTENT, name: "Lamp" }, LATER);
  expect(next).toEqual({ ...LAMP, name: "Lamp", version: 2, updatedAt: "2026-11-23T11:00:00.000Z" });
});

test("nothing but content comes from a caller's body", () => {
  const body = { ...CONTENT, version: 7, stock: 3, ownerId: OTHER.id };
  expect(newProduct(body, { id: LAMP.id, ownerId: OWNER.id, now: NOW })).toEqual(LAMP);
  expect(nextVersion(LAMP, body, NOW)).toEqual({ ...LAMP, version: 2 });
});

test("a merge patch changes what it names, in the price as well, and replaces lists", () => {
  expect(merged(LAMP, { version: 1 })).toEqual(CONTENT);
  expect(merged(LAMP, { version: 1, name: "Lamp", tags: [], price: { amount: 1 } })).toEqual({
    ...CONTENT,
    name: "Lamp",
    tags: [],
    price: { amount: 1, currency: "USD" },
  });
});

test.each([
  ["active", LAMP, undefined, "allowed", "forbidden"],
  ["active", LAMP, OTHER, "allowed", "forbidden"],
  ["active", LAMP, OWNER, "allowed", "allowed"],
  ["active", LAMP, ADMIN, "allowed", "allowed"],
  ["draft", DRAFT, undefined, "not-found", "not-found"],
  ["draft", DRAFT, OTHER, "not-found", "not-found"],
  ["draft", DRAFT, OWNER, "allowed", "allowed"],
  ["draft", DRAFT, ADMIN, "allowed", "allowed"],
  ["archived", ARCHIVED, OTHER, "not-found", "not-found"],
  ["archived", ARCHIVED, OWNER, "allowed", "allowed"],
  ["absent", undefined, ADMIN, "not-found", "not-found"],
] as const)("%s product %#: who may read and who may edit it", (_, product, caller, reading, editing) => {
  expect(codeOf(() => readable(product, caller))).toBe(reading);
  if (caller) expect(codeOf(() => editable(product, caller))).toBe(editing);
});

test("If-Match is tested before the version in the body", () => {
  const current = { ...LAMP, version: 3 };
  const outcomes = [
    { ifMatch: undefined },
    { ifMatch: '"3"' },
    { ifMatch: '"3"', version: 3 },
    { ifMatch: undefined, version: 2 },
    { ifMatch: '"2"', version: 2 },
    { ifMatch: '"3"', version: 2 },
    { ifMatch: '"4"', version: 3 },
  ].map((seen) => codeOf(() => checkSeen(current, seen)));
  const expected = ["allowed", "allowed", "allowed", "version-conflict"];
  expect(outcomes).toEqual([...expected, "precondition-failed", "version-conflict", "precondition-failed"]);
  expect(() => checkSeen(current, { ifMatch: undefined, version: 2 })).toThrow(
    expect.objectContaining({ extras: { currentVersion: 3 } }),
  );
});
