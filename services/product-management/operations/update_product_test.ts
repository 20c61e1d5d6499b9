import { expect, test } from "bun:test";
import { refusal, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("updateProduct changes what it names", async () => {
  const lamp = await fixture.addProduct({ tags: ["a", "b"] });
  const params = { productId: lamp.id };
  const first = await fixture.seller.updateProduct({ params, body: { version: 1, price: { amount: 5 }, tags: ["c"] } });
  expect(first.headers.etag).toBe('"2"');
  const price = { amount: 5, currency: "USD" };
  expect(first.body).toEqual({ ...lamp, price, tags: ["c"], version: 2, updatedAt: first.body.updatedAt });
  const second = await fixture.admin.updateProduct({ params, body: { version: 2, status: "archived" } });
  expect(second.body).toMatchObject({ price, status: "archived", version: 3 });
  await expect(fixture.visitor.getProduct({ params })).rejects.toMatchObject({ status: 404 });
});

test("updateProduct refuses versions that are not current", async () => {
  const lamp = await fixture.addProduct();
  const params = { productId: lamp.id };
  const patch = (version: number, headers = {}) =>
    fixture.seller.updateProduct({ params, headers, body: { version, name: "Lamp" } });
  await expect(patch(2)).rejects.toMatchObject(refusal(409, "version-conflict", { currentVersion: 1 }));
  const stale = patch(1, { "if-match": '"7"' });
  await expect(stale).rejects.toMatchObject(refusal(412, "precondition-failed", { currentVersion: 1 }));
});

test("of many parallel updateProduct of different fields at one version, one succeeds and nothing is lost", async () => {
  const lamp = await fixture.addProduct();
  const params = { productId: lamp.id };
  const bodies = Array.from({ length: 20 }, (_, index) =>
    index % 2 === 0 ? { version: 1, name: `Name ${index}` } : { version: 1, description: `Text ${index}` },
  );
  const edits = await Promise.allSettled(bodies.map((body) => fixture.seller.updateProduct({ params, body })));
  const winner = edits.findIndex(({ status }) => status === "fulfilled");
  expect(edits.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const { body: now } = await fixture.visitor.getProduct({ params });
  expect(now).toEqual({ ...lamp, ...bodies[winner], version: 2, updatedAt: now.updatedAt });
});

test("updateProduct removes no field", async () => {
  const lamp = await fixture.addProduct();
  // The contract's types have no null, which is what a caller without types may send.
  const body = { version: 1, name: null } as never;
  const edit = fixture.seller.updateProduct({ params: { productId: lamp.id }, body });
  await expect(edit).rejects.toMatchObject(refusal(400, "invalid-request"));
});

test("updateProduct is for the owner and admins", async () => {
  const lamp = await fixture.addProduct();
  const call = { params: { productId: lamp.id }, body: { version: 1 } };
  await expect(fixture.customer.updateProduct(call)).rejects.toMatchObject(refusal(403, "forbidden"));
  expect((await fixture.admin.updateProduct(call)).body.version).toBe(2);
});

test("a sale changes neither the version nor the ETag of a product", async () => {
  const lamp = await fixture.addProduct({ stock: 1 });
  const order = { orderId: Bun.randomUUIDv7(), revision: 1, productId: lamp.id, quantity: 1 };
  const notAfter = new Date(Date.now() + 60_000).toISOString();
  await fixture.orders.applyStockCommands({ body: { commands: [{ command: "reserve", ...order, notAfter }] } });
  const params = { productId: lamp.id };
  expect((await fixture.visitor.getProduct({ params })).headers.etag).toBe('"1"');
  expect((await fixture.seller.updateProduct({ params, body: { version: 1 } })).body.version).toBe(2);
});
