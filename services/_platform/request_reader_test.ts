import { expect, test } from "bun:test";
import type { Input } from "#contract";
import { createTestService, ID, PRODUCT, send, type TestRequest } from "./service_fixture.ts";

const seen: { list?: Input<"listProducts">; create?: Input<"createProduct">; get?: Input<"getProduct"> } = {};
const products = createTestService("product-management", {
  listProducts: (input) => {
    seen.list = input;
    return { status: 200, body: { items: [], nextCursor: null } };
  },
  createProduct: (input) => {
    seen.create = input;
    return { status: 201, headers: { location: `/products/${ID}`, etag: '"1"' }, body: PRODUCT };
  },
  getProduct: (input) => {
    seen.get = input;
    return { status: 200, headers: { "cache-control": "no-cache", etag: '"1"' }, body: PRODUCT };
  },
  updateProduct: () => ({ status: 200, headers: { etag: '"2"' }, body: { ...PRODUCT, version: 2 } }),
  deleteProduct: () => ({ status: 204 }),
});
const orders = createTestService("order-processing", {});

const LAMP = { sku: "LAMP-1", name: "Desk lamp", price: { amount: 4900, currency: "USD" } };

async function faultsOf(path: string, request?: TestRequest, service = products): Promise<unknown> {
  const { status, json, headers } = await send(service, path, request);
  expect({ status, code: json.code, type: headers.get("content-type") }).toEqual({
    status: 400,
    code: "invalid-request",
    type: "application/problem+json",
  });
  return json.errors;
}

function create(json: unknown): TestRequest {
  return { json, token: "customer" };
}

test("a handler gets typed values with the contract's defaults", async () => {
  await send(products, "/products?limit=7&inStock=false&minPrice=0&currency=USD&q=a+b%26c%20d&tag=%C3%A9");
  expect<unknown>(seen.list?.query).toEqual({
    limit: 7,
    inStock: false,
    minPrice: 0,
    currency: "USD",
    q: "a b&c d",
    tag: "é",
    status: "active",
    sort: "-createdAt",
  });
  await send(products, "/products?");
  expect<unknown>(seen.list?.query).toEqual({ limit: 20, status: "active", sort: "-createdAt" });

  await send(products, "/products", { ...create(LAMP), headers: { "idempotency-key": "k" } });
  expect<unknown>(seen.create?.body).toEqual({ ...LAMP, description: "", status: "active", tags: [], stock: 0 });
  expect(seen.create?.headers).toEqual({ "idempotency-key": "k" });
  expect(seen.create?.caller).toEqual({ kind: "user", id: ID, roles: ["customer"] });

  await send(products, `/products/${ID}`);
  expect(seen.get).toMatchObject({ params: { productId: ID }, query: {}, headers: {} });
  expect(seen.get?.caller).toBeUndefined();
});

test("defaults of one request are not seen by another", async () => {
  await send(products, "/products", create(LAMP));
  seen.create?.body.tags.push("changed");
  await send(products, "/products", create(LAMP));
  expect(seen.create?.body.tags).toEqual([]);
});

test("a query name that is not known, comes twice or is not text is a fault", async () => {
  expect(await faultsOf("/products?limit=1&limit=1&colour=red&q=%zz&%E4=1&a/b~c=1")).toEqual([
    { in: "query", pointer: "#/limit", detail: "is given more than once" },
    { in: "query", pointer: "#/colour", detail: "is not known here" },
    { in: "query", pointer: "#/q", detail: "is not valid percent-encoding" },
    { in: "query", pointer: "#/", detail: "is not known here" },
    { in: "query", pointer: "#/a~1b~0c", detail: "is not known here" },
  ]);
  for (const name of ["__proto__", "constructor", "toString", "Limit"]) {
    expect(await faultsOf(`/products?${name}=1`)).toHaveLength(1);
  }
  // An operation without a query refuses one as well, also one that changes something.
  expect(await faultsOf(`/products/${ID}?force=true`, { method: "DELETE", token: "customer" })).toHaveLength(1);
});

test("numbers and booleans of a query are written in one way only", async () => {
  for (const limit of ["", " 5", "5 ", "+5", "05", "5.0", "1e1", "0x5", "five", "0", "101", "9".repeat(30), "NaN"]) {
    expect(await faultsOf(`/products?limit=${encodeURIComponent(limit)}`)).toEqual([
      expect.objectContaining({ in: "query", pointer: "#/limit" }),
    ]);
  }
  for (const inStock of ["", "1", "TRUE", "yes", "null"]) {
    expect(await faultsOf(`/products?inStock=${inStock}`)).toEqual([
      { in: "query", pointer: "#/inStock", detail: "must be boolean" },
    ]);
  }
});

test("a query of many names makes a short answer", async () => {
  const names = Array.from({ length: 3000 }, (_, at) => `n${at}=1`).join("&");
  expect(await faultsOf(`/products?${names}`)).toHaveLength(100);
});

