import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { IDEMPOTENCY_HOURS } from "#platform/idempotency.ts";
import { connectPostgres, type Postgres } from "#platform/postgres.ts";
import { checkViolation } from "#platform/postgres_faults.ts";
import { createPostgresDatabase } from "../../_stack/setup.ts";
import type { ProductListing, ProductPosition, ProductSort } from "../product_listing.ts";
import { testProductStore } from "./contract.ts";
import { insertProduct, listingOf } from "./contract_fixtures.ts";
import { migrateProducts, PostgresProductStore } from "./postgres.ts";
import { listStatement } from "./postgres_listing.ts";

/** The first test waits for the engine to start, and a machine may have much else to do. */
setDefaultTimeout(60_000);

const databases: Postgres[] = [];

async function connect(): Promise<Postgres> {
  const { url } = await createPostgresDatabase();
  const database = await connectPostgres({ url, poolMax: 10, timeoutMs: 20_000 });
  databases.push(database);
  await migrateProducts(database);
  return database;
}

afterAll(async () => {
  for (const database of databases) await database.close();
});

describe("PostgresProductStore", () => {
  testProductStore(async () => new PostgresProductStore(await connect()));
});

describe("PostgresProductStore in its tables", () => {
  let database: Postgres;
  let store: PostgresProductStore;
  beforeAll(async () => {
    database = await connect();
    store = new PostgresProductStore(database);
  });

  test("no counter can be made negative", async () => {
    const { id } = await insertProduct(store, 1);
    for (const column of ["available", "reserved", "sold"]) {
      const write = database.query`UPDATE inventories SET ${database.sql({ [column]: -1 })} WHERE product_id = ${id}`;
      const constraint = await write.then(() => "written", checkViolation);
      expect(constraint).toBe(`inventories_${column}_check`);
    }
  });

  test("the counts of a product are the sum of its adjustments, the first units included", async () => {
    const { id, ownerId } = await insertProduct(store, 5);
    const change = { productId: id, reason: "lost", adjustedBy: ownerId, createdAt: new Date() } as const;
    await store.adjust({ ...change, id: Bun.randomUUIDv7(), delta: -2, note: "Fell" }, () => undefined);
    const rows = await database.query`
      SELECT sequence, delta, reason, note FROM stock_adjustments WHERE product_id = ${id} ORDER BY sequence`;
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { sequence: 1, delta: 5, reason: "initial", note: null },
      { sequence: 2, delta: -2, reason: "lost", note: "Fell" },
    ]);
  });

  test("a key may be used again when its record is too old", async () => {
    const record = { scope: "s", key: "k", fingerprint: "f", reply: { status: 201, body: 1 } };
    await store.idempotency.save(record);
    await database.query`UPDATE idempotency_records SET created_at = now() - ${IDEMPOTENCY_HOURS} * interval '1 hour'`;
    expect(await store.idempotency.find("s", "k")).toBeUndefined();
    await store.idempotency.save({ ...record, fingerprint: "g" });
    expect((await store.idempotency.find("s", "k"))?.fingerprint).toBe("g");
  });
});

interface PlanNode {
  "Node Type": string;
  "Index Name"?: string;
  "Actual Rows": number;
  "Rows Removed by Filter"?: number;
  Plans?: PlanNode[];
}

