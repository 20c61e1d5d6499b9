/** What every adapter of {@link ProductStore} promises, tried on its real engine. A race is many calls at once, not a mock. */
import { beforeAll, describe, expect, test } from "bun:test";
import { type IdempotencyRecord, KeyTaken } from "#platform/idempotency.ts";
import { expectForgetting } from "../../_stack/audit_fixture.ts";
import {
  applyOne,
  atOnce,
  type CreateStore,
  commandFor,
  countsOf,
  edited,
  insertProduct,
  listingOf,
  makeProduct,
  newId,
  tally,
} from "./contract_fixtures.ts";
import { testLists } from "./contract_lists.ts";
import { testStockCommands } from "./contract_stock.ts";
import { groupCommands } from "./group_commands.ts";
import type { Adjustment, ProductStore } from "./mod.ts";

/** Tries everything. */
export function testProductStore(createStore: CreateStore): void {
  describe("products", () => testProducts(createStore));
  describe("stock adjustments", () => testAdjustments(createStore));
  describe("stock commands", () => testStockCommands(createStore, (store) => store));
  describe("stock commands in groups", () => testStockCommands(createStore, groupCommands));
  describe("lists", () => testLists(createStore));
  test("the trail forgets what is older than it is kept", async () => expectForgetting((await createStore()).trail));
}

function makeRecord(change: Partial<IdempotencyRecord> = {}): IdempotencyRecord {
  return {
    scope: "createProduct user:1",
    key: newId(),
    fingerprint: "f1",
    reply: { status: 201, body: { z: 1, a: "é" } },
    ...change,
  };
}

