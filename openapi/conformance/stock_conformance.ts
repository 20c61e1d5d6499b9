/** The stock of a product: counts that sales and adjustments change, never the product itself. */
import { aProduct, expect, stockOf, test } from "./fixtures.ts";

test("getProductStock shows the counts to everybody, and nothing may be stored", async ({ api, seller }) => {
  const product = await aProduct(api, seller, { stock: 5 });
  const { body, headers } = await api.answers(200, "getProductStock", { params: { productId: product.id } });
  expect(body).toEqual({ productId: product.id, available: 5, reserved: 0, sold: 0, sequence: 1 });
  expect(headers["cache-control"]).toBe("no-store");
});

test("adjustProductStock adds and removes units, with a reason", async ({ api, seller }) => {
  const product = await aProduct(api, seller, { stock: 5 });
  const call = { as: seller, params: { productId: product.id } };
  const added = await api.answers(201, "adjustProductStock", {
    ...call,
    body: { delta: 20, reason: "received", note: "Delivery 4711" },
  });
  expect(added.body).toMatchObject({ productId: product.id, delta: 20, reason: "received", note: "Delivery 4711" });
  expect(added.body.stock).toMatchObject({ available: 25, sequence: 2 });
  const removed = await api.answers(201, "adjustProductStock", { ...call, body: { delta: -25, reason: "damaged" } });
  expect(removed.body.stock).toMatchObject({ available: 0, sequence: 3 });
  expect(removed.body).not.toHaveProperty("note");
  expect(await stockOf(api, product)).toEqual(removed.body.stock);
});

test("adjustProductStock removes no more than is available, and tells how much that is", async ({ api, seller }) => {
  const product = await aProduct(api, seller, { stock: 5 });
  const { body } = await api.refuses("insufficient-stock", "adjustProductStock", {
    as: seller,
    params: { productId: product.id },
    body: { delta: -6, reason: "lost" },
  });
  expect(body.available).toBe(5);
  expect(await stockOf(api, product)).toMatchObject({ available: 5, sequence: 1 });
});

test("adjustProductStock leaves the product's version alone", async ({ api, seller }) => {
  const product = await aProduct(api, seller);
  const params = { productId: product.id };
  await api.answers(201, "adjustProductStock", { as: seller, params, body: { delta: 1, reason: "returned" } });
  expect((await api.answers(200, "getProduct", { params })).body).toEqual(product);
});

test("adjustProductStock is for the owner and admins", async ({ api, seller, stranger, admin }) => {
  const product = await aProduct(api, seller, { stock: 1 });
  const call = { params: { productId: product.id }, body: { delta: 1, reason: "correction" } };
  await api.refuses("forbidden", "adjustProductStock", { ...call, as: stranger });
  await api.answers(201, "adjustProductStock", { ...call, as: admin });
  expect(await stockOf(api, product)).toMatchObject({ available: 2 });
});

test("adjustProductStock refuses a change of nothing and a reason that is none", async ({ api, seller }) => {
  const product = await aProduct(api, seller);
  const wrong = [
    ["#/delta", { delta: 0, reason: "received" }],
    ["#/delta", { delta: 1.5, reason: "received" }],
    ["#/reason", { delta: 1, reason: "found" }],
  ] as const;
  for (const [pointer, body] of wrong) {
    const refusal = await api.refuses("invalid-request", "adjustProductStock", {
      as: seller,
      params: { productId: product.id },
      body,
    });
    expect(refusal.body.errors).toMatchObject([{ in: "body", pointer }]);
  }
});
