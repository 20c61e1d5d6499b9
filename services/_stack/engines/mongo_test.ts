import { afterEach, beforeAll, expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { createTestFolder, describeWithMongo, startOwnMongo } from "../setup.ts";
import type { Engine } from "./engine.ts";
import { describeMongo, findMongo } from "./mongo.ts";
import { withDatabase } from "./mongo_url.ts";

/** A folder with one program in it, to be a PATH. */
function pathWith(program: string, script: string): string {
  const folder = createTestFolder();
  writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, program), 0o755);
  return folder;
}

test.each([
  ["mongodb://127.0.0.1:27017", "mongodb://127.0.0.1:27017/shop"],
  ["mongodb://a:1,b:2/old?replicaSet=rs0", "mongodb://a:1,b:2/shop?replicaSet=rs0"],
  ["mongodb://ann:pw@a:1/", "mongodb://ann:pw@a:1/shop?authSource=admin"],
  ["mongodb+srv://ann:pw@cluster.example/users", "mongodb+srv://ann:pw@cluster.example/shop?authSource=users"],
  ["mongodb://ann:pw@a/?authSource=x", "mongodb://ann:pw@a/shop?authSource=x"],
])("withDatabase() of %s keeps the server, the options and where the login is checked", (url, expected) => {
  expect(withDatabase(url, "shop")).toBe(expected);
});

test("withDatabase() refuses what is no MongoDB URL", () => {
  expect(() => withDatabase("postgres://127.0.0.1/x", "shop")).toThrow(TypeError);
});

test("a mongod on PATH is found, by its version", async () => {
  const PATH = pathWith("mongod", 'echo "db version v8.2.6"');
  const found = await findMongo({ environment: { PATH }, install: false });
  expect(describeMongo(found)).toBe("MongoDB 8.2.6 (mongod on PATH)");
});

test("a mongod that does not run here is told as the reason", async () => {
  const PATH = pathWith("mongod", "exit 1");
  expect(await findMongo({ environment: { PATH }, install: false })).toEqual({
    missing: `no MongoDB: ${PATH}/mongod does not run`,
  });
});

test("without one the reasons are told, and REQUIRE_MONGO=1 makes them a fault", async () => {
  const environment = { PATH: createTestFolder() };
  const search = { environment, install: true, cacheFolder: createTestFolder() };
  const result = await findMongo(search);
  if (!("missing" in result)) return expect(result.origin).toContain("downloaded"); // this machine reaches the internet
  expect(result.missing).toMatch(/no mongod is on PATH; .*fastdl\.mongodb\.org.*; SecantusDB needs Python 3\.11/);
  const required = findMongo({ ...search, environment: { ...environment, REQUIRE_MONGO: "1" } });
  await expect(required).rejects.toThrow(/^REQUIRE_MONGO=1, but there is no MongoDB: /);
});

test.concurrent("a MONGODB_URL that nobody serves is a fault, not a reason to look elsewhere", async () => {
  const environment = { MONGODB_URL: "mongodb://127.0.0.1:9/" };
  await expect(findMongo({ environment, install: false })).rejects.toThrow(/^MONGODB_URL does not answer: /);
}, 10_000);

describeWithMongo("a MongoDB that is ours", () => {
  let engine: Engine;
  let client: MongoClient;
  beforeAll(async () => {
    engine = await startOwnMongo();
  }, 30_000);
  afterEach(() => client.close());

  test("is used by its URL like anybody's, and is not ended then", async () => {
    const found = await findMongo({ environment: { MONGODB_URL: engine.url }, install: false });
    if ("missing" in found) throw new Error(found.missing);
    expect(describeMongo(found)).toEndWith("(MONGODB_URL)");
    const borrowed = await found.start({ folder: createTestFolder() });
    expect(() => borrowed.freeze()).toThrow("not ours");
    await borrowed.stop();
    client = await MongoClient.connect(borrowed.databaseUrl("shop"));
    expect(client.db().databaseName).toBe("shop");
    expect(await client.db().command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  test("keeps an acknowledged document over kill() and restart()", async () => {
    client = await MongoClient.connect(engine.databaseUrl("shop"));
    await client
      .db()
      .collection("lamps")
      .insertOne({ sku: "lamp" }, { writeConcern: { w: "majority", journal: true } });
    await engine.kill();
    await engine.restart();
    expect(await client.db().collection("lamps").countDocuments()).toBe(1);
  }, 30_000);
});