function testProducts(createStore: CreateStore): void {
  let store: ProductStore;
  beforeAll(async () => {
    store = await createStore();
  });

  test("a product is found as it was inserted", async () => {
    const product = makeProduct({
      name: "名前 😀 'quoted' \\ %_",
      description: "two\nlines\ttab",
      price: { amount: Number.MAX_SAFE_INTEGER, currency: "JPY" },
      status: "draft",
      tags: ["b", "a", 'ü, {x} "y"'],
    });
    await store.insert(product, { stock: 7, adjustmentId: newId() });
    expect(await store.find(product.id)).toEqual(product);
    expect(JSON.stringify(await store.find(product.id))).toBe(JSON.stringify(product));
    expect(await store.find(newId())).toBeUndefined();
  });

  test("a new product has the stock it began with", async () => {
    const [some, none] = [await insertProduct(store, 7), await insertProduct(store)];
    const stocks = await store.stocks([some.id, none.id, newId()]);
    const counts = { reserved: 0, sold: 0, sequence: 1 };
    expect([...stocks.values()].toSorted((a, b) => b.available - a.available)).toEqual([
      { productId: some.id, available: 7, ...counts },
      { productId: none.id, available: 0, ...counts },
    ]);
    expect(await store.stocks([])).toEqual(new Map());
  });

  test("of many products with one sku at once, one is inserted", async () => {
    const outcomes = await atOnce(20, () =>
      insertProduct(store, 1, { sku: "TWIN" }).then(
        () => "inserted",
        (error) => error.code,
      ),
    );
    expect(tally(outcomes)).toEqual({ inserted: 1, "sku-taken": 19 });
  });

  test("skus that differ in case are different", async () => {
    await insertProduct(store, 0, { sku: "case" });
    await insertProduct(store, 0, { sku: "CASE" });
  });

  test("a record is committed with the product, or neither is", async () => {
    const record = makeRecord();
    const first = makeProduct();
    await store.insert(first, { stock: 1, adjustmentId: newId(), record });
    expect(await store.idempotency.find(record.scope, record.key)).toEqual(record);

    const second = makeProduct();
    const again = store.insert(second, { stock: 1, adjustmentId: newId(), record: { ...record, fingerprint: "f2" } });
    await expect(again).rejects.toBeInstanceOf(KeyTaken);
    expect(await store.find(second.id)).toBeUndefined();
    expect(await store.stocks([second.id])).toEqual(new Map());
    expect((await store.idempotency.find(record.scope, record.key))?.fingerprint).toBe("f1");

    const unused = makeRecord();
    const taken = store.insert(makeProduct({ sku: first.sku }), { stock: 1, adjustmentId: newId(), record: unused });
    await expect(taken).rejects.toMatchObject({ code: "sku-taken" });
    expect(await store.idempotency.find(unused.scope, unused.key)).toBeUndefined();
  });

  test("of many inserts with one key at once, one takes effect", async () => {
    const record = makeRecord();
    const ownerId = newId();
    const outcomes = await atOnce(20, () =>
      store.insert(makeProduct({ ownerId }), { stock: 1, adjustmentId: newId(), record }).then(
        () => "inserted",
        (error) => (error instanceof KeyTaken ? "key taken" : error),
      ),
    );
    expect(tally(outcomes)).toEqual({ inserted: 1, "key taken": 19 });
    expect(await store.list(listingOf({ ownerId }), { limit: 100 })).toHaveLength(1);
  });

  test("records are kept without an effect as well, by scope and key", async () => {
    const record = makeRecord({ reply: { status: 409, headers: { a: "b" }, body: { code: "sku-taken" } } });
    await store.idempotency.save(record);
    expect(await store.idempotency.find(record.scope, record.key)).toEqual(record);
    await expect(store.idempotency.save(record)).rejects.toBeInstanceOf(KeyTaken);
    await store.idempotency.save({ ...record, scope: "createProduct user:2" });
    expect(await store.idempotency.find("createProduct user:3", record.key)).toBeUndefined();
  });

  test("replace() writes the next version of the current one and nothing else", async () => {
    const first = await insertProduct(store, 3);
    const second = edited(first, { name: "Other", price: { amount: 0, currency: "EUR" }, tags: ["new"] });
    expect(await store.replace(first, second)).toBe(true);
    expect(await store.find(first.id)).toEqual(second);
    expect(await store.replace(first, edited(first, { name: "Late" }))).toBe(false);
    expect(await store.replace(makeProduct(), edited(first))).toBe(false);
    expect(await store.find(first.id)).toEqual(second);
    expect(await countsOf(store, first.id)).toBe("3 0 0");
  });

  test("of 200 writers at one version, one wins", async () => {
    const product = await insertProduct(store);
    const outcomes = await atOnce(200, (index) => store.replace(product, edited(product, { name: `Writer ${index}` })));
    expect(tally(outcomes)).toEqual({ true: 1, false: 199 });
    expect(await store.find(product.id)).toMatchObject({ version: 2, name: `Writer ${outcomes.indexOf(true)}` });
  });

  test("of many writers that change the status at one version, one wins, and the stock follows it", async () => {
    const product = await insertProduct(store, 1);
    const outcomes = await atOnce(20, (index) =>
      store.replace(product, edited(product, { status: index % 2 === 0 ? "archived" : "active" })),
    );
    expect(tally(outcomes)).toEqual({ true: 1, false: 19 });
    const isArchived = (await store.find(product.id))?.status === "archived";
    const { outcome } = await applyOne(store, commandFor(product.id));
    expect(outcome).toBe(isArchived ? "not-sellable" : "done");
  });

  test("replace() refuses the sku of another product and frees the one it leaves", async () => {
    const [one, two] = [await insertProduct(store), await insertProduct(store)];
    await expect(store.replace(one, edited(one, { sku: two.sku }))).rejects.toMatchObject({ code: "sku-taken" });
    const archiving = edited(one, { sku: two.sku, status: "archived" });
    await expect(store.replace(one, archiving)).rejects.toMatchObject({ code: "sku-taken" });
    expect(await store.find(one.id)).toEqual(one);
    expect(await store.replace(one, edited(one, { sku: `${one.sku}-b` }))).toBe(true);
    await insertProduct(store, 0, { sku: one.sku });
  });

  test("only the units of an active product can be reserved", async () => {
    const draft = await insertProduct(store, 5, { status: "draft" });
    const active = edited(draft, { status: "active" });
    const archived = edited(active, { status: "archived" });
    const reserve = async () => (await applyOne(store, commandFor(draft.id))).outcome;
    expect(await reserve()).toBe("not-sellable");
    expect(await store.replace(draft, active)).toBe(true);
    expect(await reserve()).toBe("done");
    expect(await store.replace(active, archived)).toBe(true);
    expect(await reserve()).toBe("not-sellable");
    expect(await countsOf(store, draft.id)).toBe("4 1 0");
  });

  test("a deleted product is gone and its sku is free", async () => {
    const product = await insertProduct(store, 5);
    expect(tally(await atOnce(20, () => store.delete(product.id)))).toEqual({ true: 1, false: 19 });
    expect(await store.find(product.id)).toBeUndefined();
    expect(await store.stocks([product.id])).toEqual(new Map());
    expect(await store.list(listingOf({ ownerId: product.ownerId }), { limit: 10 })).toEqual([]);
    expect(await store.replace(product, edited(product))).toBe(false);
    expect((await applyOne(store, commandFor(product.id))).outcome).toBe("unknown-product");
    await insertProduct(store, 0, { sku: product.sku });
  });

  test("delete() of a version deletes that version only", async () => {
    const product = await insertProduct(store);
    await store.replace(product, edited(product));
    expect(await store.delete(product.id, { version: 1 })).toBe(false);
    expect(await store.find(product.id)).toMatchObject({ version: 2 });
    expect(await store.delete(product.id, { version: 2 })).toBe(true);
    expect(await store.delete(newId())).toBe(false);
  });

  test("of a writer and a deleter at one version, one wins", async () => {
    for (let round = 0; round < 20; round++) {
      const product = await insertProduct(store);
      const outcomes = await Promise.all([
        store.replace(product, edited(product)),
        store.delete(product.id, { version: 1 }),
      ]);
      expect(tally(outcomes)).toEqual({ true: 1, false: 1 });
    }
  });

  test("orders that hold units of a deleted product go on, and its inventory is forgotten with the last of them", async () => {
    const product = await insertProduct(store, 5);
    const [held, other] = [commandFor(product.id, { quantity: 2 }), commandFor(product.id)];
    await store.applyCommands([held, other]);
    await store.delete(product.id);

    const snapshot = { productId: product.id, sku: product.sku, name: product.name, unitPrice: product.price };
    expect(await applyOne(store, held)).toEqual({ outcome: "done", snapshot });
    expect(await applyOne(store, commandFor(product.id))).toEqual({ outcome: "unknown-product" });
    expect(await applyOne(store, { ...held, command: "consume" })).toEqual({ outcome: "done" });
    expect(await applyOne(store, { ...other, command: "release" })).toEqual({ outcome: "done" });

    // Two units are sold: more can't come back as long as anybody counts.
    const tooMany = commandFor(product.id, { command: "restock", quantity: 3 });
    await applyOne(store, { ...other, command: "purge" });
    expect(await applyOne(store, tooMany)).toEqual({ outcome: "missing" });
    await applyOne(store, { ...held, command: "purge" });
    expect(await applyOne(store, tooMany)).toEqual({ outcome: "done" });
  });

  test("ping() answers", async () => {
    await store.ping();
  });
}

