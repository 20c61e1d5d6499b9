/** Finding products: every filter, every order, and pages that hold while products come and go. */
import type { Schema } from "#contract";
import type { Api, Call } from "./api.ts";
import { anAccount, aProduct, aWord, expect, stockOf, test } from "./fixtures.ts";

test.describe("q finds a product by words", () => {
  test("that begin a word of its name, description, sku or tags", async ({ api, seller }) => {
    const [name, description, sku, tag] = [aWord(), aWord(), aWord(), aWord()];
    const fields = { name: `The ${name}`, description: `(${description}!)`, sku: `X-${sku}`, tags: [tag] };
    const { id } = await aProduct(api, seller, fields);
    for (const word of [name, description, sku, tag, name.slice(0, 20)]) {
      expect(await found(api, { q: word }), word).toEqual([id]);
    }
    expect(await found(api, { q: name.slice(1) }), "not by the middle of a word").toEqual([]);
  });

  test("all of them, in any order", async ({ api, seller }) => {
    const [first, second, third] = [aWord(), aWord(), aWord()];
    const { id } = await aProduct(api, seller, { name: `${first} ${second}` });
    expect(await found(api, { q: `${second} ${first}` })).toEqual([id]);
    expect(await found(api, { q: `${first} ${third}` })).toEqual([]);
  });

  test("whatever their case and compatibility form", async ({ api, seller }) => {
    const word = aWord();
    const { id } = await aProduct(api, seller, { name: `${word} Straße ＬＡＭＰ` });
    for (const q of [word.toUpperCase(), `${word} STRASSE`, `${word} lamp`, `${word} ｌａｍ`]) {
      expect(await found(api, { q }), q).toEqual([id]);
    }
  });

  test("and takes nothing in them for a pattern", async ({ api, seller }) => {
    const word = aWord();
    const { id } = await aProduct(api, seller, { name: `${word} desk` });
    for (const q of [`${word}.*`, `${word} %`, `'${word}':*`, `${word} & !desk`, `${word} \\`]) {
      expect(await found(api, { q }), `${q} asks for its words only`).toEqual([id]);
    }
    expect(await found(api, { q: `${word} d_sk` })).toEqual([]);
    expect(await found(api, { q: `${word} d.sk` })).toEqual([]);
  });
});

test("tag and ownerId name exactly", async ({ api, stranger }) => {
  const owner = await anAccount(api);
  const tag = aWord();
  const tagged = await aProduct(api, owner, { tags: ["other", tag] });
  const untagged = await aProduct(api, owner, { tags: [`${tag}s`] });
  await aProduct(api, stranger, { tags: [tag] });
  expect(await found(api, { tag, ownerId: owner.id })).toEqual([tagged.id]);
  expect(await found(api, { ownerId: owner.id })).toEqual([untagged.id, tagged.id]);
});

test("status shows drafts and archived products to their owner, and to admins", async ({ api, stranger, admin }) => {
  const owner = await anAccount(api);
  const tag = aWord();
  const draft = await aProduct(api, owner, { status: "draft", tags: [tag] });
  const archived = await aProduct(api, owner, { status: "archived", tags: [tag] });
  expect(await found(api, { tag })).toEqual([]);
  for (const as of [owner, admin]) {
    expect(await found(api, { tag, status: "draft" }, as)).toEqual([draft.id]);
    expect(await found(api, { tag, status: "archived" }, as)).toEqual([archived.id]);
  }
  expect(await found(api, { tag, status: "draft" }, stranger)).toEqual([]);
  expect(await found(api, { tag, status: "draft", ownerId: owner.id }, stranger)).toEqual([]);
  await api.refuses("unauthorized", "listProducts", { query: { status: "draft" } });
});

test("currency, minPrice and maxPrice choose by price", async ({ api, seller }) => {
  const tag = aWord();
  const priced = (amount: number, currency = "USD") =>
    aProduct(api, seller, { tags: [tag], price: { amount, currency } });
  const cheap = await priced(100);
  const middle = await priced(200);
  const dear = await priced(300);
  const foreign = await priced(200, "EUR");
  const usd = (query: object) => found(api, { tag, currency: "USD", sort: "price", ...query });
  expect(await usd({})).toEqual([cheap.id, middle.id, dear.id]);
  expect(await usd({ minPrice: 200 })).toEqual([middle.id, dear.id]);
  expect(await usd({ maxPrice: 200 })).toEqual([cheap.id, middle.id]);
  expect(await usd({ minPrice: 101, maxPrice: 299 })).toEqual([middle.id]);
  expect(await found(api, { tag, currency: "EUR" })).toEqual([foreign.id]);
});

test("prices are compared within one currency only", async ({ api }) => {
  for (const query of [{ sort: "price" }, { sort: "-price" }, { minPrice: 1 }, { maxPrice: 1 }]) {
    const { body } = await api.refuses("invalid-request", "listProducts", { query });
    expect(body.errors).toMatchObject([{ in: "query", pointer: "#/currency" }]);
  }
});

test("inStock follows the stock", async ({ api, seller }) => {
  const tag = aWord();
  const full = await aProduct(api, seller, { tags: [tag], stock: 1 });
  const empty = await aProduct(api, seller, { tags: [tag], stock: 0 });
  expect(await found(api, { tag, inStock: true })).toEqual([full.id]);
  expect(await found(api, { tag, inStock: false })).toEqual([empty.id]);

  await adjust(api, { as: seller, params: { productId: full.id }, body: { delta: -1, reason: "lost" } });
  await adjust(api, { as: seller, params: { productId: empty.id }, body: { delta: 1, reason: "received" } });
  expect(await found(api, { tag, inStock: true })).toEqual([empty.id]);
  expect(await found(api, { tag, inStock: false })).toEqual([full.id]);
});

