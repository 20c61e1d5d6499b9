import { beforeAll, describe, expect, test } from "bun:test";
import { type IdempotencyRecord, KeyTaken } from "#platform/idempotency.ts";
import type { Store } from "./mod.ts";
import { outcomesOf, type Replicas, race, type Stores } from "./replicas_fixture.ts";
import { sampleAccount } from "./samples.ts";

/** Promises about idempotency records. */
export function testIdempotency({ shared }: Stores): void {
  describe("idempotency records", () => {
    let replicas: Replicas;
    let store: Store;

    beforeAll(async () => {
      replicas = await shared();
      store = replicas.first;
    });

    /** A record that no other test has. */
    function sampleRecord(change: Partial<IdempotencyRecord> = {}): IdempotencyRecord {
      const reply = { status: 201, headers: { etag: '"1"' }, body: { $set: { "a.b": [1, null, "漢字"] } } };
      return { scope: "registerUser anonymous", key: Bun.randomUUIDv7(), fingerprint: "f", reply, ...change };
    }

    test("save() keeps a record that find() answers to its scope and key alone", async () => {
      const record = sampleRecord();
      await store.idempotency.save(record);
      expect(await replicas.second.idempotency.find(record.scope, record.key)).toEqual(record);
      expect(await store.idempotency.find("registerUser user:1", record.key)).toBeUndefined();
      expect(await store.idempotency.find(record.scope, "other")).toBeUndefined();
    });

    test("save() keeps the first record", async () => {
      const record = sampleRecord();
      await store.idempotency.save(record);
      await expect(store.idempotency.save({ ...record, fingerprint: "g" })).rejects.toBeInstanceOf(KeyTaken);
      expect(await store.idempotency.find(record.scope, record.key)).toEqual(record);
    });

    test("save() many times at once keeps one record", async () => {
      const record = sampleRecord();
      const results = await race(replicas, 12, ({ idempotency }, at) =>
        idempotency.save({ ...record, fingerprint: String(at) }),
      );
      expect(outcomesOf(results)).toEqual([...Array<string>(11).fill("KeyTaken"), "ok"]);
      const winner = results.findIndex(({ status }) => status === "fulfilled");
      expect((await store.idempotency.find(record.scope, record.key))?.fingerprint).toBe(String(winner));
    });

    test("a record without a reply is kept as such", async () => {
      const record = sampleRecord({ reply: null });
      await store.idempotency.save(record);
      expect(await store.idempotency.find(record.scope, record.key)).toEqual(record);
    });

    test("an account and its record are kept together", async () => {
      const [record, account] = [sampleRecord(), sampleAccount()];
      await store.users.insert(account, record);
      expect(await store.idempotency.find(record.scope, record.key)).toEqual(record);
      expect(await store.users.find(account.user.id)).toMatchObject(account);
    });

    test("without the account there is no record, and without the record no account", async () => {
      const [record, account] = [sampleRecord(), sampleAccount()];
      await store.users.insert(account);
      const twin = sampleAccount({ email: account.user.email });
      await expect(store.users.insert(twin, record)).rejects.toMatchObject({ code: "email-taken" });
      expect(await store.idempotency.find(record.scope, record.key)).toBeUndefined();

      await store.idempotency.save(record);
      const late = sampleAccount();
      await expect(store.users.insert(late, record)).rejects.toBeInstanceOf(KeyTaken);
      expect(await store.users.find(late.user.id)).toBeUndefined();
    });

    test("one key many times at once makes one account", async () => {
      const record = sampleRecord();
      const accounts = Array.from({ length: 12 }, () => sampleAccount());
      const results = await race(replicas, 12, ({ users }, at) => users.insert(accounts[at]!, record));
      expect(outcomesOf(results)).toEqual([...Array<string>(11).fill("KeyTaken"), "ok"]);
      const found = await Promise.all(accounts.map(({ user }) => store.users.find(user.id)));
      expect(found.filter(Boolean)).toHaveLength(1);
    });

    test("a record that is too old does not count, and is replaced", async () => {
      const [record, account] = [sampleRecord(), sampleAccount()];
      await store.idempotency.save(record);
      await replicas.ageRecords();
      expect(await store.idempotency.find(record.scope, record.key)).toBeUndefined();
      const fresh = { ...record, fingerprint: "g" };
      await store.users.insert(account, fresh);
      expect(await store.idempotency.find(record.scope, record.key)).toEqual(fresh);
    });
  });
}
