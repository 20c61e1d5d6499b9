import { afterAll, describe, expect, test } from "bun:test";
import type { Document } from "mongodb";
import { connectMongo, type Mongo } from "#platform/mongo.ts";
import { isInvalidDocument } from "#platform/mongo_faults.ts";
import { createMongoDatabase, describeWithMongo } from "../../_stack/setup.ts";
import { testStore } from "./contract.ts";
import { openMongoStore } from "./mongo.ts";
import { createMongoUsers } from "./mongo_users.ts";
import type { OpenReplicas } from "./replicas_fixture.ts";
import { sampleAccount } from "./samples.ts";

const open: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const close of open.reverse()) await close();
});

async function openDatabase(): Promise<{ url: string; database: Mongo }> {
  const { url } = await createMongoDatabase();
  const database = await connectMongo({ url, poolMax: 2, timeoutMs: 10_000 });
  open.push(() => database.close());
  return { url, database };
}

const openReplicas: OpenReplicas = async () => {
  const { url, database } = await openDatabase();
  const options = { url, poolMax: 5, timeoutMs: 10_000 };
  // At once, as replicas start.
  const [first, second] = await Promise.all([openMongoStore(options), openMongoStore(options)]);
  open.push(
    () => first.close(),
    () => second.close(),
  );
  return {
    first,
    second,
    async ageRecords() {
      const createdAt = new Date(Date.now() - 25 * 3_600_000);
      await database.collection("idempotencyRecords").updateMany({}, { $set: { createdAt } });
    },
  };
};

/** The database, with the plans of all that is found through it. */
function watchPlans(database: Mongo): { watched: Mongo; plans: Promise<string[]>[] } {
  const plans: Promise<string[]>[] = [];
  const watch = (name: string) => {
    const collection = database.collection(name);
    return new Proxy(collection, {
      get(target, key) {
        if (key === "findOne") {
          return (filter: Document, options?: Document) => {
            plans.push(target.find(filter, options).limit(1).explain().then(stagesOf));
            return target.findOne(filter, options);
          };
        }
        if (key !== "find") return Reflect.get(target, key, target);
        return (filter: Document, options?: Document) => {
          plans.push(target.find(filter, options).sort({ _id: -1 }).explain().then(stagesOf));
          return target.find(filter, options);
        };
      },
    });
  };
  const watched = new Proxy(database, {
    get: (target, key) => (key === "collection" ? watch : Reflect.get(target, key, target)),
  });
  return { watched, plans };
}

/** The stages of a plan with the names of their indexes, outermost first. */
function stagesOf(plan: Document): string[] {
  const stages: string[] = [];
  for (let stage = plan.queryPlanner.winningPlan; stage; stage = stage.inputStage) {
    stages.push([stage.stage, stage.indexName].filter(Boolean).join(" "));
  }
  return stages;
}

describeWithMongo("MongoDB", () => {
  testStore(openReplicas);

  test("accounts are found and listed by an index", async () => {
    const { url, database } = await openDatabase();
    const store = await openMongoStore({ url, poolMax: 2, timeoutMs: 10_000 });
    open.push(() => store.close());
    for (let count = 0; count < 20; count++) await store.users.insert(sampleAccount());
    const { user } = sampleAccount();
    const { watched, plans } = watchPlans(database);
    const users = createMongoUsers(watched);
    await users.list({ limit: 20 });
    await users.list({ limit: 20, before: user.id });
    await users.list({ limit: 20, email: user.email });
    await users.find(user.id);
    await users.findByEmail(user.email);
    const stages = (await Promise.all(plans)).map((plan) => plan.at(-1));
    expect(stages).toEqual([
      "IXSCAN _id_",
      "IXSCAN _id_",
      "IXSCAN users_email",
      expect.stringMatching(/^(IDHACK|EXPRESS_IXSCAN _id_|IXSCAN _id_)$/),
      expect.stringMatching(/^(IXSCAN|EXPRESS_IXSCAN) users_email$/),
    ]);
  });

  describe("validators", () => {
    test.each([
      ["users", { _id: "a", email: "a@b.c" }],
      ["sessions", { _id: "a", userId: "b" }],
      ["refreshTokens", { _id: "a", sessionId: "b", generation: 0 }],
      ["throttle", { _id: "a", failures: -1 }],
      ["signingKeys", { _id: 0, kid: "a" }],
      ["idempotencyRecords", { _id: "a", reply: {} }],
      ["mailTokens", { _id: "a", userId: "b", epoch: 0 }],
      ["auditEvents", { _id: "a", action: "x", actor: { kind: "user" } }],
    ])("%s refuses what is no document of it", async (name, document) => {
      const { url, database } = await openDatabase();
      await (await openMongoStore({ url, poolMax: 1, timeoutMs: 10_000 })).close();
      const error = await database
        .collection<{ _id: unknown }>(name)
        .insertOne(document)
        .catch((thrown: unknown) => thrown);
      expect(isInvalidDocument(error)).toBe(true);
    });
  });
});
