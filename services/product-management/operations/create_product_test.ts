import { expect, test } from "bun:test";
import { refusal, useFixture } from "../service_fixture.ts";

const fixture = useFixture();
const LAMP = { name: "Desk lamp", price: { amount: 4900, currency: "USD" } };

test("createProduct makes a product of the caller's, and tells where it is", async () => {
  const { seller, sellerId, visitor } = fixture;
  const body = { ...LAMP, sku: "NEW-1", description: "Warm", tags: ["light"], stock: 3 };
  const reply = await seller.createProduct({ body });
  const { stock, ...content } = body;
  const product = reply.body;
  expect(product).toMatchObject({ ...content, status: "active", ownerId: sellerId, version: 1 });
  expect(product.updatedAt).toBe(product.createdAt);
  expect(reply).toMatchObject({ status: 201, headers: { etag: '"1"', location: `/products/${product.id}` } });

  const params = { productId: product.id };
  expect((await visitor.getProduct({ params })).body).toEqual(product);
  const counts = { available: stock, reserved: 0, sold: 0, sequence: 1 };
  expect((await visitor.getProductStock({ params })).body).toEqual({ productId: product.id, ...counts });
});

test("createProduct needs no more than a sku, a name and a price", async () => {
  const { body } = await fixture.seller.createProduct({ body: { ...LAMP, sku: "BARE" } });
  expect(body).toMatchObject({ description: "", tags: [], status: "active" });
});

test("createProduct refuses the sku of another product, whoever owns it", async () => {
  await fixture.addProduct({ sku: "TAKEN" });
  const again = fixture.customer.createProduct({ body: { ...LAMP, sku: "TAKEN" } });
  await expect(again).rejects.toMatchObject(refusal(409, "sku-taken"));
});

test("createProduct is for those who sign in", async () => {
  const creation = fixture.visitor.createProduct({ body: { ...LAMP, sku: "NOBODY" } });
  await expect(creation).rejects.toMatchObject(refusal(401, "unauthorized"));
});

test("createProduct sent 20 times at once with one key makes one product, and every answer is the same", async () => {
  const seller = await fixture.newCustomer();
  const call = { body: { ...LAMP, sku: "ONCE" }, headers: { "idempotency-key": "once" } };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => seller.createProduct(call).catch(({ status, code }) => ({ status, code }))),
  );
  const bodies = answers.flatMap((answer) => ("body" in answer ? [answer.body] : []));
  const others = answers.filter((answer) => !("body" in answer));
  for (const other of others) expect(other).toEqual({ status: 409, code: "request-in-progress" });
  expect(bodies.length).toBeGreaterThan(0);
  for (const body of bodies) expect<unknown>(body).toEqual(bodies[0]);
  const replayed = answers.filter((answer) => "headers" in answer && answer.headers["idempotent-replayed"] === "true");
  expect(replayed).toHaveLength(bodies.length - 1);

  const later = await seller.createProduct(call);
  expect(later).toMatchObject({
    status: 201,
    body: bodies[0],
    headers: { etag: '"1"', "idempotent-replayed": "true" },
  });
  expect((await seller.listProducts({ query: { ownerId: later.body.ownerId } })).body.items).toHaveLength(1);
});

test("createProduct refuses a key that was used for something else, and keeps refusals with their key", async () => {
  const { seller, customer } = fixture;
  const headers = { "idempotency-key": "reused" };
  const first = await seller.createProduct({ body: { ...LAMP, sku: "KEYED" }, headers });
  const other = seller.createProduct({ body: { ...LAMP, sku: "KEYED-2" }, headers });
  await expect(other).rejects.toMatchObject(refusal(422, "idempotency-key-reused"));

  const call = { body: { ...LAMP, sku: "KEYED" }, headers };
  await expect(customer.createProduct(call)).rejects.toMatchObject(refusal(409, "sku-taken"));
  await seller.deleteProduct({ params: { productId: first.body.id } });
  await expect(customer.createProduct(call)).rejects.toMatchObject(refusal(409, "sku-taken"));
  expect((await customer.createProduct({ body: call.body })).status).toBe(201);
});
