import { expect, test } from "bun:test";
import type { Call } from "#sdk";
import { refusal, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("listProducts gives every page once, with links, in each order", async () => {
  const seller = await fixture.newCustomer();
  const ids: string[] = [];
  for (let index = 0; index < 5; index++) {
    const price = { amount: index, currency: "SEK" };
    const { body } = await seller.createProduct({ body: { sku: `PAGE-${index}`, name: `p${9 - index}`, price } });
    ids.push(body.id);
  }
  const orders = { "-createdAt": ids.toReversed(), price: ids, "-price": ids.toReversed(), name: ids.toReversed() };
  for (const [sort, expected] of Object.entries(orders)) {
    const read: string[] = [];
    let cursor: string | undefined;
    do {
      // The keys of `orders` are the contract's orders.
      const query = { currency: "SEK", sort, limit: 2, cursor } as NonNullable<Call<"listProducts">["query"]>;
      const { body, headers } = await fixture.visitor.listProducts({ query });
      read.push(...body.items.map(({ id }) => id));
      expect(headers.link === undefined).toBe(body.nextCursor === null);
      if (headers.link !== undefined) expect(headers.link).toContain(`cursor=${body.nextCursor}`);
      cursor = body.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect([sort, read]).toEqual([sort, expected]);
  }
});

test("the link of a page leads to the next one", async () => {
  for (let index = 0; index < 3; index++) await fixture.addProduct({ tags: ["linked"], name: `Läst & ${index}` });
  const { headers, body } = await fixture.visitor.listProducts({ query: { tag: "linked", limit: 2, q: "läst &" } });
  const url = /^<(.*)>; rel="next"$/.exec(headers.link ?? "")?.[1];
  const response = await fixture.service.handle(new Request(`http://localhost${url}`));
  expect(response.status).toBe(200);
  const next = (await response.json()) as typeof body; // the service checked it
  expect(next.items).toHaveLength(1);
  expect(body.items.map(({ id }) => id)).not.toContain(next.items[0]?.id ?? "");
});

test("listProducts searches and filters", async () => {
  const price = { amount: 700, currency: "NOK" };
  const cup = await fixture.addProduct({ sku: "CUP.7-a", name: "Blue Cup", tags: ["kitchen"], price, stock: 1 });
  const pot = await fixture.addProduct({ sku: "POT", name: "Blue pot", price: { ...price, amount: 900 } });
  const list = async (query: NonNullable<Call<"listProducts">["query"]>) => {
    const { body } = await fixture.visitor.listProducts({ query: { currency: "NOK", sort: "price", ...query } });
    return body.items.map(({ sku }) => sku);
  };
  expect(await list({})).toEqual([cup.sku, pot.sku]);
  expect(await list({ q: "BLU" })).toEqual([cup.sku, pot.sku]);
  expect(await list({ q: "cup.7 kitch" })).toEqual([cup.sku]);
  expect(await list({ q: "lue" })).toEqual([]);
  expect(await list({ tag: "kitchen" })).toEqual([cup.sku]);
  expect(await list({ minPrice: 701 })).toEqual([pot.sku]);
  expect(await list({ maxPrice: 700 })).toEqual([cup.sku]);
  expect(await list({ minPrice: 900, maxPrice: 700 })).toEqual([]);
  expect(await list({ inStock: true })).toEqual([cup.sku]);
  expect(await list({ inStock: false })).toEqual([pot.sku]);
  expect(await list({ ownerId: fixture.sellerId, sort: "-price" })).toEqual([pot.sku, cup.sku]);
  expect(await list({ ownerId: Bun.randomUUIDv7() })).toEqual([]);
});

test("listProducts shows drafts to their owner and to admins", async () => {
  const { sellerId, seller, customer, admin, visitor } = fixture;
  const draft = await fixture.addProduct({ status: "draft" });
  const query = { status: "draft" } as const;
  await expect(visitor.listProducts({ query })).rejects.toMatchObject(refusal(401, "unauthorized"));
  const listed = async (client: typeof seller, ownerId?: string) =>
    (await client.listProducts({ query: { ...query, ownerId } })).body.items.map(({ id }) => id);
  expect(await listed(seller)).toEqual([draft.id]);
  expect(await listed(seller, sellerId)).toEqual([draft.id]);
  expect(await listed(admin)).toEqual([draft.id]);
  expect(await listed(admin, sellerId)).toEqual([draft.id]);
  expect(await listed(customer)).toEqual([]);
  expect(await listed(customer, sellerId)).toEqual([]);
  const { body } = await visitor.listProducts({ query: { ownerId: sellerId, limit: 100 } });
  expect(body.items.map(({ id }) => id)).not.toContain(draft.id);
});

test("listProducts asks for a currency where prices are compared", async () => {
  for (const query of [{ sort: "price" }, { sort: "-price" }, { minPrice: 1 }, { maxPrice: 1 }] as const) {
    const listing = fixture.visitor.listProducts({ query });
    const errors = [{ in: "query", pointer: "#/currency" }];
    await expect(listing).rejects.toMatchObject(refusal(400, "invalid-request", { errors }));
  }
});

test("listProducts with expand=stock has the counts of every product", async () => {
  const product = await fixture.addProduct({ stock: 6, tags: ["counted"] });
  const { body } = await fixture.visitor.listProducts({ query: { tag: "counted", expand: "stock" } });
  const stock = { productId: product.id, available: 6, reserved: 0, sold: 0, sequence: 1 };
  expect(body.items).toEqual([{ ...product, stock }]);
});

test("listProducts refuses a cursor of another list", async () => {
  for (let index = 0; index < 2; index++) await fixture.addProduct();
  const { body } = await fixture.visitor.listProducts({ query: { limit: 1 } });
  const cursor = body.nextCursor ?? "";
  for (const query of [{ cursor, sort: "name" }, { cursor, q: "lamp" }, { cursor: `x${cursor}` }] as const) {
    const errors = [{ in: "query", pointer: "#/cursor" }];
    const listing = fixture.visitor.listProducts({ query });
    await expect(listing).rejects.toMatchObject(refusal(400, "invalid-request", { errors }));
  }
});
