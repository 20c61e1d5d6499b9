import { expect, test } from "bun:test";
import { MongoClient } from "mongodb";
import postgres from "postgres";
import { createMongoDatabase, createPostgresDatabase, describeWithMongo } from "./setup.ts";

test("createPostgresDatabase() gives each caller an empty database where commits are durable", async () => {
  const databases = await Promise.all([createPostgresDatabase(), createPostgresDatabase()]);
  const [first, second] = databases.map(({ url }) => postgres(url, { max: 1 }));
  await first!`CREATE TABLE lamps (id int)`;
  const [row] = await second!`
    SELECT to_regclass('lamps') AS lamps, current_setting('fsync') AS fsync,
      current_setting('synchronous_commit') AS commit, current_setting('full_page_writes') AS pages`;
  expect(row).toEqual({ lamps: null, fsync: "on", commit: "on", pages: "on" });
  await Promise.all([first!.end(), second!.end()]);
  await Promise.all(databases.map((database) => database.drop()));
});

test("drop() takes a Postgres database away, connections or not", async () => {
  const { url, drop } = await createPostgresDatabase();
  const open = postgres(url, { max: 1 });
  await open`SELECT 1`;
  await drop();
  await expect(postgres(url, { max: 1 })`SELECT 1`.execute()).rejects.toMatchObject({ code: "3D000" });
  await open.end({ timeout: 0 }).catch(() => {});
});

describeWithMongo("MongoDB of the tests", () => {
  test("createMongoDatabase() gives a replica set and each caller an empty database", async () => {
    const databases = await Promise.all([createMongoDatabase(), createMongoDatabase()]);
    const clients = await Promise.all(databases.map(({ url }) => MongoClient.connect(url)));
    const [first, second] = clients.map((client) => client.db());
    const hello = await first!.command({ hello: 1 });
    expect(hello.setName).toBeString();
    await first!.collection("lamps").insertOne({ sku: "lamp" }, { writeConcern: { w: "majority", journal: true } });
    expect(await second!.collection("lamps").countDocuments()).toBe(0);
    await Promise.all(databases.map((database) => database.drop()));
    expect(await first!.collection("lamps").countDocuments()).toBe(0);
    await Promise.all(clients.map((client) => client.close()));
  });
});
