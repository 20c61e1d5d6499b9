import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { BSON, type Document, MongoClient } from "mongodb";

import type { Engine } from "../_stack/engines/engine.ts";
import { createMongoDatabase, describeWithMongo, startOwnMongo } from "../_stack/setup.ts";
import { connectMongo, type Mongo, type MongoOptions } from "./mongo.ts";
import { duplicateKey, isInvalidDocument } from "./mongo_faults.ts";
import { StartFault } from "./start_fault.ts";

/** An engine may have to be fetched or made first. */
const START_WITHIN_MS = 60_000;
const UNAVAILABLE = { code: "service-unavailable", headers: { "retry-after": "1" } };

interface Lamp {
  _id: string;
  sku: string;
  price: number;
}

const open: Mongo[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.close()));
});

async function connect(url: string, options: Partial<MongoOptions> = {}): Promise<Mongo> {
  const database = await connectMongo({ url, poolMax: 10, timeoutMs: 2000, ...options });
  open.push(database);
  return database;
}

/** What a promise is rejected with, or undefined; `rejects` of Bun stops the event loop of the test. */
async function faultOf(work: PromiseLike<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error) => error,
  );
}

/** A validator that knows some fields and no others. */
function designOf(...fields: readonly string[]): Document {
  const properties = Object.fromEntries(["_id", ...fields].map((name) => [name, {}]));
  return { $jsonSchema: { required: ["_id"], properties, additionalProperties: false } };
}

