import { expect, test } from "bun:test";
import {
  fingerprintOf,
  type IdempotencyRecord,
  type IdempotencyStore,
  type IdempotentRequest,
  idempotently,
  KeyTaken,
  scopeOf,
} from "./idempotency.ts";
import { Problem } from "./problem.ts";
import { unavailable } from "./unavailable.ts";

const CALLER = { kind: "user", id: "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11", roles: ["customer"] } as const;
const REQUEST: IdempotentRequest = {
  operationId: "createProduct",
  key: "key-1",
  caller: CALLER,
  body: { sku: "LAMP-1", price: { amount: 1, currency: "USD" } },
};
const REPLY = { status: 201, headers: { etag: '"1"' }, body: { id: "a" } };
const REPLAYED = { ...REPLY, headers: { etag: '"1"', "idempotent-replayed": "true" } };

/** What the real stores promise about records, for the order of calls alone; the stores' own tests race on real engines. */
function createStore(): IdempotencyStore & { records: Map<string, IdempotencyRecord> } {
  const records = new Map<string, IdempotencyRecord>();
  return {
    records,
    async find(scope, key) {
      return records.get(`${scope} ${key}`);
    },
    async save(record) {
      const id = `${record.scope} ${record.key}`;
      if (records.has(id)) throw new KeyTaken();
      records.set(id, JSON.parse(JSON.stringify(record)));
    },
  };
}

/** Runs an effect that commits its record as a store does, and counts how often it happened. */
function createRun(store = createStore()) {
  const effects: number[] = [];
  const run = (change: Partial<IdempotentRequest> = {}) =>
    idempotently({ store, request: { ...REQUEST, ...change } }, async (recordOf) => {
      const record = recordOf(REPLY);
      if (record) await store.save(record);
      effects.push(1);
      return REPLY;
    });
  return { store, effects, run };
}

test("a second request with the key gets the stored reply, and nothing happens again", async () => {
  const { effects, run } = createRun();
  expect(await run()).toEqual(REPLY);
  expect(await run({ body: { price: { currency: "USD", amount: 1 }, sku: "LAMP-1" } })).toEqual(REPLAYED);
  expect(effects).toHaveLength(1);
});

test("without a key it happens each time and nothing is kept", async () => {
  const { effects, run, store } = createRun();
  await run({ key: undefined });
  await run({ key: undefined });
  expect(effects).toHaveLength(2);
  expect(store.records.size).toBe(0);
});

test("another payload or path with the key is refused", async () => {
  const { run } = createRun();
  await run();
  for (const change of [{ body: { sku: "LAMP-2" } }, { params: { productId: "b" } }]) {
    await expect(run(change)).rejects.toMatchObject({ code: "idempotency-key-reused", status: 422 });
  }
});

test("another caller or operation has keys of its own", async () => {
  const { effects, run } = createRun();
  await run();
  for (const change of [
    { caller: { ...CALLER, id: "b" } },
    { caller: undefined },
    { operationId: "createOrder" },
  ] as const) {
    expect(await run(change)).toEqual(REPLY);
  }
  expect(effects).toHaveLength(4);
  expect(scopeOf({ ...REQUEST, caller: undefined })).not.toBe(
    scopeOf({ ...REQUEST, caller: { ...CALLER, id: "anonymous" } }),
  );
});

test("of two at once one has the effect, and both get its reply", async () => {
  const { effects, run } = createRun();
  const replies = await Promise.all([run(), run()]);
  expect(effects).toHaveLength(1);
  expect(replies).toContainEqual(REPLY);
  expect(replies).toContainEqual(REPLAYED);
});

test("a problem is kept and replayed equal, without doing it again", async () => {
  const store = createStore();
  let attempts = 0;
  const run = () =>
    idempotently({ store, request: REQUEST }, async () => {
      attempts += 1;
      throw new Problem("insufficient-stock", "Cannot remove 60 units: 50 are available", { available: 50 });
    });
  const [first, second] = await Promise.all([run().catch((it) => it), run().catch((it) => it)]);
  const third = await run().catch((it) => it);
  expect(attempts).toBe(2);
  expect(third.toBody("/x")).toEqual(first.toBody("/x"));
  expect([first, second, third].map(({ headers }) => headers["idempotent-replayed"]).sort()).toEqual([
    "true",
    "true",
    undefined,
  ]);
});

test("a loser that stumbles over its twin's effect gets the twin's reply, not the problem", async () => {
  const { run, store } = createRun();
  const loser = idempotently({ store, request: REQUEST }, async (): Promise<typeof REPLY> => {
    await run(); // the twin commits while the loser is under way
    throw new Problem("sku-taken", "Cannot create a product with this sku: another product has it");
  });
  expect(await loser).toEqual(REPLAYED);
});

test("what waiting or signing in can mend is not kept", async () => {
  const passing = [
    unavailable("The database did not answer in time"),
    new Problem("too-many-requests", "Too many failed attempts"),
    new Problem("unauthorized", "Told"),
    new Problem("request-in-progress", "Told"),
    new Error("A fault"),
  ];
  for (const fault of passing) {
    const { run, store } = createRun();
    const failing = idempotently({ store, request: REQUEST }, () => Promise.reject(fault));
    await expect(failing).rejects.toBe(fault);
    expect(store.records.size).toBe(0);
    expect(await run()).toEqual(REPLY);
  }
});

test("a request whose twin is still being decided is told to wait", async () => {
  const { run, store } = createRun();
  await store.save({ scope: scopeOf(REQUEST), key: "key-1", fingerprint: fingerprintOf(REQUEST), reply: null });
  await expect(run()).rejects.toMatchObject({ code: "request-in-progress", headers: { "retry-after": "1" } });
});

test("a key that was taken and is gone again is told to wait", async () => {
  const store = createStore();
  const run = idempotently({ store, request: REQUEST }, () => Promise.reject(new KeyTaken()));
  await expect(run).rejects.toMatchObject({ code: "request-in-progress" });
});

test("a problem that can't be kept is not answered", async () => {
  const away = unavailable("The database did not answer in time");
  const store: IdempotencyStore = { ...createStore(), save: () => Promise.reject(away) };
  const run = idempotently({ store, request: REQUEST }, () => Promise.reject(new Problem("sku-taken", "Told")));
  await expect(run).rejects.toBe(away);
});

test("a fingerprint with a secret can't be computed without it", () => {
  const plain = fingerprintOf(REQUEST);
  expect(plain).toMatch(/^[0-9a-f]{64}$/);
  const secrets = ["one", "two"].map((secret) => fingerprintOf({ ...REQUEST, secret }));
  expect(new Set([plain, ...secrets]).size).toBe(3);
});
