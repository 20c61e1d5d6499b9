import { expect, test } from "bun:test";
import { refusal, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("getProductStock gives the counts of a product that may be seen, never to be kept", async () => {
  const lamp = await fixture.addProduct({ stock: 8 });
  const { body, headers } = await fixture.visitor.getProductStock({ params: { productId: lamp.id } });
  expect(body).toEqual({ productId: lamp.id, available: 8, reserved: 0, sold: 0, sequence: 1 });
  expect(headers["cache-control"]).toBe("no-store");
});

test("getProductStock hides the stock of drafts", async () => {
  const draft = await fixture.addProduct({ status: "draft", stock: 8 });
  const params = { productId: draft.id };
  for (const reader of [fixture.visitor, fixture.customer]) {
    await expect(reader.getProductStock({ params })).rejects.toMatchObject(refusal(404, "not-found"));
  }
  expect((await fixture.seller.getProductStock({ params })).body.available).toBe(8);
});
