import { expect, test } from "bun:test";
import { MongoClient } from "mongodb";

import { createMongoDatabase, describeWithMongo } from "../_stack/setup.ts";
import { prepareMongo } from "./prepare_mongo.ts";

describeWithMongo("prepareMongo()", () => {
  test("makes the user of a service, and gives it a new password when run again", async () => {
    const { url } = await createMongoDatabase();
    const { hosts, replicaSet, dbName } = new MongoClient(url).options;
    const serviceUrl = (password: string): string =>
      `mongodb://tester:${password}@${hosts.join(",")}/${dbName}?replicaSet=${replicaSet}`;
    const rootUrl = url;

    await prepareMongo({ rootUrl, serviceUrls: [serviceUrl("first")], withinMs: 10_000 });
    expect(await signsIn(serviceUrl("first"))).toBe(true);
    await prepareMongo({ rootUrl, serviceUrls: [serviceUrl("second")], withinMs: 10_000 });
    expect(await signsIn(serviceUrl("second"))).toBe(true);
    expect(await signsIn(serviceUrl("first"))).toBe(false);
  });

  test("gives up a server that does not answer, in one line", async () => {
    const { url } = await createMongoDatabase();
    const rootUrl = "mongodb://root:secret@127.0.0.1:1/admin?replicaSet=tradepost";
    const outcome = prepareMongo({ rootUrl, serviceUrls: [url], withinMs: 200 });
    await expect(outcome).rejects.toThrow(/^Cannot start: cannot reach the first member .* within 200 ms/);
  });
});

async function signsIn(url: string): Promise<boolean> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 3_000 });
  try {
    await client.db().collection("notes").insertOne({ text: "hello" });
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}
