import { expect, test } from "bun:test";
import { type Books, checkBooks, commandEnding } from "./reconciliation.ts";

const HOLD = { orderId: "o1", revision: 1, quantity: 2 };
const BOOKS: Books = { productId: "p1", available: 5, reserved: 2, sold: 3, sequence: 7, adjusted: 10, held: [HOLD] };

test("books that add up have no difference", () => {
  expect(checkBooks(BOOKS, true)).toEqual([]);
});

test("units that were made or lost, and reservations of nobody, are told with both numbers", () => {
  expect(checkBooks({ ...BOOKS, available: 4 }, true)).toEqual([
    { kind: "counts", productId: "p1", expected: 10, found: 9 },
  ]);
  expect(checkBooks({ ...BOOKS, held: [] }, true)).toEqual([
    { kind: "reserved", productId: "p1", expected: 0, found: 2 },
  ]);
});

test("more holds than are told say nothing of the reserved units", () => {
  expect(checkBooks({ ...BOOKS, held: [] }, false)).toEqual([]);
});

test.each([
  [1, "confirmed", true, undefined, "consume"],
  [1, "fulfilled", true, undefined, "consume"],
  [1, "rejected", false, undefined, "release"],
  [1, "cancelled", false, undefined, "release"],
  [1, "cancelled", true, undefined, undefined],
  [1, "cancelled", true, "consume", "consume"],
  [2, "confirmed", true, undefined, undefined],
  [2, "confirmed", true, "release", "release"],
  [2, "confirmed", true, "consume", "consume"],
] as const)(
  "a hold under revision %d of an order that is %s (confirmed before: %p, told: %p) is ended by %p",
  (...row) => {
    const [revision, status, wasConfirmed, told, command] = row;
    expect(commandEnding(revision, { status, wasConfirmed, told })).toBe(command);
  },
);
