/** Placing orders and reading them. */
import { randomUUID } from "node:crypto";
import { ADDRESS, anAccount, anOrder, aProduct, expect, orderOf, stockOf, test } from "./fixtures.ts";

test("createOrder confirms an order with a snapshot of its products, and takes their stock", async ({
  api,
  seller,
  customer,
}) => {
  const lamp = await aProduct(api, seller, { price: { amount: 4900, currency: "USD" } });
  const desk = await aProduct(api, seller, { name: "Desk", price: { amount: 25_000, currency: "USD" } });
  const { body: order, headers } = await api.answers(201, "createOrder", {
    as: customer,
    body: orderOf([lamp, 2], [desk, 1]),
  });
  expect(order).toMatchObject({
    customerId: customer.id,
    status: "confirmed",
    items: [
      { productId: lamp.id, sku: lamp.sku, name: lamp.name, quantity: 2, unitPrice: lamp.price },
      { productId: desk.id, sku: desk.sku, name: desk.name, quantity: 1, unitPrice: desk.price },
    ],
    total: { amount: 34_800, currency: "USD" },
    shippingAddress: ADDRESS,
  });
  expect(order.items.map(({ lineTotal }) => lineTotal?.amount)).toEqual([9800, 25_000]);
  expect(order.statusHistory.map(({ status }) => status)).toEqual(["pending", "confirmed"]);
  expect(headers.location).toBe(`/orders/${order.id}`);
  expect(headers.etag).toBe(`"${order.version}"`);
  await expect.poll(() => stockOf(api, lamp)).toMatchObject({ available: 8, reserved: 0, sold: 2 });
  await expect.poll(() => stockOf(api, desk)).toMatchObject({ available: 9, reserved: 0, sold: 1 });
});

test("createOrder gives each order a number of its own", async ({ api, seller, customer }) => {
  const lamp = await aProduct(api, seller);
  const orders = await Promise.all(Array.from({ length: 5 }, () => anOrder(api, customer, [lamp, 1])));
  expect(new Set(orders.map(({ number }) => number)).size).toBe(5);
});

test("createOrder merges equal products", async ({ api, seller, customer }) => {
  const lamp = await aProduct(api, seller);
  const desk = await aProduct(api, seller);
  const order = await anOrder(api, customer, [lamp, 1], [desk, 1], [lamp, 2]);
  expect(order.items.map(({ productId, quantity }) => [productId, quantity])).toEqual([
    [lamp.id, 3],
    [desk.id, 1],
  ]);
});

test("createOrder lists every product that is short, and takes nothing", async ({ api, seller, customer }) => {
  const full = await aProduct(api, seller);
  const short = await aProduct(api, seller, { stock: 1 });
  const empty = await aProduct(api, seller, { stock: 0 });
  const { body } = await api.refuses("out-of-stock", "createOrder", {
    as: customer,
    body: orderOf([full, 2], [short, 2], [empty, 1]),
  });
  const bySize = body.items.toSorted((a, b) => b.requested - a.requested);
  expect(bySize).toEqual([
    { productId: short.id, requested: 2, available: 1 },
    { productId: empty.id, requested: 1, available: 0 },
  ]);
  await expect.poll(() => stockOf(api, full)).toMatchObject({ available: 10, reserved: 0, sold: 0 });
});

test("createOrder lists every product that can't be bought, and takes nothing", async ({ api, seller, customer }) => {
  const lamp = await aProduct(api, seller);
  const draft = await aProduct(api, seller, { status: "draft" });
  const deleted = await aProduct(api, seller);
  const unknown = { id: randomUUID() };
  await api.answers(204, "deleteProduct", { as: seller, params: { productId: deleted.id } });
  const { body } = await api.refuses("product-unavailable", "createOrder", {
    as: customer,
    body: orderOf([lamp, 1], [draft, 1], [deleted, 1], [unknown, 1]),
  });
  expect(new Set(body.productIds)).toEqual(new Set([draft.id, deleted.id, unknown.id]));
  await expect.poll(() => stockOf(api, lamp)).toMatchObject({ available: 10, reserved: 0, sold: 0 });
});

test("createOrder refuses products of more than one currency, and takes nothing", async ({ api, seller, customer }) => {
  const dollars = await aProduct(api, seller);
  const euros = await aProduct(api, seller, { price: { amount: 1, currency: "EUR" } });
  await api.refuses("mixed-currency", "createOrder", { as: customer, body: orderOf([dollars, 1], [euros, 1]) });
  for (const product of [dollars, euros]) {
    await expect.poll(() => stockOf(api, product)).toMatchObject({ available: 10, reserved: 0, sold: 0 });
  }
});

