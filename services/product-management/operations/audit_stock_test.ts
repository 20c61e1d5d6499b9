import { expect, test } from "bun:test";
import { refusal, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("auditStock answers the books of the products it is asked for", async () => {
  const lamp = await fixture.addProduct({ stock: 4 });
  const { body } = await fixture.orders.auditStock({ body: { productIds: [lamp.id, Bun.randomUUIDv7()] } });
  const counts = { available: 4, reserved: 0, sold: 0, sequence: 1, adjusted: 4 };
  expect(body).toEqual({ items: [{ productId: lamp.id, ...counts, held: [] }] });
});

test("auditStock goes on after a product", async () => {
  const { id } = await fixture.addProduct();
  const { body } = await fixture.orders.auditStock({ body: { afterProductId: id, limit: 5 } });
  for (const { productId } of body.items) expect(productId > id).toBeTrue();
});

test("auditStock refuses a service without the scope", async () => {
  await expect(fixture.auditor.auditStock({ body: {} })).rejects.toMatchObject(refusal(403, "forbidden"));
});
