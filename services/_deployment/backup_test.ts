import { describe, expect, test } from "bun:test";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Binary, BSON, Decimal128, Long, MongoClient, ObjectId } from "mongodb";
import postgres from "postgres";

import { createMongoDatabase, createPostgresDatabase, createTestFolder, describeWithMongo } from "../_stack/setup.ts";
import { backUp, openAtOneMoment, readStoreUrls } from "./backup.ts";
import { readManifest, writeManifest } from "./copy_files.ts";
import { openMongo, restoreMongo } from "./copy_mongo.ts";
import { holdWriters, openPostgres, restorePostgres, type Source } from "./copy_postgres.ts";
import { restore } from "./restore.ts";

async function withSql<Result>(url: string, work: (sql: postgres.Sql) => Promise<Result>): Promise<Result> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** All of a database, opened and copied at once. */
async function copyOf(source: Source, { folder, service }: { folder: string; service: string }) {
  const writeTo = await source.openSnapshot();
  return writeTo(folder, service).finally(() => source.close());
}

test("every URL that is missing is told at once", () => {
  expect(() => readStoreUrls({ ORDER_PROCESSING_STORE_URL: "mongodb://localhost/x" })).toThrow(
    /USER_AUTHENTICATION_STORE_URL.*PRODUCT_MANAGEMENT_STORE_URL.*ORDER_PROCESSING_STORE_URL/,
  );
});

