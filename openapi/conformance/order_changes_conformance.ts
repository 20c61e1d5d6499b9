/** Changing, cancelling, fulfilling and deleting orders; what becomes of their stock. */
import { randomUUID } from "node:crypto";
import type { Schema } from "#contract";
import type { Call, Caller } from "./api.ts";
import { ADDRESS, anOrder, aProduct, expect, type Line, orderOf, stockOf, test } from "./fixtures.ts";

type Order = Schema<"Order">;

test("replaceOrder takes more units and gives others back, all in one", async ({ api, seller, customer }) => {
  const lamp = await aProduct(api, seller);
  const desk = await aProduct(api, seller);
  const chair = await aProduct(api, seller);
  const order = await anOrder(api, customer, [lamp, 2], [desk, 4]);
  const { body: edited, headers } = await api.answers(
    200,
    "replaceOrder",
    edit(customer, order, [lamp, 5], [chair, 1]),
  );
  expect(edited).toMatchObject({
    id: order.id,
    number: order.number,
    status: "confirmed",
    items: [
      { productId: lamp.id, quantity: 5, lineTotal: { amount: 24_500 } },
      { productId: chair.id, quantity: 1, lineTotal: { amount: 4900 } },
    ],
    total: { amount: 29_400, currency: "USD" },
    version: order.version + 1,
  });
  expect(headers.etag).toBe(`"${edited.version}"`);
  await expect.poll(() => stockOf(api, lamp)).toMatchObject({ available: 5, reserved: 0, sold: 5 });
  await expect.poll(() => stockOf(api, desk)).toMatchObject({ available: 10, reserved: 0, sold: 0 });
  await expect.poll(() => stockOf(api, chair)).toMatchObject({ available: 9, reserved: 0, sold: 1 });
});

test("replaceOrder changes the address and leaves the stock alone", async ({ api, seller, customer }) => {
  const lamp = await aProduct(api, seller);
  const order = await anOrder(api, customer, [lamp, 2]);
  await expect.poll(() => stockOf(api, lamp)).toMatchObject({ sold: 2 });
  const before = await stockOf(api, lamp);
  const shippingAddress = { ...ADDRESS, line1: "2 Navy Yard", line2: "Room 7" };
  const { body, params, as } = edit(customer, order, [lamp, 2]);
  const moved = await api.answers(200, "replaceOrder", { as, params, body: { ...body, shippingAddress } });
  expect(moved.body).toMatchObject({ shippingAddress, items: order.items, version: order.version + 1 });
  expect(await stockOf(api, lamp)).toEqual(before);
});

test("replaceOrder prices what is added at today's price, and the rest as before", async ({
  api,
  seller,
  customer,
}) => {
  const lamp = await aProduct(api, seller);
  const desk = await aProduct(api, seller);
  const order = await anOrder(api, customer, [lamp, 2]);
  for (const { id } of [lamp, desk]) {
    const body = { version: 1, price: { amount: 100 } };
    await api.answers(200, "updateProduct", { as: seller, params: { productId: id }, body });
  }
  const { body } = await api.answers(200, "replaceOrder", edit(customer, order, [lamp, 1], [desk, 1]));
  expect(body.items.map(({ unitPrice }) => unitPrice?.amount)).toEqual([4900, 100]);
});

test("replaceOrder changes nothing if something is not to be had", async ({ api, seller, customer }) => {
  const lamp = await aProduct(api, seller);
  const scarce = await aProduct(api, seller, { stock: 1 });
  const draft = await aProduct(api, seller, { status: "draft" });
  const euros = await aProduct(api, seller, { price: { amount: 1, currency: "EUR" } });
  const order = await anOrder(api, customer, [lamp, 2]);

  const short = await api.refuses("out-of-stock", "replaceOrder", edit(customer, order, [lamp, 11], [scarce, 2]));
  expect(short.body.items).toHaveLength(2);
  const unavailable = edit(customer, order, [lamp, 3], [draft, 1], [{ id: randomUUID() }, 1]);
  expect((await api.refuses("product-unavailable", "replaceOrder", unavailable)).body.productIds).toHaveLength(2);
  await api.refuses("mixed-currency", "replaceOrder", edit(customer, order, [lamp, 2], [euros, 1]));

  const params = { orderId: order.id };
  expect((await api.answers(200, "getOrder", { as: customer, params })).body).toEqual(order);
  await expect.poll(() => stockOf(api, lamp)).toMatchObject({ available: 8, reserved: 0, sold: 2 });
  await expect.poll(() => stockOf(api, euros)).toMatchObject({ available: 10, reserved: 0, sold: 0 });
});

test("replaceOrder tests If-Match first, then the version in the body", async ({ api, seller, customer }) => {
  const lamp = await aProduct(api, seller);
  const order = await anOrder(api, customer, [lamp, 1]);
  const call = edit(customer, order, [lamp, 2]);
  const { body: edited } = await api.answers(200, "replaceOrder", call);

  const conflict = await api.refuses("version-conflict", "replaceOrder", call);
  expect(conflict.body.currentVersion).toBe(edited.version);
  const headers = { "if-match": `"${order.version}"` };
  const failed = await api.refuses("precondition-failed", "replaceOrder", { ...call, headers });
  expect(failed.body.currentVersion).toBe(edited.version);
  await api.answers(200, "replaceOrder", {
    ...edit(customer, edited, [lamp, 1]),
    headers: { "if-match": `"${edited.version}"` },
  });
});

