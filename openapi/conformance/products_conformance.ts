/** One product: creating, reading, changing and deleting it. */
import { randomUUID } from "node:crypto";
import type { Schema } from "#contract";
import { aProduct, expect, productFields, replacementOf, stockOf, test } from "./fixtures.ts";

test("createProduct gives the caller a product at version 1", async ({ api, seller }) => {
  const fields = productFields({ tags: ["lighting", "office"], status: "draft" });
  const { body: product, headers } = await api.answers(201, "createProduct", { as: seller, body: fields });
  const { stock, ...content } = fields;
  expect(product).toMatchObject({ ...content, ownerId: seller.id, version: 1 });
  expect(product.updatedAt).toBe(product.createdAt);
  expect(headers.location).toBe(`/products/${product.id}`);
  expect(headers.etag).toBe('"1"');
});

test("createProduct fills in what may be left out", async ({ api, seller }) => {
  const { sku, name, price } = productFields();
  const { body: product } = await api.answers(201, "createProduct", { as: seller, body: { sku, name, price } });
  expect(product).toMatchObject({ description: "", status: "active", tags: [] });
  expect(await stockOf(api, product)).toMatchObject({ available: 0, reserved: 0, sold: 0 });
});

test("createProduct takes a sku once", async ({ api, seller, stranger }) => {
  const { sku } = await aProduct(api, seller);
  await api.refuses("sku-taken", "createProduct", { as: stranger, body: productFields({ sku }) });
});

test("createProduct refuses what is no product, and says where", async ({ api, seller }) => {
  const wrong: readonly (readonly [string, object])[] = [
    ["#/name", { name: " " }],
    ["#/sku", { sku: "no spaces" }],
    ["#/price/amount", { price: { amount: -1, currency: "USD" } }],
    ["#/price/amount", { price: { amount: 0.5, currency: "USD" } }],
    ["#/price/amount", { price: { amount: "5", currency: "USD" } }],
    ["#/price/amount", { price: { amount: 2 ** 53, currency: "USD" } }],
    ["#/price/currency", { price: { amount: 5, currency: "usd" } }],
    ["#/tags", { tags: ["twice", "twice"] }],
    ["#/status", { status: "sold" }],
    ["#/stock", { stock: -1 }],
    ["#/ownerId", { ownerId: randomUUID() }],
  ];
  for (const [pointer, fields] of wrong) {
    const { body } = await api.refuses("invalid-request", "createProduct", {
      as: seller,
      body: { ...productFields(), ...fields },
    });
    expect(body.errors).toEqual([{ in: "body", pointer, detail: expect.any(String) }]);
  }
});

test("getProduct shows an active product to everybody", async ({ api, seller, stranger }) => {
  const product = await aProduct(api, seller);
  const params = { productId: product.id };
  const { body, headers } = await api.answers(200, "getProduct", { params });
  expect(body).toEqual(product);
  expect(headers.etag).toBe('"1"');
  expect((await api.answers(200, "getProduct", { params, as: stranger })).body).toEqual(product);
});

test("getProduct shows a draft and an archived product to the owner and to admins only", async ({
  api,
  seller,
  stranger,
  admin,
}) => {
  for (const status of ["draft", "archived"] as const) {
    const product = await aProduct(api, seller, { status });
    const params = { productId: product.id };
    for (const as of [seller, admin]) {
      const { body, headers } = await api.answers(200, "getProduct", { params, as });
      expect(body).toEqual(product);
      expect(headers["cache-control"]).toBe("private, no-cache");
    }
    await api.refuses("not-found", "getProduct", { params });
    await api.refuses("not-found", "getProduct", { params, as: stranger });
    await api.refuses("not-found", "getProductStock", { params });
  }
});

test("getProduct answers 304 to a caller who holds the current version", async ({ api, seller }) => {
  const product = await aProduct(api, seller);
  const read = (tags: string) => ({ params: { productId: product.id }, headers: { "if-none-match": tags } });
  for (const tags of ['"1"', 'W/"1"', '"0", "1"', "*"]) {
    const { headers } = await api.answers(304, "getProduct", read(tags));
    expect(headers.etag).toBe('"1"');
  }
  await api.answers(200, "getProduct", read('"2"'));
});

test("getProduct adds the live stock on request, and then nothing may be stored", async ({ api, seller }) => {
  const product = await aProduct(api, seller, { stock: 7 });
  const { body, headers } = await api.answers(200, "getProduct", {
    params: { productId: product.id },
    query: { expand: "stock" },
    headers: { "if-none-match": '"1"' },
  });
  expect(body).toEqual({
    ...product,
    stock: { productId: product.id, available: 7, reserved: 0, sold: 0, sequence: 1 },
  });
  expect(headers.etag).toBeUndefined();
  expect(headers["cache-control"]).toBe("no-store");
});

test("replaceProduct replaces all that can be edited, at the version that was read", async ({ api, seller }) => {
  const product = await aProduct(api, seller);
  const body: Schema<"ProductReplacement"> = {
    ...replacementOf(product),
    name: "Floor lamp",
    description: "",
    price: { amount: 9900, currency: "EUR" },
    tags: ["floor"],
  };
  const { body: after, headers } = await api.answers(200, "replaceProduct", {
    as: seller,
    params: { productId: product.id },
    body,
  });
  expect(after).toEqual({ ...product, ...body, version: 2, updatedAt: after.updatedAt });
  expect(headers.etag).toBe('"2"');
  expect((await api.answers(200, "getProduct", { params: { productId: product.id } })).body).toEqual(after);
});