describe("a copy of Postgres", () => {
  const SCHEMA = `
    CREATE TABLE schema_migrations (name text PRIMARY KEY, checksum text, applied_at timestamptz DEFAULT now());
    INSERT INTO schema_migrations VALUES ('0001_all.sql', 'abc');
    CREATE TABLE b_orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text, bytes bytea, tags text[],
      at timestamptz, doubled bigint GENERATED ALWAYS AS (id * 2) STORED);
    CREATE TABLE a_lines (order_id bigint NOT NULL REFERENCES b_orders, body json);
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'append only'; END $$;
    CREATE TRIGGER kept BEFORE INSERT OR TRUNCATE ON a_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse();`;
  const ROWS = `
    INSERT INTO b_orders (text, bytes, tags, at) VALUES
      (E'tab\\t line\\n back\\\\slash "quotes" ☃', '\\x00ff0a09', '{"a b",NULL,"{}"}', '2026-11-23 02:17:05.123456+00'), (NULL, NULL, NULL, NULL), ('', '', '{}', 'infinity');
    ALTER TABLE a_lines DISABLE TRIGGER kept;
    INSERT INTO a_lines VALUES (1, '{"b":  1,"a":2}'), (3, 'null');
    ALTER TABLE a_lines ENABLE TRIGGER kept;`;
  const read = (url: string) =>
    withSql(url, async (sql) => [
      await sql`SELECT o::text FROM b_orders o ORDER BY id`,
      await sql`SELECT l::text FROM a_lines l ORDER BY order_id`,
    ]);

  test("is the database as it was when it was opened, and writes all of it back", async () => {
    const [source, target] = await Promise.all([createPostgresDatabase(), createPostgresDatabase()]);
    for (const { url } of [source, target]) await withSql(url, (sql) => sql.unsafe(SCHEMA).simple());
    await withSql(source.url, (sql) => sql.unsafe(ROWS).simple());
    const before = await read(source.url);
    const folder = createTestFolder();
    const opened = await openPostgres(source.url);
    const writeTo = await opened.openSnapshot();
    await withSql(source.url, (sql) => sql`INSERT INTO b_orders (text) VALUES ('later')`);
    const copy = await writeTo(folder, "orders");
    await opened.close();
    expect(copy.tables.map(({ name, rows }) => [name, rows])).toEqual([
      ["public.a_lines", 2],
      ["public.b_orders", 3],
      ["public.schema_migrations", 1],
    ]);

    await restorePostgres(target.url, copy, { folder, replace: false });
    expect(await read(target.url)).toEqual(before);
    await expect(restorePostgres(target.url, copy, { folder, replace: false })).rejects.toThrow("is not empty");
    await restorePostgres(target.url, copy, { folder, replace: true });
    expect(await read(target.url)).toEqual(before);
    await withSql(target.url, async (sql) => {
      const [row] = await sql`INSERT INTO b_orders (text) VALUES ('next') RETURNING id`;
      expect(Number(row?.id)).toBeGreaterThan(3); // the sequence goes on where it was
      await expect(sql`INSERT INTO a_lines VALUES (1, '{}')`.execute()).rejects.toThrow("append only");
    });
  });

  test("is whole, however much there is in a table", async () => {
    const { url } = await createPostgresDatabase();
    const fill = (name: string) =>
      withSql(url, async (sql) => {
        await sql.unsafe(`CREATE TABLE ${name} (id int, text text)`);
        await sql.unsafe(`INSERT INTO ${name} SELECT g, repeat(md5(g::text), 30) FROM generate_series(1, 5000) g`);
      });
    for (const name of ["a_large", "b_large"]) await fill(name);
    const sum = () =>
      withSql(url, (sql) => sql`SELECT sum(hashtext(t::text)) FROM (TABLE a_large UNION ALL TABLE b_large) t`);
    const before = await sum();
    const folder = createTestFolder();
    const copy = await copyOf(await openPostgres(url), { folder, service: "orders" });
    expect(copy.tables.map(({ rows }) => rows)).toEqual([5000, 5000]);
    await withSql(url, (sql) => sql`DELETE FROM a_large`);
    await restorePostgres(url, copy, { folder, replace: true });
    expect(await sum()).toEqual(before);
  });

  test("is refused by the schema of another release, and changes nothing then", async () => {
    const [source, target] = await Promise.all([createPostgresDatabase(), createPostgresDatabase()]);
    await withSql(source.url, (sql) => sql.unsafe(`${SCHEMA}${ROWS}`).simple());
    const folder = createTestFolder();
    const copy = await copyOf(await openPostgres(source.url), { folder, service: "orders" });
    const attempt = () => restorePostgres(target.url, copy, { folder, replace: true });
    await expect(attempt()).rejects.toThrow("start its service once");
    await withSql(target.url, (sql) => sql.unsafe(SCHEMA.replace("'abc'", "'abd'")).simple());
    await expect(attempt()).rejects.toThrow("the copy is of another release: see migration 0001_all.sql");
  });

  test("holdWriters() lets readers in, and writers once it is told to", async () => {
    const { url } = await createPostgresDatabase();
    await withSql(url, (sql) => sql.unsafe(SCHEMA).simple());
    const release = await holdWriters(url, "b_orders", 10_000);
    let isWritten = false;
    const writing = withSql(url, (sql) => sql`INSERT INTO b_orders (text) VALUES ('late')`).then(() => {
      isWritten = true;
    });
    expect(await withSql(url, (sql) => sql`SELECT 1 FROM b_orders`)).toHaveLength(0);
    await Bun.sleep(150);
    expect(isWritten).toBe(false);
    await release();
    await writing;
  });

  test("holdWriters() lets writers in after a while, whatever became of who held them", async () => {
    const { url } = await createPostgresDatabase();
    await withSql(url, (sql) => sql.unsafe(SCHEMA).simple());
    const release = await holdWriters(url, "b_orders", 200);
    await withSql(url, (sql) => sql`INSERT INTO b_orders (text) VALUES ('late')`);
    await release();
  });
});