test("cancelling gives the stock back, once", async ({ api, seller, customer }) => {
  const lamp = await aProduct(api, seller);
  const order = await anOrder(api, customer, [lamp, 3]);
  const { body: cancelled } = await api.answers(200, "replaceOrder", move(customer, order, "cancelled"));
  expect(cancelled).toMatchObject({ status: "cancelled", version: order.version + 1, items: order.items });
  expect(cancelled.statusHistory.map(({ status }) => status)).toEqual(["pending", "confirmed", "cancelled"]);

  const again = await api.refuses("invalid-transition", "replaceOrder", move(customer, cancelled, "cancelled"));
  expect(again.body).toMatchObject({ from: "cancelled", allowed: [] });
  await api.refuses("invalid-transition", "replaceOrder", edit(customer, cancelled, [lamp, 1]));
  await expect.poll(() => stockOf(api, lamp)).toMatchObject({ available: 10, reserved: 0, sold: 0 });
});

test("the customer and admins cancel, only an admin fulfils", async ({ api, seller, customer, stranger, admin }) => {
  const lamp = await aProduct(api, seller);
  const order = await anOrder(api, customer, [lamp, 3]);
  for (const status of ["cancelled", "fulfilled"] as const) {
    await api.refuses("not-found", "replaceOrder", move(stranger, order, status));
  }
  await api.refuses("forbidden", "replaceOrder", move(customer, order, "fulfilled"));
  const { body: fulfilled } = await api.answers(200, "replaceOrder", move(admin, order, "fulfilled"));
  expect(fulfilled).toMatchObject({ status: "fulfilled", customerId: customer.id });

  const late = await api.refuses("invalid-transition", "replaceOrder", move(customer, fulfilled, "cancelled"));
  expect(late.body).toMatchObject({ from: "fulfilled", allowed: [] });
  await expect.poll(() => stockOf(api, lamp)).toMatchObject({ available: 7, reserved: 0, sold: 3 });

  const other = await anOrder(api, customer, [lamp, 1]);
  await api.answers(200, "replaceOrder", move(admin, other, "cancelled"));
});

test("replaceOrder takes contents or a status, not both and not another", async ({ api, seller, customer }) => {
  const lamp = await aProduct(api, seller);
  const order = await anOrder(api, customer, [lamp, 1]);
  const contents = edit(customer, order, [lamp, 1]);
  const wrong = [
    { ...contents.body, status: "cancelled" },
    { version: order.version },
    { version: order.version, status: "confirmed" },
    { version: order.version, status: "pending" },
  ];
  for (const body of wrong) await api.refuses("invalid-request", "replaceOrder", { ...contents, body });
});

test("deleteOrder takes the order out of view and gives its stock back", async ({ api, seller, customer, admin }) => {
  const lamp = await aProduct(api, seller);
  const order = await anOrder(api, customer, [lamp, 3]);
  const params = { orderId: order.id };
  const stale = { as: customer, params, headers: { "if-match": `"${order.version + 1}"` } };
  expect((await api.refuses("precondition-failed", "deleteOrder", stale)).body.currentVersion).toBe(order.version);

  await api.answers(204, "deleteOrder", { as: customer, params, headers: { "if-match": `"${order.version}"` } });
  for (const as of [customer, admin]) {
    await api.refuses("not-found", "getOrder", { as, params });
    await api.refuses("not-found", "deleteOrder", { as, params });
    await api.refuses("not-found", "replaceOrder", move(as, order, "cancelled"));
  }
  const { body: own } = await api.answers(200, "listOrders", { as: customer, query: { limit: 100 } });
  expect(own.items.map(({ id }) => id)).not.toContain(order.id);
  await expect.poll(() => stockOf(api, lamp)).toMatchObject({ available: 10, reserved: 0, sold: 0 });
});

test("deleteOrder of a cancelled order gives nothing back twice, and of a fulfilled one nothing at all", async ({
  api,
  seller,
  customer,
  admin,
}) => {
  const lamp = await aProduct(api, seller);
  const cancelled = await anOrder(api, customer, [lamp, 1]);
  const fulfilled = await anOrder(api, customer, [lamp, 2]);
  await api.answers(200, "replaceOrder", move(customer, cancelled, "cancelled"));
  await api.answers(200, "replaceOrder", move(admin, fulfilled, "fulfilled"));
  for (const { id } of [cancelled, fulfilled]) {
    await api.answers(204, "deleteOrder", { as: customer, params: { orderId: id } });
  }
  await expect.poll(() => stockOf(api, lamp)).toMatchObject({ available: 8, reserved: 0, sold: 2 });
});

test("another customer's order is not there to delete", async ({ api, seller, customer, stranger }) => {
  const order = await anOrder(api, customer, [await aProduct(api, seller), 1]);
  await api.refuses("not-found", "deleteOrder", { as: stranger, params: { orderId: order.id } });
  await api.answers(200, "getOrder", { as: customer, params: { orderId: order.id } });
});

test("a deleted product stays in the orders that hold it", async ({ api, seller, customer }) => {
  const lamp = await aProduct(api, seller);
  const order = await anOrder(api, customer, [lamp, 1]);
  await api.answers(204, "deleteProduct", { as: seller, params: { productId: lamp.id } });
  const params = { orderId: order.id };
  expect((await api.answers(200, "getOrder", { as: customer, params })).body).toEqual(order);
  await api.answers(200, "replaceOrder", move(customer, order, "cancelled"));
});

interface OrderCall extends Call {
  readonly as: Caller;
  readonly params: { readonly orderId: string };
  readonly body: object;
}

function edit(as: Caller, { id, version }: Order, ...lines: readonly Line[]): OrderCall {
  return { as, params: { orderId: id }, body: { version, ...orderOf(...lines) } };
}

function move(as: Caller, { id, version }: Order, status: "cancelled" | "fulfilled"): OrderCall {
  return { as, params: { orderId: id }, body: { version, status } };
}