describeWithMongo("on a database of its own", () => {
  let url: string;
  beforeAll(async () => {
    ({ url } = await createMongoDatabase());
    const database = await connect(url);
    const design = {
      validator: { $jsonSchema: { properties: { price: { minimum: 0 } } } },
      indexes: [{ name: "sku", key: { sku: 1 }, unique: true }] as const,
    };
    await Promise.all(Array.from({ length: 5 }, () => database.prepare("lamps", design)));
  }, START_WITHIN_MS);

  test("close() lets a transaction end whose caller has left, and nobody has to wait for what it touched", async () => {
    const [leaving, staying] = [await connect(url), await connect(url)];
    await staying.collection<Lamp>("lamps").insertOne({ _id: "touched", sku: "touched", price: 1 });
    const update = (database: Mongo, price: number, pauseMs: number) =>
      database.transaction(async (session) => {
        await database.collection<Lamp>("lamps").updateOne({ _id: "touched" }, { $set: { price } }, { session });
        await Bun.sleep(pauseMs);
      });
    const running = update(leaving, 2, 300);
    await Bun.sleep(100);
    await leaving.close();
    await running;
    await update(staying, 3, 0);
    expect(await staying.collection<Lamp>("lamps").findOne({ _id: "touched" })).toMatchObject({ price: 3 });
  });

  test("prepare() made validator and index, any number of times at once", async () => {
    const lamps = (await connect(url)).collection<Lamp>("lamps");
    await lamps.insertOne({ _id: "a1", sku: "a1", price: 1 });
    const duplicate = await faultOf(lamps.insertOne({ _id: "a2", sku: "a1", price: 1 }));
    expect(duplicateKey(duplicate)).toEqual({ keyPattern: { sku: 1 } });
    const invalid = await faultOf(lamps.updateOne({ _id: "a1" }, { $set: { price: -1 } }));
    expect(isInvalidDocument(invalid)).toBe(true);
    expect([duplicateKey(invalid), isInvalidDocument(duplicate), duplicateKey(new Error("no"))]).toEqual([
      undefined,
      false,
      undefined,
    ]);
  });

  test("prepare() brings an older collection up to date", async () => {
    const database = await connect(url);
    await database.prepare("shades", {});
    await database.prepare("shades", {
      validator: { sku: { $type: "string" } },
      version: 2,
      indexes: [{ name: "sku", key: { sku: 1 } }],
    });
    const shades = database.collection("shades");
    expect(isInvalidDocument(await faultOf(shades.insertOne({ sku: 7 })))).toBe(true);
    expect((await shades.listIndexes().toArray()).map(({ name }) => name)).toEqual(["_id_", "sku"]);
  });

  test("prepare() of an older program leaves what a newer one has prepared, and any number may start at once", async () => {
    const older = { validator: designOf("sku") };
    const newer = { validator: designOf("sku", "color"), version: 2 };
    for (let run = 0; run < 5; run++) {
      const databases = await Promise.all(Array.from({ length: 6 }, () => connect(url)));
      const name = `bulbs${run}`;
      await Promise.all(databases.map((database, at) => database.prepare(name, at % 2 === 0 ? older : newer)));
      const bulbs = databases[0]!.collection(name);
      await bulbs.insertOne({ sku: "b1", color: "white" });
      await databases[0]!.prepare(name, older); // rolled back
      await bulbs.insertOne({ sku: "b2", color: "white" });
      expect(isInvalidDocument(await faultOf(bulbs.insertOne({ sku: "b3", size: 1 })))).toBe(true);
    }
  });

  test("prepare() refuses a validator that was changed and has its old version", async () => {
    const database = await connect(url);
    await database.prepare("sockets", { validator: designOf("sku") });
    const fault = await faultOf(database.prepare("sockets", { validator: designOf("sku", "color") }));
    expect(fault).toBeInstanceOf(StartFault);
    expect(String(fault)).toContain("The validator of sockets differs from the one the database knows as version 1");
  });

  test("collection() reads through the driver's cursors, chained, fetched and iterated", async () => {
    const lamps = (await connect(url)).collection<Lamp>("lamps");
    await lamps.insertMany(["c1", "c2", "c3"].map((id, price) => ({ _id: id, sku: id, price })));
    const filter = { _id: { $regex: "^c" } };
    const cheapest = lamps.find(filter).sort({ price: -1 }).limit(2).project<{ _id: string }>({ _id: 1 });
    expect(await cheapest.toArray()).toEqual([{ _id: "c3" }, { _id: "c2" }]);
    const ids: string[] = [];
    for await (const lamp of lamps.find(filter).batchSize(1)) ids.push(lamp._id);
    expect(ids.sort()).toEqual(["c1", "c2", "c3"]);
    const sums = lamps.aggregate([{ $match: filter }, { $group: { _id: null, sum: { $sum: "$price" } } }]);
    expect(await sums.next()).toEqual({ _id: null, sum: 3 });
    expect(lamps.collectionName).toBe("lamps");
  });

  test("transaction() takes effect as a whole, and not at all when it throws", async () => {
    const database = await connect(url);
    const lamps = database.collection<Lamp>("lamps");
    const fault = new Error("changed my mind");
    const undone = database.transaction(async (session) => {
      await lamps.insertOne({ _id: "d1", sku: "d1", price: 1 }, { session });
      throw fault;
    });
    expect(await faultOf(undone)).toBe(fault);
    expect(await lamps.findOne({ _id: "d1" })).toBeNull();
    const answer = await database.transaction(async (session) => {
      await lamps.insertOne({ _id: "d1", sku: "d1", price: 1 }, { session });
      return lamps.find({ _id: "d1" }, { session }).toArray();
    });
    expect(answer).toHaveLength(1);
    expect(await lamps.findOne({ _id: "d1" })).toEqual({ _id: "d1", sku: "d1", price: 1 });
  });

  test("transaction() runs again after a write conflict, so that no increment is lost", async () => {
    const database = await connect(url, { timeoutMs: 5000 });
    const lamps = database.collection<Lamp>("lamps");
    await lamps.insertOne({ _id: "e1", sku: "e1", price: 0 });
    let runs = 0;
    const increment = () =>
      database.transaction(async (session) => {
        runs++;
        const lamp = await lamps.findOne({ _id: "e1" }, { session });
        await lamps.updateOne({ _id: "e1" }, { $set: { price: (lamp?.price ?? 0) + 1 } }, { session });
      });
    await Promise.all(Array.from({ length: 10 }, increment));
    expect((await lamps.findOne({ _id: "e1" }))?.price).toBe(10);
    expect(runs).toBeGreaterThan(10);
  });

  test("a transaction past its deadline is not committed, whatever its function still does", async () => {
    const database = await connect(url, { timeoutMs: 200 });
    const lamps = database.collection<Lamp>("lamps");
    const slow = database.transaction(async (session) => {
      await lamps.insertOne({ _id: "f1", sku: "f1", price: 1 }, { session });
      await Bun.sleep(400);
    });
    expect(await faultOf(slow)).toMatchObject(UNAVAILABLE);
    await Bun.sleep(400);
    expect(await lamps.findOne({ _id: "f1" })).toBeNull();
  });

  test("when all are busy a bounded number waits for a bounded time, and the rest is refused at once", async () => {
    const database = await connect(url, { poolMax: 2, waitingMax: 3, timeoutMs: 400 });
    const lamps = database.collection<Lamp>("lamps");
    const hold = () => faultOf(database.transaction(() => Bun.sleep(600)));
    const holders = [hold(), hold()];
    const startedAt = performance.now();
    const calls = Array.from({ length: 5 }, async () => {
      const fault = await faultOf(lamps.findOne({ _id: "g1" }));
      return { fault, afterMs: performance.now() - startedAt };
    });
    const outcomes = await Promise.all(calls);
    for (const { fault } of outcomes) expect(fault).toMatchObject(UNAVAILABLE);
    expect(outcomes.filter(({ afterMs }) => afterMs < 50)).toHaveLength(2);
    expect(outcomes.every(({ afterMs }) => afterMs < 480)).toBe(true);
    await Promise.all(holders);
    await Bun.sleep(250);
    expect(await lamps.findOne({ _id: "g1" })).toBeNull();
  });
});

