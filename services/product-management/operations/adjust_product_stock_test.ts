import { expect, test } from "bun:test";
import { refusal, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("adjustProductStock adds and removes units, and tells the counts right after", async () => {
  const lamp = await fixture.addProduct({ stock: 5 });
  const params = { productId: lamp.id };
  const body = { delta: 20, reason: "received", note: "Delivery 4711" } as const;
  const added = await fixture.seller.adjustProductStock({ params, body });
  const stock = { productId: lamp.id, available: 25, reserved: 0, sold: 0, sequence: 2 };
  expect(added).toMatchObject({ status: 201, body: { ...body, productId: lamp.id, stock } });
  const removed = await fixture.admin.adjustProductStock({ params, body: { delta: -25, reason: "lost" } });
  expect(removed.body.stock).toMatchObject({ available: 0, sequence: 3 });
  expect(removed.body).not.toHaveProperty("note");
  expect((await fixture.visitor.getProductStock({ params })).body).toEqual(removed.body.stock);
  expect((await fixture.visitor.getProduct({ params })).body).toEqual(lamp);
});

test("adjustProductStock removes no more units than are available", async () => {
  const lamp = await fixture.addProduct({ stock: 5 });
  const params = { productId: lamp.id };
  const removal = fixture.seller.adjustProductStock({ params, body: { delta: -6, reason: "damaged" } });
  const detail = "Cannot remove 6 units: 5 are available";
  await expect(removal).rejects.toMatchObject(refusal(409, "insufficient-stock", { available: 5, detail }));
});

test("adjustProductStock takes effect once for each key, for each product", async () => {
  const [lamp, other] = [await fixture.addProduct(), await fixture.addProduct()];
  const call = (productId: string) => ({
    params: { productId },
    headers: { "idempotency-key": "delivery" },
    body: { delta: 3, reason: "received" } as const,
  });
  const first = await fixture.seller.adjustProductStock(call(lamp.id));
  const second = await fixture.seller.adjustProductStock(call(lamp.id));
  expect(second).toMatchObject({ status: 201, body: first.body, headers: { "idempotent-replayed": "true" } });
  expect(first.headers).not.toHaveProperty("idempotent-replayed");
  const elsewhere = fixture.seller.adjustProductStock(call(other.id));
  await expect(elsewhere).rejects.toMatchObject(refusal(422, "idempotency-key-reused"));
  const { body } = await fixture.visitor.getProductStock({ params: { productId: lamp.id } });
  expect(body.available).toBe(3);
});

test("adjustProductStock is for the owner and admins", async () => {
  const lamp = await fixture.addProduct();
  const draft = await fixture.addProduct({ status: "draft" });
  const adjust = (client: typeof fixture.customer, { id }: { id: string }) =>
    client.adjustProductStock({ params: { productId: id }, body: { delta: 1, reason: "received" } });
  await expect(adjust(fixture.visitor, lamp)).rejects.toMatchObject(refusal(401, "unauthorized"));
  await expect(adjust(fixture.customer, lamp)).rejects.toMatchObject(refusal(403, "forbidden"));
  await expect(adjust(fixture.customer, draft)).rejects.toMatchObject(refusal(404, "not-found"));
  await expect(adjust(fixture.orders, lamp)).rejects.toMatchObject(refusal(401, "unauthorized"));
});
