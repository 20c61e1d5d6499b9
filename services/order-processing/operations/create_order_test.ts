import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { ADDRESS, openShop, refusalOf, type Shop } from "./shop_fixture.ts";

/** Real engines on a busy machine take their time. */
setDefaultTimeout(60_000);

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.stop());

const order = (productId: string, quantity = 1) => ({
  body: { items: [{ productId, quantity }], shippingAddress: ADDRESS },
});

test("createOrder takes the stock and answers the confirmed order", async () => {
  const lamp = await shop.stock(5);
  const customer = await shop.customer();
  const { status, headers, body } = await customer.createOrder(order(lamp, 2));
  expect(status).toBe(201);
  expect(headers).toMatchObject({ location: `/orders/${body.id}`, etag: '"2"' });
  expect(body).toMatchObject({
    status: "confirmed",
    version: 2,
    items: [{ productId: lamp, name: "Desk lamp", quantity: 2, lineTotal: { amount: 9800, currency: "USD" } }],
    total: { amount: 9800, currency: "USD" },
  });
  expect((await customer.getOrder({ params: { orderId: body.id } })).body).toEqual(body);
  expect(await shop.settled(lamp)).toEqual({ available: 3, reserved: 0, sold: 2 });
});

test("createOrder merges equal products", async () => {
  const lamp = await shop.stock(5);
  const items = [
    { productId: lamp, quantity: 2 },
    { productId: lamp, quantity: 1 },
  ];
  const { body } = await (await shop.customer()).createOrder({ body: { items, shippingAddress: ADDRESS } });
  expect(body.items).toMatchObject([{ productId: lamp, quantity: 3 }]);
});

test("createOrder refuses what is short, not for sale or of two currencies, and takes nothing", async () => {
  const [lamp, draft, euro] = await Promise.all([
    shop.stock(1),
    shop.stock(9, { status: "draft" }),
    shop.stock(9, { price: { amount: 1, currency: "EUR" } }),
  ]);
  const customer = await shop.customer();
  expect(await refusalOf(customer.createOrder(order(lamp, 2)))).toMatchObject({
    status: 409,
    problem: { code: "out-of-stock", items: [{ productId: lamp, requested: 2, available: 1 }] },
  });
  const nothing = Bun.randomUUIDv7();
  for (const productId of [draft, nothing]) {
    expect(await refusalOf(customer.createOrder(order(productId)))).toMatchObject({
      status: 409,
      problem: { code: "product-unavailable", productIds: [productId] },
    });
  }
  const items = [lamp, euro].map((productId) => ({ productId, quantity: 1 }));
  expect(await refusalOf(customer.createOrder({ body: { items, shippingAddress: ADDRESS } }))).toMatchObject({
    status: 400,
    problem: { code: "mixed-currency" },
  });
  expect(await shop.settled(lamp)).toEqual({ available: 1, reserved: 0, sold: 0 });
  expect(await shop.counts(euro)).toEqual({ available: 9, reserved: 0, sold: 0 });
});

test("createOrder answers the stored reply to the same key, byte for byte, and 422 to another payload", async () => {
  const lamp = await shop.stock(5);
  const customer = await shop.customer();
  const headers = { "idempotency-key": crypto.randomUUID() };
  const first = await customer.createOrder({ ...order(lamp, 2), headers });
  const again = await customer.createOrder({ ...order(lamp, 2), headers });
  expect(JSON.stringify(again.body)).toBe(JSON.stringify(first.body));
  expect(again.headers).toMatchObject({ "idempotent-replayed": "true", location: first.headers.location });
  expect(first.headers).not.toHaveProperty("idempotent-replayed");
  const other = await refusalOf(customer.createOrder({ ...order(lamp, 1), headers }));
  expect(other).toMatchObject({ status: 422, problem: { code: "idempotency-key-reused" } });
  const stranger = await (await shop.customer()).createOrder({ ...order(lamp, 1), headers });
  expect(stranger.body.id).not.toBe(first.body.id);

  const short = { "idempotency-key": crypto.randomUUID() };
  await refusalOf(customer.createOrder({ ...order(lamp, 99), headers: short }));
  const refusedAgain = await refusalOf(customer.createOrder({ ...order(lamp, 99), headers: short }));
  expect(refusedAgain).toMatchObject({ status: 409, problem: { code: "out-of-stock", instance: "/orders" } });
  expect(refusedAgain.headers.get("idempotent-replayed")).toBe("true");
  expect(await shop.settled(lamp)).toEqual({ available: 2, reserved: 0, sold: 3 });
});

test("createOrder sent twenty times at once with one key places one order", async () => {
  const lamp = await shop.stock(100);
  const customer = await shop.customer();
  const headers = { "idempotency-key": crypto.randomUUID() };
  const calls = Array.from({ length: 20 }, () =>
    customer.createOrder({ ...order(lamp, 3), headers }).catch((error: unknown) => error),
  );
  const outcomes = await Promise.all(calls);
  const bodies = new Set<string>();
  for (const outcome of outcomes) {
    if (outcome instanceof Error) {
      expect(outcome).toMatchObject({ status: 409, problem: { code: "request-in-progress" }, retryAfterMs: 1000 });
    } else bodies.add(JSON.stringify((outcome as { body: unknown }).body)); // what is no error is an answer
  }
  expect(bodies.size).toBe(1);
  expect(await shop.settled(lamp)).toEqual({ available: 97, reserved: 0, sold: 3 });
});

test("200 buyers at once of 50 units: 50 have one, 150 are told that it is out of stock", async () => {
  const lamp = await shop.stock(50);
  const buyers = await Promise.all(Array.from({ length: 200 }, () => shop.customer()));
  const outcomes = await Promise.all(
    buyers.map((buyer) =>
      buyer.createOrder(order(lamp)).then(
        ({ status }) => `${status}`,
        ({ status, problem }) => `${status} ${problem?.code}`,
      ),
    ),
  );
  const tally = Object.fromEntries(
    [...Map.groupBy(outcomes, (outcome) => outcome)].map(([name, all]) => [name, all.length]),
  );
  expect(tally).toEqual({ "201": 50, "409 out-of-stock": 150 });
  expect(await shop.settled(lamp)).toEqual({ available: 0, reserved: 0, sold: 50 });
});

test("createOrder answers 202 while product-management hangs; the order is confirmed when it goes on", async () => {
  const lamp = await shop.stock(5);
  const customer = await shop.customer();
  const headers = { "idempotency-key": crypto.randomUUID() };
  shop.products.service.freeze();
  try {
    const { status, headers: sent, body } = await customer.createOrder({ ...order(lamp, 2), headers });
    expect(status).toBe(202);
    expect(sent).toMatchObject({ location: `/orders/${body.id}`, "retry-after": 1 });
    expect(body).toMatchObject({ status: "pending", total: null, version: 1, items: [{ unitPrice: null, sku: null }] });
  } finally {
    shop.products.service.thaw();
  }
  expect(await shop.settled(lamp)).toEqual({ available: 3, reserved: 0, sold: 2 });
  const again = await customer.createOrder({ ...order(lamp, 2), headers });
  expect(again).toMatchObject({
    status: 201,
    headers: { "idempotent-replayed": "true" },
    body: { status: "confirmed" },
  });
});

test("createOrder refuses a body that is not the contract's, and a request without a token", async () => {
  const { body } = order(Bun.randomUUIDv7(), 0);
  const request = new Request("http://localhost/orders", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const response = await shop.send(request);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ in: "body", pointer: "#/items/0/quantity" }] });
});
