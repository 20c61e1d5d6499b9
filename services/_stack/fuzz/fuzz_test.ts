/** The parts of the fuzzer that decide what is right: values that fit, requests that don't, answers that may be given. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { OPERATIONS, operationOf } from "../../../openapi/conformance/document.ts";
import { schemaFaults } from "../../../openapi/conformance/response_check.ts";
import { plant } from "../mutants/mutant.ts";
import { ROOT } from "../paths.ts";
import { expectationOf, orderedIn } from "./expectation.ts";
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

test("orderedIn() adds up the units of each product, and leaves out what is no quantity", () => {
  const units = (items: unknown): [string, number][] => [
    ...orderedIn(request({ operation: operationOf("createOrder"), text: JSON.stringify({ items }) })),
  ];
  const of = (productId: string, quantity: unknown) => ({ productId, quantity });
  expect(units([of("a", 2), of("b", 1), of("a", 3)])).toEqual([
    ["a", 5],
    ["b", 1],
  ]);
  expect(units([of("a", "x"), of("a", -1), of("a", 1e300), of("a", 0.5), null])).toEqual([]);
  expect([units("x"), units(undefined)]).toEqual([[], []]);
});

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

  test("takes a wrong password for one only where it is not the known one", () => {
    knowledge.accounts.register("ada", { email: "ada@example.com", password: "the one of ada" });
    const logIn = (email: string, password: string): boolean => {
      const change = { operation: operationOf("logIn"), mediaType: "application/json", params: {} };
      return accepts({ ...change, text: JSON.stringify({ email, password }) }, 401, "invalid-credentials");
    };
    expect(logIn("Ada@example.com", "the one of ada")).toBeFalse();
    expect(logIn("ada@example.com", "another")).toBeTrue();
    expect(logIn("bob@example.com", "the one of ada")).toBeTrue();

    const newPassword = "quiet lanterns over the harbour, again";
    const change = (currentPassword: string): boolean => {
      const request = { operation: operationOf("changePassword"), mediaType: "application/json", params: {} };
      return accepts({ ...request, text: JSON.stringify({ currentPassword, newPassword }) }, 403, "incorrect-password");
    };
    expect(change("the one of ada")).toBeFalse();
    expect(change("another")).toBeTrue();
    const deed = { operation: "changePassword", senderId: "ada", params: {}, status: 204, body: undefined } as const;
    knowledge.accounts.learn({ ...deed, sent: { newPassword } });
    expect([change("the one of ada"), change(newPassword)]).toEqual([true, false]);
  });

  test("takes a refusal of a refresh token only where something may have ended it", () => {
    const { accounts } = knowledge;
    const access_token = `h.${Buffer.from('{"sub":"ada","sid":"s1"}').toString("base64url")}.s`;
    const deed = { senderId: "ada", params: {}, sent: {}, status: 200, body: undefined } as const;
    const give = (refresh_token: string): void =>
      accounts.learn({ ...deed, operation: "logIn", body: { access_token, refresh_token } });
    const refuses = (refresh_token: string): boolean => {
      const change = { operation: operationOf("refreshTokens"), mediaType: "application/json", params: {} };
      return accepts({ ...change, text: JSON.stringify({ refresh_token }) }, 401, "invalid-refresh-token");
    };
    const [first, second] = ["a".repeat(43), "b".repeat(43)];
    give(first);
    expect([refuses(first), refuses(second)]).toEqual([false, true]);
    const body = { access_token, refresh_token: second };
    accounts.learn({ ...deed, operation: "refreshTokens", sent: { refresh_token: first }, body });
    expect([refuses(first), refuses(second)]).toEqual([true, false]);
    accounts.learn({ ...deed, operation: "refreshTokens", sent: { refresh_token: first }, status: 401 });
    expect(refuses(second)).toBeTrue();
    for (const [operation, change] of [
      ["logOut", { sent: { refresh_token: second } }],
      ["revokeToken", { sent: { token: second } }],
      ["endSession", { params: { sessionId: "s1" } }],
      ["endAllSessions", {}],
      ["changePassword", { sent: { newPassword: "x" } }],
      ["replaceUserRoles", { senderId: "root", params: { userId: "ada" } }],
    ] as const) {
      give(second);
      expect(refuses(second)).toBeFalse();
      accounts.learn({ ...deed, operation, ...change });
      expect([operation, refuses(second)]).toEqual([operation, true]);
    }
  });

  test("takes a lack of stock only where it is scarce, and a mixture only of currencies", () => {
    const [lamp, desk] = [ID, OTHER_ID];
    knowledge.wares.set(lamp, { currency: "USD", available: 3 });
    knowledge.wares.set(desk, { currency: "EUR", available: 1e9 });
    const shippingAddress = { name: "Ada", line1: "1", city: "London", postalCode: "SW1", country: "GB" };
    const order = (items: readonly [productId: string, quantity: number][], status: number, code: string): boolean => {
      const change = { operation: operationOf("createOrder"), mediaType: "application/json", params: {} };
      const body = { items: items.map(([productId, quantity]) => ({ productId, quantity })), shippingAddress };
      return accepts({ ...change, text: JSON.stringify(body) }, status, code);
    };
    expect(order([[lamp, 3]], 409, "out-of-stock")).toBeFalse();
    expect(order([[desk, 9]], 409, "out-of-stock")).toBeFalse();
    const twice = [
      [lamp, 2],
      [lamp, 2],
    ] as [string, number][];
    expect(order(twice, 409, "out-of-stock")).toBeTrue();
    expect(order(twice, 400, "mixed-currency")).toBeFalse();
    const mixed = [
      [lamp, 1],
      [desk, 1],
    ] as [string, number][];
    expect(order(mixed, 400, "mixed-currency")).toBeTrue();
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