describeWithMongo("on a server of its own", () => {
  let engine: Engine;
  let url: string;
  let admin: MongoClient;
  beforeAll(async () => {
    engine = await startOwnMongo();
    url = engine.databaseUrl("faults");
    admin = await MongoClient.connect(engine.url);
  }, START_WITHIN_MS);
  afterEach(() => admin.db("admin").command({ configureFailPoint: "failCommand", mode: "off" }));
  afterAll(async () => {
    await admin.close();
    await engine.stop();
  });

  /** Makes commands of the services fail; `times` 0 is for ever. */
  async function fail(failCommands: string[], times: number, data: Document): Promise<void> {
    const mode = times === 0 ? "alwaysOn" : { times };
    const appName = "faulty";
    await admin
      .db("admin")
      .command({ configureFailPoint: "failCommand", mode, data: { failCommands, appName, ...data } });
  }

  const connectFaulty = (timeoutMs = 1000) => connect(url, { name: "faulty", timeoutMs });

  test.each([
    ["a stepdown", { errorCode: 10_107, errorLabels: ["RetryableWriteError"] }],
    ["a closed connection", { closeConnection: true }],
  ])("%s is retried once by the driver, a lasting one is service-unavailable in time", async (_name, data) => {
    const database = await connectFaulty();
    const lamps = database.collection<Lamp>("lamps");
    await lamps.deleteMany({});
    await fail(["find", "insert"], 1, data);
    await lamps.insertOne({ _id: "a", sku: "a", price: 1 });
    await fail(["find", "insert"], 1, data);
    expect(await lamps.find().toArray()).toHaveLength(1);

    await fail(["find", "insert"], 0, data);
    const startedAt = performance.now();
    const faults = [faultOf(lamps.insertOne({ _id: "b", sku: "b", price: 1 })), faultOf(lamps.findOne({ _id: "b" }))];
    for (const fault of await Promise.all(faults)) expect(fault).toMatchObject(UNAVAILABLE);
    expect(performance.now() - startedAt).toBeLessThan(1300);

    await fail([], 1, {});
    expect(await lamps.countDocuments()).toBe(1);
  });

  test("a server that does not answer a command is service-unavailable at the deadline", async () => {
    const database = await connectFaulty(400);
    const lamps = database.collection<Lamp>("lamps");
    await fail(["find"], 1, { blockConnection: true, blockTimeMS: 3000 });
    const startedAt = performance.now();
    expect(await faultOf(lamps.find().toArray())).toMatchObject(UNAVAILABLE);
    expect(performance.now() - startedAt).toBeLessThan(600);
  });

  test.each([
    ["a write conflict", ["update"], { errorCode: 112, errorLabels: ["TransientTransactionError"] }, 2],
    ["a stepdown", ["update"], { errorCode: 10_107, errorLabels: ["TransientTransactionError"] }, 2],
    ["a connection closed at the commit", ["commitTransaction"], { closeConnection: true }, 1],
    ["an unknown commit", ["commitTransaction"], { errorCode: 91, errorLabels: ["UnknownTransactionCommitResult"] }, 1],
  ])("a transaction that meets %s comes through", async (name, commands, data, runsWanted) => {
    const database = await connectFaulty(3000);
    const lamps = database.collection<Lamp>("lamps");
    await lamps.insertOne({ _id: name, sku: name, price: 0 });
    await fail(commands, 1, data);
    let runs = 0;
    await database.transaction(async (session) => {
      runs++;
      await lamps.updateOne({ _id: name }, { $inc: { price: 1 } }, { session });
    });
    expect((await lamps.findOne({ _id: name }))?.price).toBe(1);
    expect(runs).toBe(runsWanted);
  });

  test("a transaction that conflicts for ever is service-unavailable in time", async () => {
    const database = await connectFaulty(500);
    const lamps = database.collection<Lamp>("lamps");
    await fail(["update"], 0, { errorCode: 112, errorLabels: ["TransientTransactionError"] });
    const startedAt = performance.now();
    const work = database.transaction((session) => lamps.updateOne({ _id: "x" }, { $set: { price: 1 } }, { session }));
    expect(await faultOf(work)).toMatchObject(UNAVAILABLE);
    expect(performance.now() - startedAt).toBeLessThan(700);
  });

  test("every call rejects within its deadline while the server is frozen, and works again when it goes on", async () => {
    const database = await connect(url, { timeoutMs: 600, poolMax: 3, waitingMax: 5 });
    const lamps = database.collection<Lamp>("lamps");
    await lamps.findOne({ _id: "a" });
    engine.freeze();
    try {
      for (let round = 0; round < 2; round++) {
        const startedAt = performance.now();
        const calls = Array.from({ length: 12 }, (_, index) => {
          if (index % 3) return faultOf(lamps.findOne({ _id: "a" }));
          return faultOf(database.transaction((session) => lamps.deleteOne({ _id: "a" }, { session })));
        });
        for (const fault of await Promise.all(calls)) expect(fault).toMatchObject(UNAVAILABLE);
        expect(performance.now() - startedAt).toBeLessThan(800);
      }
    } finally {
      engine.thaw();
    }
    const servedAt = performance.now();
    while ((await faultOf(lamps.findOne({ _id: "a" }))) && performance.now() - servedAt < 5000);
    for (let call = 0; call < 10; call++) await lamps.findOne({ _id: "a" });
  }, 20_000);
});

