/** The part of the store's contract that is about stock commands: see `stock.ts` for what each of them does. */
import { beforeAll, expect, test } from "bun:test";
import type { Product } from "../product.ts";
import { applyStockCommands, entryKey, type Inventory, type StockBooks, type StockCommand } from "../stock.ts";
import {
  applyOne,
  atOnce,
  type CreateStore,
  commandFor,
  countsOf,
  edited,
  insertProduct,
  listingOf,
  newId,
  tally,
} from "./contract_fixtures.ts";
import type { ProductStore, StockCommander } from "./mod.ts";

/** @param commanderOf What applies the commands of a store. */
export function testStockCommands(
  createStore: CreateStore,
  commanderOf: (store: ProductStore) => StockCommander,
): void {
  let store: ProductStore;
  let commander: StockCommander;
  beforeAll(async () => {
    store = await createStore();
    commander = commanderOf(store);
  });

  test("an order's units are reserved, sold and given back", async () => {
    const product = await insertProduct(store, 10);
    const order = commandFor(product.id, { quantity: 3 });
    const snapshot = { productId: product.id, sku: product.sku, name: product.name, unitPrice: product.price };
    expect(await applyOne(commander, order)).toEqual({ outcome: "done", snapshot });
    expect(await countsOf(store, product.id)).toBe("7 3 0");
    expect(await applyOne(commander, { ...order, command: "consume" })).toEqual({ outcome: "done" });
    expect(await countsOf(store, product.id)).toBe("7 0 3");
    expect(await applyOne(commander, { ...order, command: "restock", revision: 2 })).toEqual({ outcome: "done" });
    expect(await countsOf(store, product.id)).toBe("10 0 0");
    expect((await store.stocks([product.id])).get(product.id)?.sequence).toBe(4);
  });

  test("an audit tells the counts, what they should add up to, and what is held", async () => {
    const [lamp, chair] = [await insertProduct(store, 10), await insertProduct(store)];
    const held = commandFor(lamp.id, { quantity: 3 });
    const sold = commandFor(lamp.id, { quantity: 2, revision: 2 });
    await commander.applyCommands([held, sold, { ...sold, command: "consume" }]);
    const change = { reason: "damaged" as const, adjustedBy: newId(), createdAt: new Date() };
    await store.adjust({ id: newId(), productId: lamp.id, delta: -4, ...change }, () => undefined);
    const books = await store.audit({ productIds: [lamp.id, chair.id, newId()], limit: 10 });
    const { orderId, revision, quantity, notAfter } = held;
    const ofLamp = {
      ...{ productId: lamp.id, available: 1, reserved: 3, sold: 2, sequence: 5, adjusted: 6 },
      held: [{ orderId, revision, quantity, notAfter }],
    };
    const ofChair = {
      ...{ productId: chair.id, available: 0, reserved: 0, sold: 0 },
      sequence: 1,
      adjusted: 0,
      held: [],
    };
    expect(books).toEqual([ofLamp, ofChair]);
    await store.delete(lamp.id);
    expect(await store.audit({ productIds: [lamp.id], limit: 1 })).toEqual([ofLamp]);
  });

  test("an audit of all products goes on after the last one of the page before", async () => {
    const ids = [await insertProduct(store), await insertProduct(store), await insertProduct(store)].map(
      ({ id }) => id,
    );
    const found: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await store.audit({ afterProductId: after, limit: 2 });
      if (page.length === 0) break;
      found.push(...page.map(({ productId }) => productId));
      after = found.at(-1);
    }
    expect(found).toEqual([...new Set(found)].sort());
    expect(found).toEqual(expect.arrayContaining(ids));
  });

  test("sales leave the product and its version alone", async () => {
    const product = await insertProduct(store, 1);
    await applyOne(commander, commandFor(product.id));
    expect(await store.find(product.id)).toEqual(product);
    expect(await store.replace(product, edited(product))).toBe(true);
  });

  test("a snapshot has the product as it is when the units are reserved", async () => {
    const product = await insertProduct(store, 2);
    const order = commandFor(product.id);
    await applyOne(commander, order);
    await store.replace(product, edited(product, { name: "New name", price: { amount: 7, currency: "EUR" } }));
    const { snapshot } = await applyOne(commander, commandFor(product.id));
    expect(snapshot).toMatchObject({ name: "New name", unitPrice: { amount: 7, currency: "EUR" } });
  });

  test("the results of a batch come in its order, and one refusal does not stop the others", async () => {
    const [one, two] = [await insertProduct(store, 1), await insertProduct(store, 1)];
    const commands = [
      commandFor(two.id),
      commandFor(one.id, { quantity: 2 }),
      commandFor(newId()),
      commandFor(one.id),
      commandFor(two.id, { command: "consume" }),
      commandFor(two.id, { notAfter: new Date(Date.now() - 1000).toISOString() }),
      commandFor(two.id),
    ];
    const results = await commander.applyCommands(commands);
    expect(results.map(({ outcome, available, snapshot }) => [outcome, available ?? snapshot?.sku])).toEqual([
      ["done", two.sku],
      ["out-of-stock", 1],
      ["unknown-product", undefined],
      ["done", one.sku],
      ["missing", undefined],
      ["expired", undefined],
      ["out-of-stock", 0],
    ]);
    expect(await countsOf(store, one.id)).toBe("0 1 0");
    expect(await countsOf(store, two.id)).toBe("0 1 0");
  });

  test("200 orders of one unit at once get the 50 there are, and the counts are exact", async () => {
    const { id } = await insertProduct(store, 50);
    const results = await atOnce(200, () => applyOne(commander, commandFor(id)));
    expect(tally(results.map(({ outcome }) => outcome))).toEqual({ done: 50, "out-of-stock": 150 });
    expect(await countsOf(store, id)).toBe("0 50 0");
    expect((await store.stocks([id])).get(id)?.sequence).toBe(51);
  });

  test("replicas sell no unit twice, and do no command twice", async () => {
    const { id } = await insertProduct(store, 30);
    const replicas = [commanderOf(store), commanderOf(store), commanderOf(store)];
    const orders = Array.from({ length: 40 }, () => commandFor(id));
    const answers = await Promise.all(
      replicas.flatMap((replica) => orders.map(async (order) => (await applyOne(replica, order)).outcome)),
    );
    const outcomes = orders.map((_, index) => [0, 40, 80].map((start) => answers[start + index]).join(" "));
    expect(tally(outcomes)).toEqual({ "done done done": 30, "out-of-stock out-of-stock out-of-stock": 10 });
    expect(await countsOf(store, id)).toBe("0 30 0");
  });

  test("a command sent 20 times at once has one effect", async () => {
    const { id } = await insertProduct(store, 10);
    const order = commandFor(id, { quantity: 4 });
    for (const [command, counts] of [
      ["reserve", "6 4 0"],
      ["consume", "6 0 4"],
    ] as const) {
      const results = await atOnce(20, () => applyOne(commander, { ...order, command }));
      expect(tally(results.map(({ outcome }) => outcome))).toEqual({ done: 20 });
      expect(await countsOf(store, id)).toBe(counts);
    }
    const restock = { ...order, command: "restock", revision: 2, quantity: 2 } as const;
    await atOnce(20, () => applyOne(commander, restock));
    expect(await countsOf(store, id)).toBe("8 0 2");
  });

  test("a release that comes before its reservation refuses it, for unknown products too", async () => {
    const { id } = await insertProduct(store, 10);
    const unknown = newId();
    for (const productId of [id, unknown]) {
      const order = commandFor(productId);
      const releases = await atOnce(5, () => applyOne(commander, { ...order, command: "release" }));
      expect(tally(releases.map(({ outcome }) => outcome))).toEqual({ done: 5 });
      expect(await applyOne(commander, order)).toEqual({ outcome: "gone" });
      expect(await applyOne(commander, { ...order, command: "purge" })).toEqual({ outcome: "done" });
      const afterwards = await applyOne(commander, order);
      expect(afterwards.outcome).toBe(productId === id ? "done" : "unknown-product");
    }
    expect(await countsOf(store, id)).toBe("9 1 0");
  });

  test("a late command has expired and does nothing", async () => {
    const { id } = await insertProduct(store, 10);
    const order = commandFor(id);
    await applyOne(commander, order);
    const notAfter = new Date(Date.now() - 1000).toISOString();
    for (const command of ["reserve", "consume", "release", "restock", "purge"] as const) {
      expect(await applyOne(commander, { ...order, command, notAfter })).toEqual({ outcome: "expired" });
    }
    expect(await countsOf(store, id)).toBe("9 1 0");
    expect((await applyOne(commander, { ...order, command: "consume" })).outcome).toBe("done");
  });

  test("of a consume and a release at once, one takes effect", async () => {
    const { id } = await insertProduct(store, 20);
    let sold = 0;
    for (let round = 0; round < 20; round++) {
      const order = commandFor(id);
      await applyOne(commander, order);
      const [consume, release] = await Promise.all([
        applyOne(commander, { ...order, command: "consume" }),
        applyOne(commander, { ...order, command: "release" }),
      ]);
      expect([`${consume.outcome} ${release.outcome}`]).toEqual([
        consume.outcome === "done" ? "done mismatch" : "gone done",
      ]);
      if (consume.outcome === "done") sold++;
    }
    expect(await countsOf(store, id)).toBe(`${20 - sold} 0 ${sold}`);
  });

  test("of a reserve and its release at once, nothing stays held", async () => {
    const { id } = await insertProduct(store, 20);
    await atOnce(20, async () => {
      const order = commandFor(id);
      const results = await Promise.all([
        applyOne(commander, order),
        applyOne(commander, { ...order, command: "release" }),
      ]);
      expect(["done done", "gone done"]).toContain(results.map(({ outcome }) => outcome).join(" "));
    });
    expect(await countsOf(store, id)).toBe("20 0 0");
  });

  test("batches over the same products in opposite orders don't block each other", async () => {
    const products = await atOnce(6, () => insertProduct(store, 1000));
    const results = await atOnce(40, (index) => {
      const turn = index % 2 === 0 ? products : products.toReversed();
      const orderId = newId();
      return commander.applyCommands(turn.map(({ id }) => commandFor(id, { orderId })));
    });
    expect(tally(results.flat().map(({ outcome }) => outcome))).toEqual({ done: 240 });
    for (const { id } of products) expect(await countsOf(store, id)).toBe("960 40 0");
  });

  test("a batch may have a thousand commands", async () => {
    const products = await atOnce(4, () => insertProduct(store, 100));
    const commands = Array.from({ length: 1000 }, (_, index) =>
      commandFor(products[index % 4]?.id ?? "", { revision: index + 1 }),
    );
    const results = await commander.applyCommands(commands);
    expect(tally(results.map(({ outcome }) => outcome))).toEqual({ done: 400, "out-of-stock": 600 });
    expect(results.findIndex(({ outcome }) => outcome === "out-of-stock")).toBe(400);
  });

  test("inStock follows the units that are available, outside the version", async () => {
    const product = await insertProduct(store, 1);
    const inStock = async (): Promise<boolean> => {
      const found = await store.list(listingOf({ ownerId: product.ownerId, inStock: true }), { limit: 1 });
      const missing = await store.list(listingOf({ ownerId: product.ownerId, inStock: false }), { limit: 1 });
      expect(found.length + missing.length).toBe(1);
      return found.length === 1;
    };
    const order = commandFor(product.id);
    expect(await inStock()).toBe(true);
    await applyOne(commander, order);
    expect(await inStock()).toBe(false);
    await store.replace(product, edited(product));
    expect(await inStock()).toBe(false);
    await applyOne(commander, { ...order, command: "release" });
    expect(await inStock()).toBe(true);
    const adjustment = { productId: product.id, reason: "lost", adjustedBy: newId(), createdAt: new Date() } as const;
    await store.adjust({ ...adjustment, id: newId(), delta: -1 }, () => undefined);
    expect(await inStock()).toBe(false);
    await store.adjust({ ...adjustment, id: newId(), delta: 2 }, () => undefined);
    expect(await inStock()).toBe(true);
    expect(await store.find(product.id)).toMatchObject({ version: 2 });
  });

  test("sales that empty and fill the stock never make an editor fail, nor the editor them", async () => {
    const first = await insertProduct(store, 1);
    let isSelling = true;
    const sell = async (): Promise<void> => {
      for (let round = 0; round < 15; round++) {
        const order = commandFor(first.id);
        const { outcome } = await applyOne(commander, order);
        expect(["done", "out-of-stock", "not-sellable"]).toContain(outcome);
        if (outcome === "done")
          expect((await applyOne(commander, { ...order, command: "release" })).outcome).toBe("done");
      }
    };
    const edit = async (): Promise<Product> => {
      let current = first;
      while (isSelling) {
        const next = edited(current, { status: current.version % 2 === 0 ? "active" : "archived" });
        expect(await store.replace(current, next)).toBe(true);
        current = next;
      }
      return current;
    };
    const editing = edit();
    await atOnce(4, sell).finally(() => {
      isSelling = false;
    });
    const last = await editing;
    expect(await store.find(first.id)).toEqual(last);
    expect(await countsOf(store, first.id)).toBe("1 0 0");
    const listed = await store.list(listingOf({ ownerId: first.ownerId, status: last.status, inStock: true }), {
      limit: 1,
    });
    expect(listed).toEqual([last]);
  });

  test("a product that is deleted while it is sold has either sold units or refuses to", async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = await insertProduct(store, 5);
      const order = commandFor(id);
      const [result, isDeleted] = await Promise.all([applyOne(commander, order), store.delete(id)]);
      expect(isDeleted).toBe(true);
      expect(["done", "unknown-product"]).toContain(result.outcome);
      const consumed = await applyOne(commander, { ...order, command: "consume" });
      expect(consumed.outcome).toBe(result.outcome === "done" ? "done" : "missing");
    }
  });

  test("whatever the commands, the store answers and counts what stock.ts says", async () => {
    const random = createRandom(20_261_123);
    const products = await atOnce(3, () => insertProduct(store, 6));
    const ids = [...products.map(({ id }) => id), newId()];
    const orders = Array.from({ length: 4 }, newId);
    let books = booksOf(products);
    for (let round = 0; round < 40; round++) {
      const commands = Array.from(
        { length: 1 + random(5) },
        (): StockCommand => ({
          command: (["reserve", "consume", "release", "restock", "purge"] as const)[random(5)] ?? "reserve",
          orderId: orders[random(orders.length)] ?? "",
          revision: 1 + random(2),
          productId: ids[random(ids.length)] ?? "",
          quantity: 1 + random(3),
          notAfter: random(10) === 0 ? "2020-01-01T00:00:00.000Z" : new Date(Date.now() + 600_000).toISOString(),
        }),
      );
      const expected = applyStockCommands(commands, books);
      expect([round, await commander.applyCommands(commands)]).toEqual([round, [...expected.results]]);
      books = afterwards(books, expected);
      const counted = await store.stocks(ids);
      for (const [id, { sellable: _, ...counts }] of books.inventories) expect(counted.get(id)).toEqual(counts);
    }
  });
}

function booksOf(products: readonly Product[]): StockBooks {
  const inventory = { available: 6, reserved: 0, sold: 0, sequence: 1, sellable: true };
  return {
    now: new Date(),
    inventories: new Map<string, Inventory>(products.map(({ id }) => [id, { productId: id, ...inventory }])),
    entries: new Map(),
    snapshots: new Map(
      products.map(({ id, sku, name, price }) => [id, { productId: id, sku, name, unitPrice: price }]),
    ),
  };
}

function afterwards(books: StockBooks, changes: ReturnType<typeof applyStockCommands>): StockBooks {
  const inventories = new Map(books.inventories);
  for (const inventory of changes.inventories) inventories.set(inventory.productId, inventory);
  const entries = new Map(books.entries);
  for (const entry of changes.entries) entries.set(entryKey(entry), entry);
  for (const key of changes.purged) entries.delete(entryKey(key));
  return { ...books, inventories, entries };
}

/** Whole numbers below a bound, the same ones in every run (a linear congruential generator). */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