describe("one moment of all databases", () => {
  const SCHEMA = "CREATE TABLE orders (id int); CREATE TABLE outbox (id int)";
  const write = (url: string) => withSql(url, (sql) => sql`INSERT INTO orders VALUES (1)`);

  test("a database that can't be reached keeps nobody waiting", async () => {
    const { url } = await createPostgresDatabase();
    await withSql(url, (sql) => sql.unsafe(SCHEMA).simple());
    const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const folder = createTestFolder();
    const urls = {
      "user-authentication": url,
      "product-management": `postgres://nobody@127.0.0.1:${silent.port}/none`,
      "order-processing": url,
    };
    let isOver = false;
    const backup = backUp(urls, folder).finally(() => {
      isOver = true;
    });
    backup.catch(() => {}); // looked at below
    await Bun.sleep(200);
    await write(url);
    expect(isOver).toBeFalse();
    silent.stop(true);
    await expect(backup).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("one that does not open its snapshot in time is named, and the writers go on", async () => {
    const { url } = await createPostgresDatabase();
    await withSql(url, (sql) => sql.unsafe(SCHEMA).simple());
    const source = await openPostgres(url);
    const stuck: Source = { openSnapshot: () => new Promise(() => {}), close: async () => {} };
    const hold = () => holdWriters(url, "orders, outbox", 60_000);
    const sources = [["order-processing", source] as const, ["product-management", stuck] as const];
    await expect(openAtOneMoment(sources, { hold, withinMs: 300 })).rejects.toThrow("snapshot of product-management");
    await write(url);
    await source.close();
  });
});

describeWithMongo("a copy of MongoDB", () => {
  const DOCUMENTS = [
    { _id: "text", value: "☃\0 tab\t", nothing: null, list: [1, "two", { three: 3.5 }] },
    {
      _id: 7,
      long: Long.fromString("9007199254740993"),
      whole: new BSON.Double(1),
      price: Decimal128.fromString("12.50"),
    },
    {
      _id: new ObjectId("656e3f5d2c8b9a0012345678"),
      at: new Date(1_700_000_000_123),
      bytes: new Binary(Buffer.from([0, 255, 10])),
    },
  ];
  const bytesOf = async (url: string): Promise<string[]> => {
    const client = await new MongoClient(url).connect();
    const raw = await client.db().collection("things").find({}, { raw: true }).sort({ _id: 1 }).toArray();
    await client.close();
    return raw.map((document) => Buffer.from(document as unknown as Uint8Array).toString("hex")); // raw: as it came
  };

  test("is the database as it was when it was opened, and writes all of it back, bit by bit", async () => {
    const [source, target] = await Promise.all([createMongoDatabase(), createMongoDatabase()]);
    const client = await new MongoClient(source.url).connect();
    const things = client.db().collection<{ _id: unknown }>("things");
    await things.insertMany(DOCUMENTS);
    await client.db().collection("other").insertOne({});
    const before = await bytesOf(source.url);
    const folder = createTestFolder();
    const opened = await openMongo(source.url);
    const writeTo = await opened.openSnapshot();
    await things.insertOne({ _id: "later" });
    await client.db().collection("other").insertOne({});
    const copy = await writeTo(folder, "products");
    await opened.close();
    await client.close();
    expect(copy.tables.map(({ name, rows }) => [name, rows])).toEqual([
      ["other", 1],
      ["things", 3],
    ]);
    await restoreMongo(target.url, copy, { folder, replace: false });
    expect(await bytesOf(target.url)).toEqual(before);
    await expect(restoreMongo(target.url, copy, { folder, replace: false })).rejects.toThrow("is not empty");
    await restoreMongo(target.url, copy, { folder, replace: true });
    expect(await bytesOf(target.url)).toEqual(before);
  });
});

describeWithMongo("a large copy of MongoDB", () => {
  test("is whole", async () => {
    const { url } = await createMongoDatabase();
    const client = await new MongoClient(url).connect();
    const things = client.db().collection<{ _id: number; text: string }>("things");
    await things.insertMany(Array.from({ length: 5000 }, (_, index) => ({ _id: index, text: `${index}`.repeat(200) })));
    const folder = createTestFolder();
    const copy = await copyOf(await openMongo(url), { folder, service: "products" });
    expect(copy.tables.map(({ rows }) => rows)).toEqual([5000]);
    await restoreMongo(url, copy, { folder, replace: true });
    expect(await things.findOne({ _id: 4999 })).toEqual({ _id: 4999, text: "4999".repeat(200) });
    await client.close();
  });
});

test("a folder without its list, or with a file less, is no backup", async () => {
  const folder = createTestFolder();
  await expect(readManifest(folder)).rejects.toThrow("is no whole backup");
  const { url } = await createPostgresDatabase();
  await withSql(url, (sql) => sql`CREATE TABLE notes (id int)`);
  const database = await copyOf(await openPostgres(url), { folder, service: "orders" });
  await writeManifest(folder, { format: 1, takenAt: "2026-11-23T02:17:05Z", databases: { orders: database } });
  expect((await readManifest(folder)).databases.orders?.tables).toHaveLength(1);
  const urls = { "user-authentication": url, "product-management": url, "order-processing": url };
  await expect(restore(urls, { folder, replace: true })).rejects.toThrow("its copy is of nothing");
  await expect(restore(urls, { folder: join(folder, "orders"), replace: true })).rejects.toThrow("is no whole backup");
  for (const name of readdirSync(join(folder, "orders"))) rmSync(join(folder, "orders", name));
  await expect(readManifest(folder)).rejects.toThrow("ENOENT");
});
