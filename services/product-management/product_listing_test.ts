import { expect, test } from "bun:test";
import type { Input, UserCaller } from "#contract";
import type { Product } from "./product.ts";
import { isPositionIn, listingFor, positionOf } from "./product_listing.ts";

const OWNER: UserCaller = { kind: "user", id: "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11", roles: ["customer"] };
const OTHER: UserCaller = { ...OWNER, id: "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a12" };
const ADMIN: UserCaller = { ...OTHER, id: "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a13", roles: ["admin"] };

type Query = Input<"listProducts">["query"];
const ALL: Query = { status: "active", sort: "-createdAt", limit: 20 };

function codeOf(work: () => unknown): unknown {
  try {
    work();
    return "allowed";
  } catch (error) {
    return (error as { code?: unknown }).code; // compared by the caller
  }
}

test("prices without a currency are refused, and the refusal names what is missing", () => {
  for (const query of [{ sort: "price" }, { sort: "-price" }, { minPrice: 0 }, { maxPrice: 5 }] as const) {
    expect(() => listingFor({ ...ALL, ...query }, ADMIN)).toThrow(
      expect.objectContaining({
        code: "invalid-request",
        extras: { errors: [expect.objectContaining({ in: "query", pointer: "#/currency" })] },
      }),
    );
    expect(listingFor({ ...ALL, ...query, currency: "USD" }, undefined)).toMatchObject({ ...query, currency: "USD" });
  }
  expect(codeOf(() => listingFor({ ...ALL, minPrice: 9, maxPrice: 1, currency: "USD" }, undefined))).toBe("allowed");
});

test("who does not sign in lists active products only", () => {
  expect(listingFor({ ...ALL, ownerId: OTHER.id }, undefined)).toMatchObject({ status: "active", ownerId: OTHER.id });
  for (const status of ["draft", "archived"] as const) {
    expect(codeOf(() => listingFor({ ...ALL, status }, undefined))).toBe("unauthorized");
  }
});

test("a user lists their own drafts, an admin everybody's", () => {
  const drafts: Query = { ...ALL, status: "draft" };
  expect(listingFor(drafts, OWNER)?.ownerId).toBe(OWNER.id);
  expect(listingFor({ ...drafts, ownerId: OWNER.id }, OWNER)?.ownerId).toBe(OWNER.id);
  expect(listingFor({ ...drafts, ownerId: OTHER.id }, OWNER)).toBeUndefined();
  expect(listingFor(drafts, ADMIN)?.ownerId).toBeUndefined();
  expect(listingFor({ ...drafts, ownerId: OWNER.id }, ADMIN)?.ownerId).toBe(OWNER.id);
});

test("a search is split into the words it asks for", () => {
  expect(listingFor({ ...ALL, q: "Desk LAMP!" }, undefined)?.words).toEqual(["desk", "lamp"]);
  expect(listingFor(ALL, undefined)?.words).toEqual([]);
});

test("a position is that of the order, and nothing else is taken for one", () => {
  const id = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601";
  const lamp = { id, name: "Lamp 😀", price: { amount: 5, currency: "USD" } } as Product; // all that is sorted by
  for (const sort of ["-createdAt", "price", "-price", "name"] as const) {
    expect(isPositionIn(sort)(positionOf(lamp, sort))).toBe(true);
    for (const odd of [[], [id], [null, null], [true, id], [null, "x"], [null, id, 1], null, {}, "x"]) {
      expect(isPositionIn(sort)(odd)).toBe(false);
    }
  }
  for (const odd of [1, "\ud800", "a\0b"]) expect(isPositionIn("name")([odd, id])).toBe(false);
  for (const odd of ["1", 1.5, Number.NaN, null]) expect(isPositionIn("price")([odd, id])).toBe(false);
  expect(isPositionIn("-createdAt")([1, id])).toBe(false);
});