test("sort orders by age, price or name", async ({ api, seller }) => {
  const tag = aWord();
  const listed = (name: string, amount: number) =>
    aProduct(api, seller, { tags: [tag], name, price: { amount, currency: "USD" } });
  const apple = await listed("apple", 300);
  const zebra = await listed("Zebra", 100);
  const umlaut = await listed("Äpfel", 200);
  const astral = await listed("\u{1F34E}", 200);
  const halfwidth = await listed("\uFF71", 400);
  const sorted = (sort: string) => found(api, { tag, sort, currency: "USD" });
  expect(await sorted("-createdAt")).toEqual([halfwidth.id, astral.id, umlaut.id, zebra.id, apple.id]);
  expect(await sorted("name"), "by code point").toEqual([zebra.id, apple.id, umlaut.id, halfwidth.id, astral.id]);
  const byPrice = await sorted("price");
  expect(byPrice).toEqual([zebra.id, ...byPrice.slice(1, 3), apple.id, halfwidth.id]);
  expect(new Set(byPrice)).toEqual(new Set([apple, zebra, umlaut, astral, halfwidth].map(({ id }) => id)));
  expect(await sorted("-price")).toEqual(byPrice.toReversed());
});

test("expand=stock adds the live counts to each product", async ({ api, seller }) => {
  const tag = aWord();
  const product = await aProduct(api, seller, { tags: [tag], stock: 3 });
  const { body, headers } = await api.answers(200, "listProducts", { query: { tag, expand: "stock" } });
  expect(body.items).toEqual([{ ...product, stock: await stockOf(api, product) }]);
  expect(headers["cache-control"]).toBe("no-store");
});

for (const sort of ["-createdAt", "price", "-price", "name"]) {
  test(`pages by ${sort} hold every product once while others come and go`, async ({ api, seller }) => {
    const tag = aWord();
    const add = (number: number) =>
      aProduct(api, seller, {
        tags: [tag],
        name: `Lamp ${Math.floor(number / 2)}`,
        price: { amount: Math.floor(number / 2), currency: "USD" },
      });
    const products: Schema<"Product">[] = [];
    for (const number of [3, 1, 4, 2, 5, 6, 0]) products.push(await add(number));

    const query = { tag, sort, currency: "USD", limit: 2 };
    const before = await found(api, { ...query, limit: 100 });
    const seen: string[] = [];
    let page = await list(api, query);
    for (let pages = 0; ; pages++) {
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      expect(page.items).toHaveLength(2);
      await add(pages * 2);
      page = await list(api, { ...query, cursor: page.nextCursor });
    }
    const old = seen.filter((id) => before.includes(id));
    expect(old).toEqual(before);
    expect(new Set(seen).size).toBe(seen.length);
  });
}

test("Link leads to the next page, until there is none", async ({ api, seller }) => {
  const tag = aWord();
  const ids = [(await aProduct(api, seller, { tags: [tag] })).id, (await aProduct(api, seller, { tags: [tag] })).id];
  const first = await api.answers(200, "listProducts", { query: { tag, limit: 1 } });
  const [, target = ""] = /^<([^>]+)>; rel="next"$/.exec(first.headers.link ?? "") ?? [];
  const origin = api.originOf("product-management");
  const next = new URL(target, `${origin}/products`);
  expect(next.searchParams.get("tag")).toBe(tag);
  const second = await api.answers(200, "listProducts", { query: next.search.slice(1) });
  expect([...first.body.items, ...second.body.items].map(({ id }) => id)).toEqual(ids.toReversed());
  expect(second.body.nextCursor).toBeNull();
  expect(second.headers.link).toBeUndefined();
});

test("a cursor is good for the list that it came from", async ({ api, seller }) => {
  const tag = aWord();
  for (let count = 0; count < 2; count++) await aProduct(api, seller, { tags: [tag] });
  const { nextCursor } = await list(api, { tag, limit: 1 });
  const elsewhere = [
    { tag, limit: 1, cursor: "bm9uZQ" },
    { tag, limit: 1, cursor: nextCursor ?? "", sort: "name" },
    { limit: 1, cursor: nextCursor ?? "" },
  ];
  for (const query of elsewhere) {
    const { body } = await api.refuses("invalid-request", "listProducts", { query });
    expect(body.errors).toMatchObject([{ in: "query", pointer: "#/cursor" }]);
  }
});

test("limit is 20 unless another from 1 to 100 is asked for", async ({ api, seller }) => {
  const tag = aWord();
  for (let count = 0; count < 21; count++) await aProduct(api, seller, { tags: [tag] });
  expect((await list(api, { tag })).items).toHaveLength(20);
  expect((await list(api, { tag, limit: 100 })).items).toHaveLength(21);
  for (const limit of ["0", "101", "1.5", "1e1", " 5", "0x10", ""]) {
    const { body } = await api.refuses("invalid-request", "listProducts", { query: { limit } });
    expect(body.errors).toMatchObject([{ in: "query", pointer: "#/limit" }]);
  }
});

async function list(api: Api, query: NonNullable<Call["query"]>): Promise<Schema<"ProductPage">> {
  return (await api.answers(200, "listProducts", { query })).body;
}

/** The ids of the products that are found, in their order. */
async function found(api: Api, query: NonNullable<Call["query"]>, as?: Call["as"]): Promise<string[]> {
  const { body } = await api.answers(200, "listProducts", as === undefined ? { query } : { query, as });
  return body.items.map(({ id }) => id);
}

async function adjust(api: Api, call: Call): Promise<void> {
  await api.answers(201, "adjustProductStock", call);
}
