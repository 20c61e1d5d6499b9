import { expect, test } from "bun:test";
import { refusal, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("getProduct gives an active product to anybody", async () => {
  const product = await fixture.addProduct();
  for (const reader of [fixture.visitor, fixture.customer, fixture.admin]) {
    const { body, headers } = await reader.getProduct({ params: { productId: product.id } });
    expect(body).toEqual(product);
    expect(headers).toMatchObject({ etag: '"1"', "cache-control": "no-cache" });
  }
});

test("getProduct hides drafts and archived products from all but their owner and admins", async () => {
  for (const status of ["draft", "archived"] as const) {
    const product = await fixture.addProduct({ status });
    const params = { productId: product.id };
    for (const reader of [fixture.visitor, fixture.customer]) {
      await expect(reader.getProduct({ params })).rejects.toMatchObject(refusal(404, "not-found"));
      await expect(reader.getProduct({ params, query: { expand: "stock" } })).rejects.toMatchObject({ status: 404 });
    }
    for (const reader of [fixture.seller, fixture.admin]) {
      const { body, headers } = await reader.getProduct({ params });
      expect(body).toEqual(product);
      expect(headers["cache-control"]).toBe("private, no-cache");
    }
  }
});

test("getProduct answers 304 to who has the current version", async () => {
  const product = await fixture.addProduct();
  const params = { productId: product.id };
  for (const tag of ['"1"', 'W/"1"', '"0", "1"', "*"]) {
    const reply = await fixture.visitor.getProduct({ params, headers: { "if-none-match": tag } });
    expect(reply).toMatchObject({ status: 304, headers: { etag: '"1"', "cache-control": "no-cache" } });
  }
  const reply = await fixture.visitor.getProduct({ params, headers: { "if-none-match": '"2"' } });
  expect(reply).toMatchObject({ status: 200, body: product });
});

test("getProduct with expand=stock has the counts of the moment and may not be kept", async () => {
  const product = await fixture.addProduct({ stock: 4 });
  const params = { productId: product.id };
  const call = { params, query: { expand: "stock" }, headers: { "if-none-match": '"1"' } } as const;
  const reply = await fixture.visitor.getProduct(call);
  const stock = { productId: product.id, available: 4, reserved: 0, sold: 0, sequence: 1 };
  expect(reply).toMatchObject({ status: 200, body: { ...product, stock }, headers: { "cache-control": "no-store" } });
  expect(reply.headers).not.toHaveProperty("etag");
});

test("getProduct refuses a token that is not valid, even for an active product", async () => {
  const product = await fixture.addProduct();
  const reading = fixture.visitor.getProduct({ params: { productId: product.id } }, { token: "a.b.c" });
  await expect(reading).rejects.toMatchObject(refusal(401, "unauthorized"));
});

test("getProduct does not know an unknown product", async () => {
  const reading = fixture.admin.getProduct({ params: { productId: Bun.randomUUIDv7() } });
  await expect(reading).rejects.toMatchObject(refusal(404, "not-found"));
});
