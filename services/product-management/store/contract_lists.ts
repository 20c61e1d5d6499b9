/** The part of the store's contract that is about lists: filters, orders, search and pages. */
import { beforeAll, expect, test } from "bun:test";
import type { Product } from "../product.ts";
import { type ProductListing, type ProductSort, positionOf } from "../product_listing.ts";
import { queryWords, searchWords } from "../search_words.ts";
import { type CreateStore, insertProduct, listingOf, newId } from "./contract_fixtures.ts";
import type { ProductStore } from "./mod.ts";

const SORTS: readonly ProductSort[] = ["-createdAt", "price", "-price", "name"];
/** Where UTF-16, UTF-8, case and language disagree about the order. */
const NAMES = [
  "a",
  "B",
  "Z",
  "z",
  "ä",
  "Ä",
  "é",
  "e\u0301",
  "\uffee",
  "😀",
  "名前",
  "a b",
  "a-b",
  "a",
  "B",
  "_",
  "'",
  "\\",
];

/** A product and what the store was told besides. */
interface Item {
  readonly product: Product;
  readonly stock: number;
}

export function testLists(createStore: CreateStore): void {
  const owners = [newId(), newId()];
  let store: ProductStore;
  const items: Item[] = [];

  beforeAll(async () => {
    store = await createStore();
    for (const [index, name] of [...NAMES, ...NAMES, ...NAMES].entries()) {
      const stock = index % 4 === 0 ? 0 : 5;
      const product = await insertProduct(store, stock, {
        name,
        sku: `L.${index}-x${index % 3}`,
        description: index % 2 === 0 ? "for Offices, STRASSE" : "it's 100%_ fine",
        price: {
          amount: [0, 5, 5, 1999, Number.MAX_SAFE_INTEGER][index % 5] ?? 0,
          currency: index % 7 === 0 ? "EUR" : "USD",
        },
        status: index % 9 === 0 ? "draft" : "active",
        tags: index % 3 === 0 ? ["Red", "red wine"] : index % 3 === 1 ? ["red"] : [],
        ownerId: owners[index % 2] ?? "",
      });
      items.push({ product, stock });
    }
  });

  /** All pages of a list, one after the other. */
  async function readAll(listing: ProductListing, limit: number): Promise<Product[]> {
    const all: Product[] = [];
    for (;;) {
      const last = all.at(-1);
      const page = await store.list(listing, { limit, after: last && positionOf(last, listing.sort) });
      expect(page.length).toBeLessThanOrEqual(limit);
      all.push(...page);
      if (page.length < limit) return all;
    }
  }

  function expected(listing: ProductListing): string[] {
    const chosen = items.filter((item) => matches(item, listing)).map(({ product }) => product);
    return chosen.toSorted((a, b) => compare(a, b, listing.sort)).map(({ id }) => id);
  }

  async function expectList(change: Partial<ProductListing>, limit = 100): Promise<number> {
    const listing = listingOf(change);
    const ids = (await readAll(listing, limit)).map(({ id }) => id);
    expect({ change, ids }).toEqual({ change, ids: expected(listing) });
    return ids.length;
  }

  test.each(SORTS)("sort=%s has every product once, in order, in pages of any size", async (sort) => {
    for (const limit of [1, 2, 7, 100]) {
      expect(await expectList({ sort, currency: "USD" }, limit)).toBeGreaterThan(30);
    }
    for (const ownerId of owners) expect(await expectList({ sort, currency: "USD", ownerId }, 3)).toBeGreaterThan(10);
    expect(await expectList({ sort, currency: "USD", status: "draft" }, 2)).toBeGreaterThan(2);
  });

  test.each(SORTS)("sort=%s with every filter", async (sort) => {
    const filters: Partial<ProductListing>[] = [
      {},
      { ownerId: newId() },
      { tag: "red" },
      { tag: "Red" },
      { tag: "red wine" },
      { tag: "re" },
      { minPrice: 5 },
      { maxPrice: 5 },
      { minPrice: 5, maxPrice: 1999 },
      { minPrice: 6, maxPrice: 5 },
      { minPrice: Number.MAX_SAFE_INTEGER },
      { inStock: true },
      { inStock: false },
      { words: ["office"] },
      { tag: "red", inStock: true, minPrice: 5, ownerId: owners[0] },
      { words: ["fine"], tag: "red", maxPrice: 1999, ownerId: owners[1], inStock: true },
    ];
    for (const filter of filters) await expectList({ sort, currency: "USD", ...filter }, 4);
    expect(await expectList({ sort, currency: "EUR" }, 4)).toBeGreaterThan(0);
    expect(await expectList({ sort, currency: "XXX" }, 4)).toBe(0);
  });

  test("lists without a currency have all of them", async () => {
    for (const sort of ["-createdAt", "name"] as const) expect(await expectList({ sort }, 5)).toBeGreaterThan(40);
  });

  test.each([
    ["office", "some"],
    ["OFF", "some"],
    ["ffice", "none"],
    ["strasse", "some"],
    ["straße", "some"],
    ["100 it's", "some"],
    ["100%_ fin", "some"],
    ["%", "all"],
    [".*", "all"],
    ["x1", "some"],
    ["l.1-x1", "some"],
    ["red wine", "some"],
    ["wine offices", "some"],
    ["ä", "some"],
    ["名", "some"],
    ["b", "some"],
    ["x[99]", "none"],
    ["o.q", "none"],
    ["'", "all"],
    ["zzz", "none"],
  ])("searching %p finds what search_words.ts says: %s", async (q, extent) => {
    const words = queryWords(q);
    const all = await expectList({});
    for (const sort of SORTS) {
      const count = await expectList({ sort, words }, 5);
      expect(count === 0 ? "none" : count === all ? "all" : "some").toBe(extent);
    }
  });

  test("a list goes on where it was, whatever comes and goes meanwhile", async () => {
    const ownerId = newId();
    const price = (amount: number) => ({ ownerId, price: { amount, currency: "USD" } });
    const made: Product[] = [];
    for (let index = 0; index < 6; index++)
      made.push(await insertProduct(store, 0, { ...price(10 * index), name: `n${index}` }));
    for (const sort of SORTS) {
      const listing = listingOf({ ownerId, currency: "USD", sort });
      const all = await store.list(listing, { limit: 6 });
      const after = positionOf(all[2] as Product, sort); // there are six
      const before = await insertProduct(store, 0, { ...price(sort === "-price" ? 99 : 0), name: "n00" });
      await store.delete(before.id);
      expect(await store.list(listing, { limit: 9, after })).toEqual(all.slice(3));
    }
    const listing = listingOf({ ownerId });
    const [newest] = await store.list(listing, { limit: 1 });
    const after = positionOf(newest as Product, "-createdAt"); // there are six
    await insertProduct(store, 0, price(1));
    await store.delete(made[0]?.id ?? "");
    await store.delete(newest?.id ?? "");
    expect(await store.list(listing, { limit: 9, after })).toEqual(made.slice(1, 5).toReversed());
  });

  test("a search follows an edit", async () => {
    const product = await insertProduct(store, 0, { name: "Before", ownerId: newId() });
    const find = (word: string) => store.list(listingOf({ ownerId: product.ownerId, words: [word] }), { limit: 9 });
    expect(await find("befor")).toEqual([product]);
    const after: Product = { ...product, version: 2, name: "Afterwards", tags: ["neu"] };
    await store.replace(product, after);
    expect(await find("befor")).toEqual([]);
    expect(await find("neu")).toEqual([after]);
  });
}

function matches({ product, stock }: Item, listing: ProductListing): boolean {
  const { amount, currency } = product.price;
  const found = searchWords(product);
  return (
    product.status === listing.status &&
    (listing.ownerId === undefined || product.ownerId === listing.ownerId) &&
    (listing.tag === undefined || product.tags.includes(listing.tag)) &&
    (listing.currency === undefined || currency === listing.currency) &&
    (listing.minPrice === undefined || amount >= listing.minPrice) &&
    (listing.maxPrice === undefined || amount <= listing.maxPrice) &&
    (listing.inStock === undefined || stock > 0 === listing.inStock) &&
    listing.words.every((word) => found.some((other) => other.startsWith(word)))
  );
}

function compare(a: Product, b: Product, sort: ProductSort): number {
  const byId = a.id < b.id ? -1 : 1;
  if (sort === "-createdAt") return -byId;
  if (sort === "name") return compareCodePoints(a.name, b.name) || byId;
  const byPrice = a.price.amount - b.price.amount || byId;
  return sort === "price" ? byPrice : -byPrice;
}

function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)); // UTF-8 keeps the order of code points
}
