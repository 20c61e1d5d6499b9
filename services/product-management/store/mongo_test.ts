import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Document } from "mongodb";
import { connectMongo, type Mongo } from "#platform/mongo.ts";
import { isInvalidDocument } from "#platform/mongo_faults.ts";
import { createMongoDatabase, describeWithMongo } from "../../_stack/setup.ts";
import type { ProductListing, ProductPosition, ProductSort } from "../product_listing.ts";
import { testProductStore } from "./contract.ts";
import { insertProduct, listingOf } from "./contract_fixtures.ts";
import { MongoProductStore, prepareProducts } from "./mongo.ts";
import { type Collections, collectionsOf } from "./mongo_documents.ts";
import { listQueries } from "./mongo_listing.ts";

/** The first test waits for the engine to start, and a machine may have much else to do. */
setDefaultTimeout(60_000);

const databases: Mongo[] = [];

async function connect(): Promise<Mongo> {
  const { url } = await createMongoDatabase();
  const database = await connectMongo({ url, poolMax: 10, timeoutMs: 20_000 });
  databases.push(database);
  await prepareProducts(database);
  return database;
}

afterAll(async () => {
  for (const database of databases) await database.close();
});

describeWithMongo("MongoProductStore", () => {
  testProductStore(async () => new MongoProductStore(await connect()));

  describe("in its collections", () => {
    let store: MongoProductStore;
    let collections: Collections;
    beforeAll(async () => {
      const database = await connect();
      store = new MongoProductStore(database);
      collections = collectionsOf(database);
    });

    test("no counter can be made negative", async () => {
      const { id: _id } = await insertProduct(store, 1);
      for (const counter of ["available", "reserved", "sold"]) {
        const write = collections.inventories.updateOne({ _id }, { $set: { [counter]: -1 } });
        expect(await write.then(() => "written", isInvalidDocument)).toBe(true);
      }
    });

    test("the counts of a product are the sum of its adjustments, the first units included", async () => {
      const { id, ownerId } = await insertProduct(store, 5);
      const change = { productId: id, reason: "lost", adjustedBy: ownerId, createdAt: new Date() } as const;
      await store.adjust({ ...change, id: Bun.randomUUIDv7(), delta: -2, note: "Fell" }, () => undefined);
      const made = await collections.adjustments.find({ productId: id }).sort({ sequence: 1 }).toArray();
      expect(made.map(({ sequence, delta, reason, note }) => ({ sequence, delta, reason, note }))).toEqual([
        { sequence: 1, delta: 5, reason: "initial", note: undefined },
        { sequence: 2, delta: -2, reason: "lost", note: "Fell" },
      ]);
    });

    test("starting a second time changes nothing", async () => {
      const product = await insertProduct(store, 1);
      await prepareProducts(databases.at(-1) as Mongo); // beforeAll connected
      expect(await store.find(product.id)).toEqual(product);
    });
  });

  describe("plans of list()", () => {
    const ID = "019a0d30-0000-7000-8000-000000000800";
    const AFTER: Record<ProductSort, ProductPosition> = {
      "-createdAt": [null, ID],
      price: [50, ID],
      "-price": [50, ID],
      name: ["n30", ID],
    };
    const SORTS = Object.keys(AFTER) as ProductSort[]; // its own keys
    let collections: Collections;
    beforeAll(async () => {
      const database = await connect();
      collections = collectionsOf(database);
      for (let index = 0; index < 50; index++) {
        const price = { amount: index, currency: "USD" };
        await insertProduct(new MongoProductStore(database), 1, { name: `n${index}`, tags: ["t"], price });
      }
    });

    interface Plan {
      /** The stages of every query of a page, the innermost last; `IXSCAN` with its index. */
      stages: string[];
      engine: unknown;
    }

    async function planOf(change: Partial<ProductListing>, after?: ProductPosition): Promise<Plan> {
      const plan: Plan = { stages: [], engine: undefined };
      const walk = (stage: Document | undefined): void => {
        if (!stage) return;
        plan.stages.push(stage.indexName ? `${stage.stage} ${stage.indexName}` : String(stage.stage));
        for (const inner of [stage.inputStage, ...(stage.inputStages ?? [])]) walk(inner);
      };
      for (const { filter, sort, hint } of listQueries(listingOf(change), after)) {
        const explained = await collections.products.find(filter, { sort, hint, limit: 20 }).explain("queryPlanner");
        plan.engine = explained.serverInfo.host;
        walk(explained.queryPlanner.winningPlan.queryPlan ?? explained.queryPlanner.winningPlan);
      }
      return plan;
    }

    test.each(SORTS)("sort=%s reads a page from its index, in order", async (sort) => {
      const order = sort === "name" ? "name" : sort === "-createdAt" ? "age" : "price";
      const currency = order === "price" ? "USD" : undefined;
      for (const ownerId of [undefined, ID]) {
        for (const after of [undefined, AFTER[sort]]) {
          const { stages, engine } = await planOf({ sort, currency, ownerId }, after);
          const index = `products_by_${ownerId ? "owner_and_" : ""}${order}`;
          expect(new Set(stages.filter((stage) => /SCAN/.test(stage)))).toEqual(new Set([`IXSCAN ${index}`]));
          // SecantusDB sorts again what it has read from an index; MongoDB must not.
          expect(stages.includes("SORT")).toBe(engine === "secantus");
        }
      }
    });

    test.each([
      [{ tag: "t" }, "products_by_tag"],
      [{ words: ["thing", "lamp"] }, "products_by_word"],
      [{ words: ["lamp"], tag: "t", ownerId: ID, inStock: true }, "products_by_word"],
    ] as const)("%j is looked up in %s", async (change, index) => {
      for (const sort of SORTS) {
        for (const after of [undefined, AFTER[sort]]) {
          const { stages } = await planOf({ sort, currency: "USD", ...change }, after);
          expect(new Set(stages.filter((stage) => /SCAN/.test(stage)))).toEqual(new Set([`IXSCAN ${index}`]));
        }
      }
    });
  });
});