test("faults of path, query, header and body are told together", async () => {
  const request = { json: { version: 0 }, token: "customer", headers: { "if-match": "7" }, method: "PUT" };
  const faults = await faultsOf("/products/lamp?x=1", request);
  const places = (faults as { in: string }[]).map((fault) => fault.in);
  expect([...new Set(places)]).toEqual(["path", "query", "header", "body"]);
});

test("a path parameter that is no id is a fault, however it is written", async () => {
  for (const id of ["lamp", "%zz", ID.toUpperCase(), `${ID}%00`, "a%2Fb", "%F0%9F%98%80"]) {
    const faults = await faultsOf(`/products/${id}`);
    expect(faults).toContainEqual(expect.objectContaining({ in: "path", pointer: "#/productId" }));
  }
});

test("a header is checked; headers that are not declared pass", async () => {
  expect(await faultsOf(`/products/${ID}`, { headers: { "if-none-match": "7" } })).toEqual([
    expect.objectContaining({ in: "header", pointer: "#/if-none-match" }),
  ]);
  const { status } = await send(products, `/products/${ID}`, {
    headers: { "x-odd": "1", "if-none-match": 'W/"1", "2"' },
  });
  expect(status).toBe(200);
});

test("all faults of a body are told, by their place and without its values", async () => {
  const body = { ...LAMP, sku: "secret sku", price: { amount: "4900", currency: "usd" }, tags: ["a", "a"], stok: 1 };
  const { json, text } = await send(products, "/products", create(body));
  expect(json.errors).toEqual([
    { in: "body", pointer: "#/stok", detail: "is not known here" },
    { in: "body", pointer: "#/sku", detail: expect.stringContaining("must match pattern") },
    { in: "body", pointer: "#/price/amount", detail: "must be integer" },
    { in: "body", pointer: "#/price/currency", detail: expect.stringContaining("must match pattern") },
    { in: "body", pointer: "#/tags", detail: expect.stringContaining("must NOT have duplicate items") },
  ]);
  expect(json.detail).toBe("The request does not match the contract in 5 places");
  expect(text).not.toContain("secret");
  expect(await faultsOf("/products", create({ sku: "A" }))).toEqual([
    { in: "body", pointer: "#/name", detail: "is required" },
    { in: "body", pointer: "#/price", detail: "is required" },
  ]);
  const wrongStatus = { ...LAMP, status: "sold", description: null };
  expect(await faultsOf("/products", create(wrongStatus))).toEqual([
    { in: "body", pointer: "#/description", detail: "must be string" },
    { in: "body", pointer: "#/status", detail: "must be one of draft, active, archived" },
  ]);
});

test("lengths count characters", async () => {
  const status = async (name: string) => (await send(products, "/products", create({ ...LAMP, name }))).status;
  expect(await status("😀".repeat(200))).toBe(201);
  expect(await faultsOf("/products", create({ ...LAMP, name: "😀".repeat(201) }))).toEqual([
    { in: "body", pointer: "#/name", detail: "must have at most 200 characters" },
  ]);
  expect(await faultsOf("/products", create({ ...LAMP, name: "" }))).toContainEqual({
    in: "body",
    pointer: "#/name",
    detail: "must have at least 1 characters",
  });
});

test("names of members can't reach the prototype or blow up the answer", async () => {
  const body = `{"sku":"A","name":"a","price":{"amount":1,"currency":"USD"},"__proto__":{"stock":5},"${"x".repeat(2000)}":1}`;
  const request = { body, token: "customer", headers: { "content-type": "application/json" } };
  const faults = (await faultsOf("/products", request)) as { pointer: string }[];
  expect(faults.map(({ pointer }) => pointer.slice(0, 12))).toEqual(["#/__proto__", "#/xxxxxxxxxx"]);
  expect(JSON.stringify(faults).length).toBeLessThan(600);
  expect({}).not.toHaveProperty("stock");
});

test("of a large body only the first fault is told, and it costs little", async () => {
  const tags = Array.from({ length: 100_000 }, () => 1);
  const startedMs = performance.now();
  expect(await faultsOf("/products", create({ ...LAMP, tags }))).toEqual([
    { in: "body", pointer: "#/tags", detail: "must NOT have more than 20 items" },
  ]);
  expect(performance.now() - startedMs).toBeLessThan(1000);
});

test("no text makes a pattern run for long", async () => {
  const startedMs = performance.now();
  for (const text of [`${"x".repeat(200_000)}\u0001`, `${" ".repeat(9000)}\u0001`, `${"x".repeat(9000)}\u0001`]) {
    await faultsOf("/products", create({ ...LAMP, name: text, sku: text, description: text, tags: [text] }));
  }
  expect(performance.now() - startedMs).toBeLessThan(1000);
});

test("of alternatives, the faults of the one that fits best are told", async () => {
  const put = async (json: unknown) => faultsOf(`/orders/${ID}`, { method: "PUT", json, token: "customer" }, orders);
  expect(await put({ version: 2, status: "sold" })).toEqual([
    { in: "body", pointer: "#/status", detail: "must be one of cancelled, fulfilled" },
  ]);
  const address = { name: "Ada", line1: "1 High St", city: "London", postalCode: "N1", country: "GB" };
  expect(await put({ version: 2, items: [{ productId: ID, quantity: 0 }], shippingAddress: address })).toEqual([
    { in: "body", pointer: "#/items/0/quantity", detail: "must be >= 1" },
  ]);
});

