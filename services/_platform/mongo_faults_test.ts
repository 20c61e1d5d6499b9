import { expect, test } from "bun:test";
import {
  MongoError,
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
} from "mongodb";

import { LateFault } from "./deadline.ts";
import {
  duplicateKey,
  isInvalidDocument,
  isRefusal,
  isTransient,
  isUnavailable,
  isUnknownCommit,
} from "./mongo_faults.ts";

/** An error as the server sends it. */
function serverError(code: number, ...errorLabels: string[]): MongoServerError {
  return new MongoServerError({ message: "told by the server", code, errorLabels });
}

function poolTimeout(): MongoError {
  const error = new MongoError("Timed out while checking out a connection from connection pool");
  Object.defineProperty(error, "name", { value: "MongoWaitQueueTimeoutError" });
  return error;
}

test.each([
  ["a stepdown", serverError(10_107), true],
  ["a shutdown", serverError(91), true],
  ["a write conflict", serverError(112), true],
  ["a write concern that timed out", serverError(64), true],
  ["a label that says try again", serverError(1, "RetryableWriteError"), true],
  ["a network fault", new MongoNetworkError("reset"), true],
  // The driver reads nothing else of the topology it is given here.
  ["no primary", new MongoServerSelectionError("none", { servers: new Map() } as never), true],
  ["no connection in time", poolTimeout(), true],
  ["a deadline passed", new LateFault("late"), true],
  ["a duplicate key", serverError(11_000), false],
  ["an invalid document", serverError(121), false],
  ["a wrong call of the driver", new MongoInvalidArgumentError("no"), false],
  ["a fault of the program", new TypeError("no"), false],
])("%s", (_name, error, unavailable) => {
  expect(isUnavailable(error)).toBe(unavailable);
});

test("a transaction runs again after a conflict, by code or by label", () => {
  const errors = [serverError(112), serverError(1, "TransientTransactionError"), serverError(121), new Error("no")];
  expect(errors.map(isTransient)).toEqual([true, true, false, false]);
  expect([serverError(1, "UnknownTransactionCommitResult"), serverError(112)].map(isUnknownCommit)).toEqual([
    true,
    false,
  ]);
});

test("a refused login is told apart", () => {
  expect([serverError(18), serverError(13), new MongoNetworkError("reset")].map(isRefusal)).toEqual([
    true,
    false,
    false,
  ]);
});

test("duplicateKey() and isInvalidDocument() go by the code; keyPattern may be missing", () => {
  const told = new MongoServerError({ message: "", code: 11_000, keyPattern: { sku: 1 } });
  expect([duplicateKey(told), duplicateKey(serverError(11_000)), duplicateKey(serverError(121))]).toEqual([
    { keyPattern: { sku: 1 } },
    { keyPattern: undefined },
    undefined,
  ]);
  expect([isInvalidDocument(serverError(121)), isInvalidDocument(told)]).toEqual([true, false]);
});
