import { expect, test } from "bun:test";
import { operationOf } from "./document.ts";
import { faultsOf, faultsOutsideContract, type Received } from "./response_check.ts";

const PRODUCT = {
  id: "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
  sku: "LAMP-1",
  name: "Desk lamp",
  description: "",
  price: { amount: 4900, currency: "USD" },
  status: "active",
  tags: [],
  ownerId: "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
  version: 1,
  createdAt: "2026-11-23T10:16:02.000Z",
  updatedAt: "2026-11-23T10:16:02.000Z",
};
const MISSING = {
  type: "/problems/not-found",
  title: "Not found",
  status: 404,
  code: "not-found",
  detail: "There is no such product",
  instance: "/products/1",
};
const FOUND: Received = reply({ "cache-control": "private, no-cache", etag: '"1"' }, PRODUCT);

test("faultsOf() finds nothing wrong with what the contract documents", () => {
  expect(faultsOf(operationOf("getProduct"), FOUND)).toEqual([]);
  expect(faultsOf(operationOf("getProduct"), problem(404, MISSING))).toEqual([]);
  expect(faultsOf(operationOf("deleteProduct"), { status: 204, headers: FOUND.headers, text: "" })).toEqual([
    "there is a content-type without a body",
  ]);
});

test.each<[drift: string, received: Received, fault: string]>([
  ["an extra field", reply(FOUND.headers, { ...PRODUCT, secret: 1 }), "must NOT have additional properties"],
  ["a missing field", reply(FOUND.headers, { ...PRODUCT, sku: undefined }), "must have required property 'sku'"],
  ["a malformed header", reply({ ...FOUND.headers, etag: 'W/"1"' }, PRODUCT), "header ETag"],
  ["another status", { ...FOUND, status: 203 }, "status 203 is not documented"],
  [
    "another content type",
    reply({ ...FOUND.headers, "content-type": "text/html" }, PRODUCT),
    "content-type is text/html",
  ],
  ["a body that is not JSON", { ...FOUND, text: "{" }, "the body is not JSON"],
  ["a body where there is none", { ...FOUND, status: 304 }, "there is a body where none is documented"],
  ["no request id", reply({ ...FOUND.headers, "x-request-id": "" }, PRODUCT), "header x-request-id is missing"],
  ["a problem of another status", problem(404, { ...MISSING, status: 400 }), "that of HTTP is 404"],
  ["a problem of another operation", problem(404, { ...MISSING, code: "last-admin" }), "#/code"],
])("faultsOf() finds %s", (_, received, fault) => {
  expect(faultsOf(operationOf("getProduct"), received).join("\n")).toContain(fault);
});

test("faultsOf() finds a missing header that is required", () => {
  const { "cache-control": _, ...headers } = FOUND.headers;
  expect(faultsOf(operationOf("getProduct"), { ...FOUND, headers })).toEqual(["header Cache-Control is missing"]);
});

test("faultsOutsideContract() takes any problem of the contract, and nothing else for an error", () => {
  expect(faultsOutsideContract(problem(404, MISSING))).toEqual([]);
  expect(faultsOutsideContract(problem(404, { ...MISSING, code: "lost" }))).not.toEqual([]);
  expect(faultsOutsideContract(reply({ ...FOUND.headers, "content-type": "text/plain" }, "no", 404))).toHaveLength(1);
});

function reply(headers: Readonly<Record<string, string>>, body: unknown, status = 200): Received {
  const always = { "content-type": "application/json", "x-request-id": "r1" };
  return { status, headers: { ...always, ...headers }, text: JSON.stringify(body) };
}

function problem(status: number, body: object): Received {
  return reply({ "content-type": "application/problem+json" }, body, status);
}
