import { expect, test } from "bun:test";
import { operationsOf } from "./contract_document.ts";
import type { Endpoint } from "./endpoint.ts";
import { announceEnd } from "./lifecycle.ts";
import { IncomingContext } from "./request_context.ts";
import { ORIGINS } from "./service_fixture.ts";

const REQUEST = new Request(ORIGINS["product-management"]);
const ENDPOINT: Endpoint = {
  id: "getProduct",
  method: "GET",
  path: "/products/{productId}",
  detail: {},
  answer: () => ({ status: 200, headers: { etag: '"1"' } }),
  recover: () => ({ status: 404 }),
};
const DEPRECATED = { deprecated: true, "x-deprecated-since": "2026-12-01", "x-sunset": "2027-07-01" };
const HEADERS = { deprecation: "@1796083200", sunset: "Thu, 01 Jul 2027 00:00:00 GMT" };

test("every answer of a deprecated operation says since when it is, and from when on it may be gone", async () => {
  const { answer, recover } = announceEnd(ENDPOINT, DEPRECATED);
  const context = new IncomingContext(REQUEST, () => "");
  expect(await answer(REQUEST, {}, context)).toEqual({ status: 200, headers: { etag: '"1"', ...HEADERS } });
  expect(recover(new Error("lost"), REQUEST)).toEqual({ status: 404, headers: HEADERS });
});

test("other operations stay as they are", () => {
  expect(announceEnd(ENDPOINT, {})).toBe(ENDPOINT);
});

test("a deprecated operation must have its days", () => {
  const { "x-sunset": _, ...rest } = DEPRECATED;
  expect(() => announceEnd(ENDPOINT, rest)).toThrow("without x-sunset");
});

test("the days of the contract's own deprecated operations can be told", () => {
  const specs = (["user-authentication", "product-management", "order-processing"] as const).flatMap(operationsOf);
  for (const { detail } of specs) expect(() => announceEnd(ENDPOINT, detail)).not.toThrow();
});