test("replaceProduct refuses another version, and tells the current one", async ({ api, seller }) => {
  const product = await aProduct(api, seller);
  const edit = { as: seller, params: { productId: product.id }, body: replacementOf(product) };
  await api.answers(200, "replaceProduct", edit);
  expect((await api.refuses("version-conflict", "replaceProduct", edit)).body.currentVersion).toBe(2);
  const ahead = { ...edit, body: { ...edit.body, version: 3 } };
  expect((await api.refuses("version-conflict", "replaceProduct", ahead)).body.currentVersion).toBe(2);
});

test("replaceProduct needs every field", async ({ api, seller }) => {
  const product = await aProduct(api, seller);
  const { description, ...rest } = replacementOf(product);
  const { body } = await api.refuses("invalid-request", "replaceProduct", {
    as: seller,
    params: { productId: product.id },
    body: rest,
  });
  expect(body.errors).toMatchObject([{ in: "body", pointer: "#/description" }]);
});

test("updateProduct changes what it names and keeps the rest", async ({ api, seller }) => {
  const product = await aProduct(api, seller);
  const { body: after, headers } = await api.answers(200, "updateProduct", {
    as: seller,
    params: { productId: product.id },
    body: { version: 1, price: { amount: 1 }, tags: [] },
  });
  expect(after).toEqual({
    ...product,
    price: { amount: 1, currency: "USD" },
    tags: [],
    version: 2,
    updatedAt: after.updatedAt,
  });
  expect(headers.etag).toBe('"2"');
});

test("updateProduct removes nothing: null is refused", async ({ api, seller }) => {
  const product = await aProduct(api, seller);
  const { body } = await api.refuses("invalid-request", "updateProduct", {
    as: seller,
    params: { productId: product.id },
    body: { version: 1, description: null },
  });
  expect(body.errors).toMatchObject([{ in: "body", pointer: "#/description" }]);
});

test("updateProduct refuses another version, and tells the current one", async ({ api, seller }) => {
  const product = await aProduct(api, seller);
  const edit = { as: seller, params: { productId: product.id }, body: { version: 1, name: "Lamp" } };
  await api.answers(200, "updateProduct", edit);
  expect((await api.refuses("version-conflict", "updateProduct", edit)).body.currentVersion).toBe(2);
});

test("an edit can't take the sku of another product", async ({ api, seller }) => {
  const { sku } = await aProduct(api, seller);
  const product = await aProduct(api, seller);
  const call = { as: seller, params: { productId: product.id } };
  await api.refuses("sku-taken", "replaceProduct", { ...call, body: { ...replacementOf(product), sku } });
  await api.refuses("sku-taken", "updateProduct", { ...call, body: { version: 1, sku } });
});

test("If-Match is tested first, then the version in the body", async ({ api, seller }) => {
  const product = await aProduct(api, seller);
  const call = { as: seller, params: { productId: product.id } };
  await api.answers(200, "updateProduct", { ...call, body: { version: 1, name: "Lamp" } });
  const stale = { "if-match": '"1"' };
  const current = { "if-match": '"2"' };
  const replacement = replacementOf(product);
  const patch = { version: 1, name: "Lantern" };

  for (const [operation, body] of [
    ["replaceProduct", replacement],
    ["updateProduct", patch],
  ] as const) {
    const failed = await api.refuses("precondition-failed", operation, { ...call, headers: stale, body });
    expect(failed.body.currentVersion).toBe(2);
    await api.refuses("version-conflict", operation, { ...call, headers: current, body });
  }
  await api.answers(200, "updateProduct", { ...call, headers: current, body: { ...patch, version: 2 } });
});

test("If-Match takes one strong tag", async ({ api, seller }) => {
  const product = await aProduct(api, seller);
  for (const tag of ["1", 'W/"1"', '"1", "2"', "*"]) {
    const { body } = await api.refuses("invalid-request", "deleteProduct", {
      as: seller,
      params: { productId: product.id },
      headers: { "if-match": tag },
    });
    expect(body.errors).toMatchObject([{ in: "header", pointer: "#/if-match" }]);
  }
});

test("only the owner and admins change and delete a product", async ({ api, seller, stranger, admin }) => {
  const product = await aProduct(api, seller);
  const params = { productId: product.id };
  const change = { params, body: { version: 1, name: "Mine now" } };
  await api.refuses("forbidden", "updateProduct", { ...change, as: stranger });
  await api.refuses("forbidden", "replaceProduct", { params, body: replacementOf(product), as: stranger });
  await api.refuses("forbidden", "deleteProduct", { params, as: stranger });
  const { body: after } = await api.answers(200, "updateProduct", { ...change, as: admin });
  expect(after.ownerId).toBe(seller.id);
  await api.answers(204, "deleteProduct", { params, as: admin });
});

test("a draft is not there for a stranger who would change it", async ({ api, seller, stranger }) => {
  const product = await aProduct(api, seller, { status: "draft" });
  const call = { as: stranger, params: { productId: product.id } };
  await api.refuses("not-found", "updateProduct", { ...call, body: { version: 1, name: "Mine now" } });
  await api.refuses("not-found", "replaceProduct", { ...call, body: replacementOf(product) });
  await api.refuses("not-found", "deleteProduct", call);
});

test("deleteProduct takes the product away from everybody", async ({ api, seller, admin }) => {
  const product = await aProduct(api, seller);
  const params = { productId: product.id };
  const failed = await api.refuses("precondition-failed", "deleteProduct", {
    as: seller,
    params,
    headers: { "if-match": '"2"' },
  });
  expect(failed.body.currentVersion).toBe(1);
  await api.answers(204, "deleteProduct", { as: seller, params, headers: { "if-match": '"1"' } });
  for (const as of [seller, admin]) {
    await api.refuses("not-found", "getProduct", { as, params });
    await api.refuses("not-found", "deleteProduct", { as, params });
  }
  await api.refuses("not-found", "getProductStock", { params });
});