function testAdjustments(createStore: CreateStore): void {
  let store: ProductStore;
  beforeAll(async () => {
    store = await createStore();
  });

  function adjustmentOf(productId: string, delta: number): Adjustment {
    return { id: newId(), productId, delta, reason: "received", adjustedBy: newId(), createdAt: new Date() };
  }
  const withoutRecord = () => undefined;

  test("units are added and removed, and the counts right after are answered", async () => {
    const { id } = await insertProduct(store, 5);
    const added = await store.adjust({ ...adjustmentOf(id, 20), note: "Delivery é" }, withoutRecord);
    expect(added).toEqual({ productId: id, available: 25, reserved: 0, sold: 0, sequence: 2 });
    expect(await store.adjust(adjustmentOf(id, -25), withoutRecord)).toMatchObject({ available: 0, sequence: 3 });
    expect(await countsOf(store, id)).toBe("0 0 0");
    expect(await store.find(id)).toMatchObject({ version: 1, updatedAt: "2026-11-23T10:16:02.123Z" });
  });

  test("more units than are available can't be removed", async () => {
    const { id } = await insertProduct(store, 5);
    await applyOne(store, commandFor(id, { quantity: 2 }));
    const refusal = store.adjust(adjustmentOf(id, -4), withoutRecord);
    await expect(refusal).rejects.toMatchObject({ code: "insufficient-stock", extras: { available: 3 } });
    expect(await countsOf(store, id)).toBe("3 2 0");
  });

  test("there is nothing to adjust of a product that is unknown or deleted", async () => {
    const { id } = await insertProduct(store, 5);
    await applyOne(store, commandFor(id));
    await store.delete(id);
    for (const productId of [id, newId()]) {
      expect(await store.adjust(adjustmentOf(productId, 1), withoutRecord)).toBeUndefined();
    }
  });

  test("a record is committed with the adjustment, or neither is", async () => {
    const { id } = await insertProduct(store, 5);
    const recordOf = (stock: unknown) => makeRecord({ key: "one", reply: { status: 201, body: stock } });
    const stock = await store.adjust(adjustmentOf(id, 1), recordOf);
    expect((await store.idempotency.find("createProduct user:1", "one"))?.reply).toEqual({ status: 201, body: stock });
    await expect(store.adjust(adjustmentOf(id, 1), recordOf)).rejects.toBeInstanceOf(KeyTaken);
    expect(await countsOf(store, id)).toBe("6 0 0");
  });

  test("of many adjustments with one key at once, one takes effect", async () => {
    const { id } = await insertProduct(store);
    const outcomes = await atOnce(20, () =>
      store
        .adjust(adjustmentOf(id, 1), () => makeRecord({ key: "twin" }))
        .then(
          () => "made",
          (error) => (error instanceof KeyTaken ? "key taken" : error),
        ),
    );
    expect(tally(outcomes)).toEqual({ made: 1, "key taken": 19 });
    expect(await countsOf(store, id)).toBe("1 0 0");
  });

  test("no adjustment is lost when many are made at once", async () => {
    const { id } = await insertProduct(store, 25);
    const stocks = await atOnce(50, (index) => store.adjust(adjustmentOf(id, index % 2 === 0 ? 3 : -1), withoutRecord));
    expect(new Set(stocks.map((stock) => stock?.sequence)).size).toBe(50);
    expect(await countsOf(store, id)).toBe("75 0 0");
  });

  test("adjustments and reservations at once never take more than there is", async () => {
    const { id } = await insertProduct(store, 30);
    const outcomes = await atOnce(60, async (index) => {
      if (index % 2 === 0) return (await applyOne(store, commandFor(id))).outcome;
      return store.adjust(adjustmentOf(id, -1), withoutRecord).then(
        () => "removed",
        (error) => error.code,
      );
    });
    const { done = 0, removed = 0, ...refused } = tally(outcomes);
    expect(done + removed).toBe(30);
    expect(Object.keys(refused).filter((name) => name !== "out-of-stock" && name !== "insufficient-stock")).toEqual([]);
    expect(await countsOf(store, id)).toBe(`0 ${done} 0`);
  });
}