test("a body that is missing, empty or no JSON is a fault", async () => {
  const headers = { "content-type": "application/json" };
  const told = async (body: BodyInit | undefined) =>
    faultsOf("/products", { method: "POST", token: "customer", headers, ...(body !== undefined && { body }) });
  expect(await told(undefined)).toEqual([{ in: "body", pointer: "#", detail: "is required" }]);
  expect(await told("")).toEqual([{ in: "body", pointer: "#", detail: "is required" }]);
  for (const body of ["{", "{'sku':1}", "undefined", '{"a":1}x', "[".repeat(500_000)]) {
    expect(await told(body)).toEqual([{ in: "body", pointer: "#", detail: "is not valid JSON" }]);
  }
  for (const body of ["null", "1", '"x"', "[]"]) {
    expect(await told(body)).toEqual([{ in: "body", pointer: "#", detail: "must be object" }]);
  }
  expect(await faultsOf("/products", { method: "POST", token: "customer" })).toEqual([
    { in: "body", pointer: "#", detail: "is required" },
  ]);
});

test("a body that is not UTF-8 is a fault, whether its length was declared or not", async () => {
  const json = JSON.stringify(LAMP);
  const damaged = Buffer.concat([Buffer.from(json.slice(0, 8)), Buffer.from([0xe9]), Buffer.from(json.slice(9))]);
  const whole = Buffer.from(JSON.stringify({ ...LAMP, name: "replaced \ufffd" }));
  const base = { "content-type": "application/json" };
  for (const declared of [true, false]) {
    const headersOf = (bytes: Buffer) => ({ ...base, ...(declared && { "content-length": `${bytes.length}` }) });
    expect(await faultsOf("/products", { token: "customer", headers: headersOf(damaged), body: damaged })).toEqual([
      { in: "body", pointer: "#", detail: "is not valid UTF-8" },
    ]);
    const { status } = await send(products, "/products", { token: "customer", headers: headersOf(whole), body: whole });
    expect(status).toBe(201);
  }
});

test("another media type is 415 with the one that is taken", async () => {
  const statusOf = async (type: string, method = "POST", path = "/products") => {
    const headers = type === "" ? new Headers() : { "content-type": type };
    const {
      status,
      headers: got,
      json,
    } = await send(products, path, {
      method,
      token: "customer",
      headers: Object.fromEntries(new Headers(headers)),
      body: Buffer.from(JSON.stringify(method === "POST" ? LAMP : { version: 1 })),
    });
    return [status, got.get("accept"), json.code];
  };
  const refused = [415, "application/json", "unsupported-media-type"];
  for (const type of [
    "text/plain",
    "application/jsonp",
    "application/merge-patch+json",
    "application/json; charset=latin1",
    "",
  ]) {
    expect(await statusOf(type)).toEqual(refused);
  }
  for (const type of [
    "application/json",
    "Application/JSON",
    "application/json; charset=UTF-8",
    'application/json;charset="utf-8"',
  ]) {
    expect(await statusOf(type)).toEqual([201, null, undefined]);
  }
  const path = `/products/${ID}`;
  expect(await statusOf("application/merge-patch+json", "PATCH", path)).toEqual([200, null, undefined]);
  expect(await statusOf("application/json", "PATCH", path)).toEqual([415, "application/merge-patch+json", refused[2]]);
});

test("a body with a content coding is 415", async () => {
  const headers = { "content-type": "application/json", "content-encoding": "gzip" };
  const body = Bun.gzipSync(JSON.stringify(LAMP));
  const reply = await send(products, "/products", { token: "customer", headers, body });
  expect([reply.status, reply.headers.get("accept-encoding")]).toEqual([415, "identity"]);
});

test("a body of more than 1 MiB is 413; one of exactly that is read", async () => {
  const room = 1_048_576 - JSON.stringify({ ...LAMP, description: "" }).length;
  for (const declared of [true, false]) {
    for (const [length, status] of [
      [room, 400],
      [room + 1, 413],
    ] as const) {
      const body = JSON.stringify({ ...LAMP, description: "x".repeat(length) });
      const headers = { "content-type": "application/json", ...(declared && { "content-length": `${body.length}` }) };
      const reply = await send(products, "/products", { token: "customer", headers, body });
      expect(reply.status).toBe(status);
      if (status === 413) expect(reply.json.code).toBe("content-too-large");
    }
  }
});

test("a stream without an end is not read to its end", async () => {
  let given = 0;
  const body = new ReadableStream({
    pull(controller) {
      given += 65_536;
      controller.enqueue(new Uint8Array(65_536));
    },
  });
  const reply = await send(products, "/products", {
    token: "customer",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(reply.status).toBe(413);
  expect(given).toBeLessThan(4 * 1_048_576);
});