describe("plans of PostgresProductStore.list()", () => {
  const OWNER = "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11";
  const LIMIT = 20;
  let database: Postgres;
  beforeAll(async () => {
    database = await connect();
    await database.query`
      INSERT INTO products (id, sku, name, description, amount, currency, status, tags, owner_id, version, created_at, updated_at,
        in_stock, words)
      SELECT format('019a0d30-0000-7000-8000-%s', lpad(to_hex(i), 12, '0'))::uuid, 'S' || i, 'n' || i % 500, repeat(md5(i::text), 20),
        i % 100, 'USD', CASE WHEN i % 5 = 0 THEN 'draft' ELSE 'active' END, ARRAY['t' || i % 400],
        CASE WHEN i % 150 < 2 THEN ${OWNER}::uuid ELSE gen_random_uuid() END, 1, now(), now(), i % 2 = 0,
        array_to_tsvector(ARRAY['w' || i % 1000, CASE WHEN i % 30 = 0 THEN 'thing' ELSE 'other' END])
      FROM generate_series(1, 20000) i ORDER BY md5(i::text)`;
    await database.query`ANALYZE products`;
  });

  /** The nodes of the plan that was run, the outermost first. */
  async function planOf(change: Partial<ProductListing>, after?: ProductPosition): Promise<PlanNode[]> {
    const statement = listStatement(database.sql, listingOf(change), { limit: LIMIT, after });
    const [row] = await database.query`EXPLAIN (ANALYZE, FORMAT JSON) ${statement}`;
    const [[{ Plan: plan }]] = Object.values(row ?? {}) as [[{ Plan: PlanNode }]]; // the documented form of FORMAT JSON
    const flatten = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flatten)];
    return flatten(plan);
  }

  const DEEP: Record<ProductSort, ProductPosition> = {
    "-createdAt": [null, "019a0d30-0000-7000-8000-000000002000"],
    price: [50, "019a0d30-0000-7000-8000-000000002000"],
    "-price": [50, "019a0d30-0000-7000-8000-000000002000"],
    name: ["n30", "019a0d30-0000-7000-8000-000000002000"],
  };
  const INDEX: Record<ProductSort, string> = { "-createdAt": "age", price: "price", "-price": "price", name: "name" };
  const SORTS = Object.keys(INDEX) as ProductSort[]; // its own keys

  test.each(SORTS)("sort=%s reads a page from its index, at the beginning and deep in the list", async (sort) => {
    const currency = INDEX[sort] === "price" ? "USD" : undefined;
    for (const ownerId of [undefined, OWNER]) {
      // Where most is active, the primary key is as good for the newest of everybody's.
      const status = sort === "-createdAt" && !ownerId ? "draft" : "active";
      for (const after of [undefined, DEEP[sort]]) {
        const nodes = await planOf({ sort, status, ownerId, currency }, after);
        expect(nodes.map((node) => node["Node Type"])).toEqual(["Limit", "Index Scan"]);
        const [, scan] = nodes;
        expect(scan?.["Index Name"]).toBe(`products_by_${ownerId ? "owner_and_" : ""}${INDEX[sort]}`);
        expect(scan?.["Actual Rows"]).toBe(LIMIT);
        expect(scan?.["Rows Removed by Filter"]).toBeUndefined();
      }
    }
  });

  test("a range of prices is a range of the index", async () => {
    const [, scan] = await planOf({ sort: "price", currency: "USD", minPrice: 90, maxPrice: 95 });
    expect(scan).toMatchObject({ "Node Type": "Index Scan", "Index Name": "products_by_price", "Actual Rows": LIMIT });
    expect(scan?.["Rows Removed by Filter"]).toBeUndefined();
  });

  test("the newest active products come from an index in order", async () => {
    for (const after of [undefined, DEEP["-createdAt"]]) {
      const nodes = await planOf({}, after);
      expect(nodes.map((node) => node["Node Type"])).toEqual(["Limit", "Index Scan"]);
    }
  });

  test.each([
    ["a rare word", { words: ["w77"] }, "products_by_word"],
    ["a word that nothing has", { words: ["nothing"] }, "products_by_word"],
    ["a rare word and a frequent one", { words: ["thin", "w77"] }, "products_by_word"],
    ["a frequent word", { words: ["thing"] }, "products_by_word"],
    ["a word of one owner", { words: ["w77"], ownerId: OWNER }, "products_by_word"],
    ["a rare tag", { tag: "t77" }, "products_by_tag"],
    ["a tag that nothing has", { tag: "none" }, "products_by_tag"],
  ] as const)("%s is looked up in an index", async (_, change, index) => {
    for (const sort of SORTS) {
      const nodes = await planOf({ ...change, sort, currency: "USD" });
      expect(nodes.map((node) => node["Node Type"])).not.toContain("Seq Scan");
      expect(nodes.map((node) => node["Index Name"])).toContain(index);
    }
  });
});
