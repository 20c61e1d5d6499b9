import { expect, test } from "bun:test";
import postgres from "postgres";

import { LateFault } from "./deadline.ts";
import {
  checkViolation,
  isConflict,
  isConnectionLost,
  isRefusal,
  isUnavailable,
  uniqueViolation,
} from "./postgres_faults.ts";

/** An error as the server sends it. */
function serverError(code: string, severity = "ERROR", constraint?: string): Error {
  return Object.assign(new postgres.PostgresError("told by the server"), {
    code,
    severity,
    constraint_name: constraint,
  });
}

function driverError(code: string): Error {
  return Object.assign(new Error("told by the driver"), { code });
}

test.each([
  ["a statement timeout", serverError("57014"), true, false],
  ["a full disk", serverError("53100"), true, false],
  ["a write to a standby", serverError("25006"), true, true],
  ["a shutdown", serverError("57P01", "FATAL"), true, true],
  ["too many connections", serverError("53300", "FATAL"), true, true],
  ["a syntax error", serverError("42601"), false, false],
  ["a deadlock", serverError("40P01"), false, false],
  ["a connection closed", driverError("CONNECTION_CLOSED"), true, true],
  ["a socket reset", driverError("ECONNRESET"), true, true],
  ["a deadline passed", new LateFault("late"), true, true],
  ["a fault of the program", new TypeError("no"), false, false],
  ["no error at all", "57014", false, false],
])("%s", (_name, error, unavailable, lost) => {
  expect([isUnavailable(error), isConnectionLost(error)]).toEqual([unavailable, lost]);
});

test("isRefusal() is true where trying again cannot help", () => {
  expect(
    [serverError("28P01"), serverError("3D000"), serverError("57P03"), driverError("ECONNREFUSED")].map(isRefusal),
  ).toEqual([true, true, false, false]);
});

test("isConflict() is true for what the server rolled back because of others", () => {
  expect([serverError("40001"), serverError("40P01"), serverError("23505")].map(isConflict)).toEqual([
    true,
    true,
    false,
  ]);
});

test("a violation is told apart by its state", () => {
  const unique = serverError("23505", "ERROR", "products_sku_key");
  expect([uniqueViolation(unique), checkViolation(unique)]).toEqual(["products_sku_key", undefined]);
});
