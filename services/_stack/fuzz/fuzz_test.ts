/** The parts of the fuzzer that decide what is right: values that fit, requests that don't, answers that may be given. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { OPERATIONS, operationOf } from "../../../openapi/conformance/document.ts";
import { schemaFaults } from "../../../openapi/conformance/response_check.ts";
import { plant } from "../mutants/mutant.ts";
import { ROOT } from "../paths.ts";
import { expectationOf } from "./expectation.ts";
import { Knowledge, UsedValues } from "./knowledge.ts";
import { MUTANTS } from "./mutants.ts";
import { bodySchemaOf, parametersOf } from "./plan.ts";
import type { FuzzRequest } from "./request.ts";
import { rightValues, wrongValues } from "./schema_values.ts";
import { validityOf } from "./validity.ts";

const ID = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601";
const OTHER_ID = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be602";
const SAMPLES = 30;
const schemas = OPERATIONS.flatMap((operation) => {
  const body = bodySchemaOf(operation);
  return [...parametersOf(operation).map(({ schema }) => schema), ...(body === undefined ? [] : [body])];
});

describe.each([...new Set(schemas)])("values of %s", (pointer) => {
  test("are right, and wrong where they shall be", () => {
    const right = fc.sample(rightValues(pointer), { numRuns: SAMPLES, seed: 1 });
    expect(right.flatMap((value) => schemaFaults(pointer, value))).toEqual([]);
    const wrong = fc.sample(wrongValues(pointer), { numRuns: SAMPLES, seed: 1 });
    expect(wrong.filter((value) => schemaFaults(pointer, value).length > 0).length).toBeGreaterThan(0);
  });
});

test.each([
  ["an unknown query name", { search: "surprise=1" }],
  ["a query name that comes twice", { search: "limit=1&limit=2" }],
  ["what is no percent-encoding", { search: "cursor=%ff" }],
  ["an integer that is not written as one", { search: "limit=05" }],
])("validityOf() finds %s", (_, { search }) => {
  expect(validityOf(request({ operation: operationOf("listOrders"), search })).faults).toHaveLength(1);
});

test("validityOf() finds nothing in what the contract takes", () => {
  const { faults } = validityOf(request({ operation: operationOf("listOrders"), search: "limit=5&status=pending" }));
  expect(faults).toEqual([]);
});

test("validityOf() finds a body that is wrong, another media type, and a form that has a parameter twice", () => {
  const operation = operationOf("createOrder");
  const [text, mediaType] = ['{"items":[]}', "text/plain"];
  const wrong = validityOf(request({ operation, text, mediaType }));
  expect(wrong.isOtherMediaType).toBeTrue();
  expect(wrong.faults.length).toBeGreaterThan(0);
  const form = { operation: operationOf("revokeToken"), mediaType: "application/x-www-form-urlencoded" };
  expect(validityOf(request({ ...form, text: "token=a" })).faults).toEqual([]);
  expect(validityOf(request({ ...form, text: "token=a&token=b" })).faults).toHaveLength(1);
});

test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
  "the planted bug fits the sources: %s",
  (_, mutant) => {
    expect(() => plant(readFileSync(join(ROOT, mutant.file), "utf8"), mutant)).not.toThrow();
  },
);

describe("expectationOf()", () => {
  const operation = operationOf("getOrder");
  const knowledge = new Knowledge(new UsedValues());
  knowledge.things.set(ID, { owner: "ada", version: 2, status: "confirmed", isThere: true });
  const accepts = (change: Partial<FuzzRequest>, status: number, code?: string): boolean =>
    expectationOf(request({ operation, params: { orderId: ID }, ...change }), knowledge).accepts({ status, code });

  test("takes an answer to the owner, and no refusal", () => {
    expect(accepts({}, 200)).toBeTrue();
    expect(accepts({}, 404, "not-found")).toBeFalse();
    expect(accepts({}, 400, "invalid-request")).toBeFalse();
  });

  test("takes a refusal of somebody else, and no answer", () => {
    const sender = { authorization: "Bearer b", id: "bob" };
    expect(accepts({ sender }, 200)).toBeFalse();
    expect(accepts({ sender }, 404, "not-found")).toBeTrue();
    expect(accepts({ sender, role: "admin" }, 200)).toBeTrue();
  });

  test("takes nothing but 401 without a token, and nothing but 400 for what is invalid", () => {
    expect(accepts({ role: "anonymous" }, 401, "unauthorized")).toBeTrue();
    expect(accepts({ role: "anonymous" }, 200)).toBeFalse();
    expect(accepts({ search: "surprise=1" }, 400, "invalid-request")).toBeTrue();
    expect(accepts({ search: "surprise=1" }, 200)).toBeFalse();
  });

  test("takes a conflict only where the version is another one", () => {
    const edit = { operation: operationOf("replaceOrder"), mediaType: "application/json" };
    const move = (version: number): string => JSON.stringify({ version, status: "cancelled" });
    expect(accepts({ ...edit, text: move(1) }, 409, "version-conflict")).toBeTrue();
    expect(accepts({ ...edit, text: move(2) }, 409, "version-conflict")).toBeFalse();
  });

  test("takes nothing of what was deleted", () => {
    knowledge.things.set(OTHER_ID, { owner: "ada", version: 1, status: "confirmed", isThere: false });
    expect(accepts({ params: { orderId: OTHER_ID } }, 200)).toBeFalse();
    expect(accepts({ params: { orderId: OTHER_ID } }, 404, "not-found")).toBeTrue();
  });
});

function request(change: Partial<FuzzRequest>): FuzzRequest {
  const sender = { authorization: "Bearer a", id: "ada" };
  const nothing = { params: {}, query: {}, search: "", headers: {}, mediaType: undefined, text: undefined };
  return { operation: operationOf("getOrder"), role: "customer", sender, path: "/", ...nothing, ...change };
}