describe("connectMongo()", () => {
  test("gives up in time where nobody answers, without telling the password", async () => {
    using silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const startedAt = performance.now();
    const connectTo = (place: string) =>
      faultOf(connect(`mongodb://u:hunter2@${place}/db`, { connectWithinMs: 900, timeoutMs: 400 }));
    const [mute, closed] = await Promise.all([connectTo(`127.0.0.1:${silent.port}`), connectTo("127.0.0.1:1")]);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(String(mute)).toStartWith(
      `StartFault: Cannot start: cannot reach MongoDB at 127.0.0.1:${silent.port}/db within`,
    );
    expect(String(closed)).toBe(
      "StartFault: Cannot start: cannot reach MongoDB at 127.0.0.1:1/db within 900 ms: connect ECONNREFUSED 127.0.0.1:1",
    );
  });

  test("refuses a server that is no replica set", async () => {
    using standalone = startStandalone();
    const startedAt = performance.now();
    expect(await faultOf(connect(`mongodb://127.0.0.1:${standalone.port}/db`))).toMatchObject({
      message: `Cannot start: MongoDB at 127.0.0.1:${standalone.port}/db must run as a replica set: it is a single server`,
    });
    expect(performance.now() - startedAt).toBeLessThan(1500);
  });

  test.each([
    ["mongodb://db", "Cannot start: MongoDB at db lacks the name of its database"],
    ["mongodb://a:b@c:d@e/db", "Cannot start: the URL of MongoDB is not valid:"],
  ])("refuses the URL %p", async (url, message) => {
    expect(await faultOf(connect(url))).toMatchObject({ message: expect.stringContaining(message) });
  });
});

/** As much of a standalone as a driver sees: every command is answered as `hello` is. */
function startStandalone() {
  return Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket, data) {
        const request = Buffer.from(data);
        const isMessage = request.readInt32LE(12) === 2013;
        const hello = BSON.serialize({ ok: 1, isWritablePrimary: true, minWireVersion: 0, maxWireVersion: 27 });
        // OP_MSG has flags and one section; OP_REPLY flags, cursor and counts.
        const before = Buffer.alloc(isMessage ? 5 : 20);
        if (!isMessage) before.writeInt32LE(1, 16);
        const header = Buffer.alloc(16);
        header.writeInt32LE(16 + before.length + hello.length, 0);
        header.writeInt32LE(request.readInt32LE(4), 8);
        header.writeInt32LE(isMessage ? 2013 : 1, 12);
        socket.write(Buffer.concat([header, before, hello]));
      },
    },
  });
}
