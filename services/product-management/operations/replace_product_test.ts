import { expect, test } from "bun:test";
import type { Schema } from "#contract";
import { refusal, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

function contentOf({ sku, name, description, price, status, tags }: Schema<"Product">) {
  return { sku, name, description, price, status, tags };
}

test("replaceProduct makes the next version", async () => {
  const lamp = await fixture.addProduct();
  const params = { productId: lamp.id };
  const body = {
    ...contentOf(lamp),
    version: 1,
    name: "Floor lamp",
    price: { amount: 1, currency: "EUR" },
    tags: ["new"],
  };
  const reply = await fixture.seller.replaceProduct({ params, body });
  expect(reply.headers.etag).toBe('"2"');
  const { version: _, ...content } = body;
  expect(reply.body).toEqual({ ...lamp, ...content, version: 2, updatedAt: reply.body.updatedAt });
  expect((await fixture.visitor.getProduct({ params })).body).toEqual(reply.body);
});

test("replaceProduct refuses a version that is no longer current", async () => {
  const lamp = await fixture.addProduct();
  const edit = { params: { productId: lamp.id }, body: { ...contentOf(lamp), version: 1 } };
  await fixture.seller.replaceProduct(edit);
  const refused = refusal(409, "version-conflict", { currentVersion: 2 });
  await expect(fixture.seller.replaceProduct(edit)).rejects.toMatchObject(refused);
  const ahead = { ...edit, body: { ...edit.body, version: 3 } };
  await expect(fixture.seller.replaceProduct(ahead)).rejects.toMatchObject(refused);
});

test("replaceProduct tests If-Match first, then the version in the body", async () => {
  const lamp = await fixture.addProduct();
  const params = { productId: lamp.id };
  const edit = (ifMatch: string, version: number) =>
    fixture.seller.replaceProduct({ params, headers: { "if-match": ifMatch }, body: { ...contentOf(lamp), version } });
  await expect(edit('"2"', 2)).rejects.toMatchObject(refusal(412, "precondition-failed", { currentVersion: 1 }));
  await expect(edit('"1"', 2)).rejects.toMatchObject(refusal(409, "version-conflict", { currentVersion: 1 }));
  expect((await edit('"1"', 1)).body.version).toBe(2);
  await expect(edit('"1"', 1)).rejects.toMatchObject(refusal(412, "precondition-failed", { currentVersion: 2 }));
});

test("of 200 parallel replaceProduct at one version, one succeeds", async () => {
  const lamp = await fixture.addProduct();
  const call = { params: { productId: lamp.id }, body: { ...contentOf(lamp), version: 1 } };
  const statuses = await Promise.all(
    Array.from({ length: 200 }, () =>
      fixture.seller.replaceProduct(call).then(
        ({ status }) => status,
        (error) => error.status,
      ),
    ),
  );
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 409)).toHaveLength(199);
});

test("replaceProduct is for the owner and admins", async () => {
  const lamp = await fixture.addProduct();
  const draft = await fixture.addProduct({ status: "draft" });
  const edit = (product: typeof lamp) => ({
    params: { productId: product.id },
    body: { ...contentOf(product), version: 1 },
  });
  await expect(fixture.visitor.replaceProduct(edit(lamp))).rejects.toMatchObject(refusal(401, "unauthorized"));
  await expect(fixture.customer.replaceProduct(edit(lamp))).rejects.toMatchObject(refusal(403, "forbidden"));
  await expect(fixture.customer.replaceProduct(edit(draft))).rejects.toMatchObject(refusal(404, "not-found"));
  const { body } = await fixture.admin.replaceProduct(edit(draft));
  expect(body).toMatchObject({ version: 2, ownerId: fixture.sellerId });
});

test("replaceProduct refuses the sku of another product", async () => {
  const [one, two] = [await fixture.addProduct(), await fixture.addProduct()];
  const body = { ...contentOf(one), version: 1, sku: two.sku };
  const edit = fixture.seller.replaceProduct({ params: { productId: one.id }, body });
  await expect(edit).rejects.toMatchObject(refusal(409, "sku-taken"));
});
