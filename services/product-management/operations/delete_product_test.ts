import { expect, test } from "bun:test";
import { refusal, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("deleteProduct takes a product away, and its sku may be used again", async () => {
  const lamp = await fixture.addProduct({ stock: 2 });
  const params = { productId: lamp.id };
  expect((await fixture.seller.deleteProduct({ params })).status).toBe(204);
  const calls = [
    () => fixture.admin.getProduct({ params }),
    () => fixture.seller.getProductStock({ params }),
    () => fixture.seller.deleteProduct({ params }),
    () => fixture.seller.updateProduct({ params, body: { version: 1 } }),
    () => fixture.seller.adjustProductStock({ params, body: { delta: 1, reason: "received" } }),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject(refusal(404, "not-found"));
  await fixture.addProduct({ sku: lamp.sku });
});

test("deleteProduct with If-Match deletes the version that was seen", async () => {
  const lamp = await fixture.addProduct();
  const params = { productId: lamp.id };
  const stale = fixture.seller.deleteProduct({ params, headers: { "if-match": '"2"' } });
  await expect(stale).rejects.toMatchObject(refusal(412, "precondition-failed", { currentVersion: 1 }));
  expect((await fixture.seller.deleteProduct({ params, headers: { "if-match": '"1"' } })).status).toBe(204);
});

test("of many parallel deleteProduct one succeeds, and the others find nothing", async () => {
  const lamp = await fixture.addProduct();
  const params = { productId: lamp.id };
  const deletions = Array.from({ length: 20 }, () => fixture.seller.deleteProduct({ params }));
  const outcomes = await Promise.allSettled(deletions);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(outcome.reason).toMatchObject(refusal(404, "not-found"));
  }
});

test("deleteProduct is for the owner and admins", async () => {
  const lamp = await fixture.addProduct();
  const draft = await fixture.addProduct({ status: "draft" });
  const remove = (client: typeof fixture.customer, { id }: { id: string }) =>
    client.deleteProduct({ params: { productId: id } });
  await expect(remove(fixture.visitor, lamp)).rejects.toMatchObject(refusal(401, "unauthorized"));
  await expect(remove(fixture.customer, lamp)).rejects.toMatchObject(refusal(403, "forbidden"));
  await expect(remove(fixture.customer, draft)).rejects.toMatchObject(refusal(404, "not-found"));
  expect((await remove(fixture.admin, draft)).status).toBe(204);
});
