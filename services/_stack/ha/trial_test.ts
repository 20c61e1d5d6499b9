import { expect, test } from "bun:test";
import { faultsOf } from "./trial.ts";

const QUIET = { requests: 100, failures: [], p50: 5, p99: 20 };
const ROLL = { isUnfelt: true, servesWithinMs: 10_000 };

test("a blow that nobody may feel must fail no request", () => {
  const load = { ...QUIET, failures: ["createOrder: ECONNRESET", "createOrder: ECONNRESET", "getProduct: 502"] };
  expect(faultsOf(ROLL, { load: QUIET, servedAfterMs: 300 })).toEqual([]);
  expect(faultsOf(ROLL, { load, servedAfterMs: 300 })).toEqual([
    "3 requests failed: createOrder: ECONNRESET; getProduct: 502",
  ]);
  expect(faultsOf({ ...ROLL, isUnfelt: false }, { load, servedAfterMs: 300 })).toEqual([]);
});

test("the system must serve again in time", () => {
  expect(faultsOf(ROLL, { load: QUIET, servedAfterMs: 10_001 })).toEqual(["it did not serve within 10 s"]);
  expect(faultsOf(ROLL, { load: QUIET, servedAfterMs: undefined })).toEqual(["it did not serve within 10 s"]);
});
