import { expect, test } from "bun:test";
import type { Schema } from "#contract";
import { refusal, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

function commandFor(productId: string, change: Partial<Schema<"StockCommand">> = {}): Schema<"StockCommand"> {
  const notAfter = new Date(Date.now() + 60_000).toISOString();
  return { command: "reserve", orderId: Bun.randomUUIDv7(), revision: 1, productId, quantity: 1, notAfter, ...change };
}

test("applyStockCommands answers each command in order, and a reservation with the product as it is", async () => {
  const [lamp, chair] = [await fixture.addProduct({ stock: 2 }), await fixture.addProduct({ stock: 1 })];
  const commands = [
    commandFor(chair.id, { quantity: 2 }),
    commandFor(lamp.id, { quantity: 2 }),
    commandFor(Bun.randomUUIDv7()),
    commandFor(lamp.id, { command: "consume" }),
  ];
  const { body } = await fixture.orders.applyStockCommands({ body: { commands } });
  const snapshot = { productId: lamp.id, sku: lamp.sku, name: lamp.name, unitPrice: lamp.price };
  expect(body.results).toEqual([
    { outcome: "out-of-stock", available: 1 },
    { outcome: "done", snapshot },
    { outcome: "unknown-product" },
    { outcome: "missing" },
  ]);
});

test("of 200 parallel applyStockCommands for 50 units, 50 get one, and the counts are exact", async () => {
  const lamp = await fixture.addProduct({ stock: 50 });
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const { body } = await fixture.orders.applyStockCommands({ body: { commands: [commandFor(lamp.id)] } });
      return body.results[0]?.outcome;
    }),
  );
  expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(50);
  expect(outcomes.filter((outcome) => outcome === "out-of-stock")).toHaveLength(150);
  const { body } = await fixture.visitor.getProductStock({ params: { productId: lamp.id } });
  expect(body).toMatchObject({ available: 0, reserved: 50, sold: 0 });
});

test("applyStockCommands refuses the products of no one's list", async () => {
  const draft = await fixture.addProduct({ status: "draft", stock: 5 });
  const { body } = await fixture.orders.applyStockCommands({ body: { commands: [commandFor(draft.id)] } });
  expect(body.results).toEqual([{ outcome: "not-sellable" }]);
});

test("applyStockCommands is for services that may change stock", async () => {
  const call = { body: { commands: [commandFor(Bun.randomUUIDv7())] } };
  for (const client of [fixture.visitor, fixture.customer, fixture.admin]) {
    await expect(client.applyStockCommands(call)).rejects.toMatchObject(refusal(401, "unauthorized"));
  }
});

test("applyStockCommands refuses a service without the scope", async () => {
  const batch = fixture.auditor.applyStockCommands({ body: { commands: [commandFor(Bun.randomUUIDv7())] } });
  await expect(batch).rejects.toMatchObject(refusal(403, "forbidden"));
});

test("applyStockCommands refuses a batch that is not as the contract has it, as a whole", async () => {
  const lamp = await fixture.addProduct({ stock: 5 });
  const commands = [commandFor(lamp.id), commandFor(lamp.id, { quantity: 0 })];
  const batch = fixture.orders.applyStockCommands({ body: { commands } });
  await expect(batch).rejects.toMatchObject(refusal(400, "invalid-request"));
  const { body } = await fixture.visitor.getProductStock({ params: { productId: lamp.id } });
  expect(body.available).toBe(5);
});
