/** What order-processing sends to the stock: commands that may come twice, late or in the wrong order. */
import { randomUUID } from "node:crypto";
import type { Schema } from "#contract";
import type { Api, Caller } from "./api.ts";
import { aProduct, expect, stockOf, test } from "./fixtures.ts";

type Command = Schema<"StockCommand">;
type Name = Command["command"];

test("an order's units are reserved, then consumed", async ({ api, seller, service }) => {
  const product = await aProduct(api, seller, { stock: 5 });
  const order = { orderId: randomUUID(), productId: product.id, quantity: 2 };
  const { id, sku, name, price } = product;
  expect(await apply(api, service, command("reserve", order))).toEqual([
    { outcome: "done", snapshot: { productId: id, sku, name, unitPrice: price } },
  ]);
  expect(await stockOf(api, product)).toMatchObject({ available: 3, reserved: 2, sold: 0 });
  expect(await apply(api, service, command("consume", order))).toEqual([{ outcome: "done" }]);
  expect(await stockOf(api, product)).toMatchObject({ available: 3, reserved: 0, sold: 2, sequence: 3 });
});

test("a command that comes twice is done once", async ({ api, seller, service }) => {
  const product = await aProduct(api, seller, { stock: 5 });
  const order = { orderId: randomUUID(), productId: product.id, quantity: 2 };
  const again = async (name: Name): Promise<void> => {
    const [first] = await apply(api, service, command(name, order));
    const [second] = await apply(api, service, command(name, order));
    expect(second).toEqual(first);
    expect(first?.outcome).toBe("done");
  };
  await again("reserve");
  await again("consume");
  expect(await stockOf(api, product)).toMatchObject({ available: 3, reserved: 0, sold: 2 });
  const [restocked] = await apply(api, service, { ...command("restock", order), revision: 2 });
  const [repeated] = await apply(api, service, { ...command("restock", order), revision: 2 });
  expect([restocked, repeated]).toEqual([{ outcome: "done" }, { outcome: "done" }]);
  expect(await stockOf(api, product)).toMatchObject({ available: 5, reserved: 0, sold: 0 });
});

test("what is released is available again, and a late reservation of it is refused", async ({
  api,
  seller,
  service,
}) => {
  const product = await aProduct(api, seller, { stock: 5 });
  const order = { orderId: randomUUID(), productId: product.id, quantity: 2 };
  expect(await outcomes(api, service, command("reserve", order), command("release", order))).toEqual(["done", "done"]);
  expect(await stockOf(api, product)).toMatchObject({ available: 5, reserved: 0 });
  expect(await outcomes(api, service, command("reserve", order), command("consume", order))).toEqual(["gone", "gone"]);

  const unknown = { ...order, orderId: randomUUID() };
  expect(await outcomes(api, service, command("release", unknown), command("reserve", unknown))).toEqual([
    "done",
    "gone",
  ]);
  expect(await stockOf(api, product)).toMatchObject({ available: 5, reserved: 0, sold: 0 });
});

test("a reservation is refused for what it is, and the others go on", async ({ api, seller, service }) => {
  const short = await aProduct(api, seller, { stock: 1 });
  const draft = await aProduct(api, seller, { status: "draft" });
  const full = await aProduct(api, seller);
  const orderId = randomUUID();
  const reserve = (productId: string): Command => command("reserve", { orderId, productId, quantity: 2 });
  const results = await apply(
    api,
    service,
    reserve(short.id),
    reserve(draft.id),
    reserve(randomUUID()),
    reserve(full.id),
  );
  expect(results).toMatchObject([
    { outcome: "out-of-stock", available: 1 },
    { outcome: "not-sellable" },
    { outcome: "unknown-product" },
    { outcome: "done", snapshot: { sku: full.sku } },
  ]);
});

test("a known key with another quantity is a mismatch", async ({ api, seller, service }) => {
  const product = await aProduct(api, seller);
  const order = { orderId: randomUUID(), productId: product.id, quantity: 2 };
  await apply(api, service, command("reserve", order));
  const other = { ...order, quantity: 3 };
  expect(await outcomes(api, service, command("reserve", other), command("consume", other))).toEqual([
    "mismatch",
    "mismatch",
  ]);
  expect(await stockOf(api, product)).toMatchObject({ available: 8, reserved: 2 });
});

test("a command past its notAfter does nothing", async ({ api, seller, service }) => {
  const product = await aProduct(api, seller);
  const order = { orderId: randomUUID(), productId: product.id, quantity: 2 };
  const late = { ...command("reserve", order), notAfter: new Date(Date.now() - 60_000).toISOString() };
  expect(await outcomes(api, service, late)).toEqual(["expired"]);
  expect(await stockOf(api, product)).toMatchObject({ available: 10, reserved: 0, sequence: 1 });
});

test("nothing is consumed that was never reserved", async ({ api, seller, service }) => {
  const product = await aProduct(api, seller);
  const order = { orderId: randomUUID(), productId: product.id, quantity: 2 };
  expect(await outcomes(api, service, command("consume", order))).toEqual(["missing"]);
});

test("what is purged is forgotten, but not while it is held", async ({ api, seller, service }) => {
  const product = await aProduct(api, seller);
  const order = { orderId: randomUUID(), productId: product.id, quantity: 2 };
  const purge = command("purge", order);
  expect(await outcomes(api, service, command("reserve", order), purge)).toEqual(["done", "mismatch"]);
  expect(await outcomes(api, service, command("consume", order), purge, purge)).toEqual(["done", "done", "done"]);
  expect(await outcomes(api, service, command("consume", order))).toEqual(["missing"]);
});

test("the books of a product tell what it began with, what was adjusted and what is held", async ({
  api,
  seller,
  service,
}) => {
  const product = await aProduct(api, seller, { stock: 5 });
  const order = { orderId: randomUUID(), productId: product.id, quantity: 2 };
  await apply(api, service, command("reserve", order));
  const params = { productId: product.id };
  await api.answers(201, "adjustProductStock", { as: seller, params, body: { delta: 3, reason: "received" } });
  const { body } = await api.answers(200, "auditStock", { as: service, body: { productIds: [product.id] } });
  expect(body.items).toMatchObject([
    { productId: product.id, available: 6, reserved: 2, sold: 0, adjusted: 8, held: [{ quantity: 2, revision: 1 }] },
  ]);
  await api.refuses("unauthorized", "auditStock", { body: {}, as: seller });
});

test("stock commands are for services with the scope: a user's token is refused, whoever the user is", async ({
  api,
  seller,
  admin,
}) => {
  const product = await aProduct(api, seller);
  const body = { commands: [command("reserve", { orderId: randomUUID(), productId: product.id, quantity: 1 })] };
  await api.refuses("unauthorized", "applyStockCommands", { body });
  await api.refuses("unauthorized", "applyStockCommands", { body, as: seller });
  await api.refuses("unauthorized", "applyStockCommands", { body, as: admin });
  expect(await stockOf(api, product)).toMatchObject({ available: 10, reserved: 0 });
});

function command(name: Name, order: Pick<Command, "orderId" | "productId" | "quantity">): Command {
  return { command: name, ...order, revision: 1, notAfter: new Date(Date.now() + 60_000).toISOString() };
}

async function apply(
  api: Api,
  service: Caller,
  ...commands: readonly Command[]
): Promise<Schema<"StockCommandResults">["results"]> {
  return (await api.answers(200, "applyStockCommands", { as: service, body: { commands } })).body.results;
}

async function outcomes(api: Api, service: Caller, ...commands: readonly Command[]): Promise<string[]> {
  return (await apply(api, service, ...commands)).map(({ outcome }) => outcome);
}