test("createOrder refuses what is no order, and says where", async ({ api, seller, customer }) => {
  const lamp = await aProduct(api, seller);
  const order = orderOf([lamp, 1]);
  const wrong = [
    ["#/items", { ...order, items: [] }],
    ["#/items", { ...order, items: Array.from({ length: 101 }, () => ({ productId: randomUUID(), quantity: 1 })) }],
    ["#/items/0/quantity", orderOf([lamp, 0])],
    ["#/items/0/quantity", orderOf([lamp, 1001])],
    ["#/items/0/productId", orderOf([{ id: "lamp" }, 1])],
    ["#/items/0/unitPrice", { ...order, items: [{ productId: lamp.id, quantity: 1, unitPrice: { amount: 1 } }] }],
    ["#/shippingAddress/country", { ...order, shippingAddress: { ...ADDRESS, country: "USA" } }],
    ["#/customerId", { ...order, customerId: randomUUID() }],
  ] as const;
  for (const [pointer, body] of wrong) {
    const refusal = await api.refuses("invalid-request", "createOrder", { as: customer, body });
    expect(refusal.body.errors[0], pointer).toMatchObject({ in: "body", pointer });
  }
});

test("an order keeps the prices it was placed at", async ({ api, seller, customer }) => {
  const lamp = await aProduct(api, seller);
  const order = await anOrder(api, customer, [lamp, 1]);
  await api.answers(200, "updateProduct", {
    as: seller,
    params: { productId: lamp.id },
    body: { version: 1, price: { amount: 1 }, name: "Cheap lamp" },
  });
  const { body } = await api.answers(200, "getOrder", { as: customer, params: { orderId: order.id } });
  expect(body).toEqual(order);
});

test("a sale leaves the product's version alone", async ({ api, seller, customer }) => {
  const lamp = await aProduct(api, seller);
  await anOrder(api, customer, [lamp, 10]);
  const { body } = await api.answers(200, "getProduct", { params: { productId: lamp.id } });
  expect(body).toEqual(lamp);
});

test("getOrder shows an order to its customer and to admins only", async ({
  api,
  seller,
  customer,
  stranger,
  admin,
}) => {
  const order = await anOrder(api, customer, [await aProduct(api, seller), 1]);
  const params = { orderId: order.id };
  for (const as of [customer, admin]) {
    const { body, headers } = await api.answers(200, "getOrder", { as, params });
    expect(body).toEqual(order);
    expect(headers.etag).toBe(`"${order.version}"`);
  }
  for (const as of [stranger, seller]) await api.refuses("not-found", "getOrder", { as, params });
});

test("getOrder answers 304 to a caller who holds the current version", async ({ api, seller, customer }) => {
  const order = await anOrder(api, customer, [await aProduct(api, seller), 1]);
  const read = (tags: string) => ({ as: customer, params: { orderId: order.id }, headers: { "if-none-match": tags } });
  for (const tags of [`"${order.version}"`, `W/"${order.version}"`, "*"]) {
    await api.answers(304, "getOrder", read(tags));
  }
  await api.answers(200, "getOrder", read(`"${order.version + 1}"`));
});

test("listOrders shows the caller's own orders, newest first, page by page", async ({ api, seller, customer }) => {
  const own = await anAccount(api);
  const lamp = await aProduct(api, seller);
  const placed: string[] = [];
  for (let count = 0; count < 5; count++) placed.push((await anOrder(api, own, [lamp, 1])).id);
  await anOrder(api, customer, [lamp, 1]);

  const seen: string[] = [];
  let query: Record<string, string | number> = { limit: 2 };
  for (;;) {
    const { body, headers } = await api.answers(200, "listOrders", { as: own, query });
    seen.push(...body.items.map(({ id }) => id));
    expect(headers.link !== undefined).toBe(body.nextCursor !== null);
    if (body.nextCursor === null) break;
    if (seen.length === 2) await anOrder(api, own, [lamp, 1]);
    query = { limit: 2, cursor: body.nextCursor };
  }
  expect(seen, "an order placed meanwhile moves no page").toEqual(placed.toReversed());
});

test("listOrders filters by status and by customer", async ({ api, seller, admin, stranger }) => {
  const own = await anAccount(api);
  const lamp = await aProduct(api, seller);
  const kept = await anOrder(api, own, [lamp, 1]);
  const dropped = await anOrder(api, own, [lamp, 1]);
  const params = { orderId: dropped.id };
  await api.answers(200, "replaceOrder", { as: own, params, body: { version: dropped.version, status: "cancelled" } });
  const listed = async (as: typeof admin, query: Record<string, string>): Promise<string[]> =>
    (await api.answers(200, "listOrders", { as, query })).body.items.map(({ id }) => id);

  expect(await listed(own, { status: "confirmed" })).toEqual([kept.id]);
  expect(await listed(own, { status: "cancelled", customerId: own.id })).toEqual([dropped.id]);
  expect(await listed(admin, { customerId: own.id })).toEqual([dropped.id, kept.id]);
  await api.refuses("forbidden", "listOrders", { as: stranger, query: { customerId: own.id } });
});
