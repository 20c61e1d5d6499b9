import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { createVerifier } from "#platform/access_token.ts";
import { createPostgresDatabase } from "../_stack/setup.ts";
import { type KeyRing, openKeyRing, rotateKeys, withdrawKey } from "./key_ring.ts";
import { PUBLISH_EARLY_MS, PUBLISH_LATE_MS } from "./signing_key.ts";
import type { Store } from "./store/mod.ts";
import { openPostgresStore } from "./store/postgres.ts";
import { createTokenIssuer, type TokenIssuer } from "./token_issuer.ts";
import { createVault } from "./vault.ts";

setDefaultTimeout(60_000);

const PERIOD_MS = 30 * 86_400_000;
const ISSUER = "http://issuer.example";
const SECRET = "k".repeat(32);
const stores: Store[] = [];
let nowMs = Date.now();
let store: Store;

beforeAll(async () => {
  store = await openStore();
});
afterAll(async () => {
  for (const each of stores) await each.close();
});

async function openStore(): Promise<Store> {
  const { url } = await createPostgresDatabase();
  const opened = await openPostgresStore({ url, poolMax: 4, timeoutMs: 10_000 });
  stores.push(opened);
  return opened;
}

function openRing({ signingKeys }: Store, secret = SECRET): Promise<KeyRing> {
  const time = { newId: Bun.randomUUIDv7, now: () => new Date(nowMs) };
  return openKeyRing({ store: signingKeys, vault: createVault(secret), rotateAfterMs: PERIOD_MS, ...time });
}

function kidsOf({ published }: KeyRing): string[] {
  return published.keys.map(({ kid }) => kid);
}

function issuerOf(keys: KeyRing): TokenIssuer {
  return createTokenIssuer({ keys, issuer: ISSUER, newId: Bun.randomUUIDv7, now: () => new Date(nowMs) });
}

test("replicas that start at once share one key, and each verifies the other's tokens", async () => {
  const rings = await Promise.all(Array.from({ length: 4 }, () => openRing(store)));
  expect(await store.signingKeys.list()).toHaveLength(1);
  const token = await issuerOf(rings[0]!).userToken({ id: "ada", roles: ["customer"] }, "session");
  for (const keys of rings) {
    const caller = await createVerifier({ issuer: ISSUER, keys })(token, "user");
    expect<unknown>(caller).toEqual({ kind: "user", id: "ada", roles: ["customer"], sessionId: "session" });
  }
});

test("rotateKeys() publishes a key that signs when everybody can know it, once", async () => {
  const own = await openStore();
  const time = { newId: Bun.randomUUIDv7, now: () => new Date(nowMs) };
  const options = { store: own.signingKeys, vault: createVault(SECRET), rotateAfterMs: PERIOD_MS, ...time };
  const keys = await openRing(own);
  const before = kidsOf(keys);
  const made = await Promise.all([rotateKeys(options), rotateKeys(options)]);
  expect(made.filter(Boolean)).toEqual([new Date(nowMs + PUBLISH_EARLY_MS)]);
  expect(await rotateKeys(options)).toBeUndefined();
  await keys.reload();
  expect(kidsOf(keys)).toEqual([...before, expect.any(String)]);
  expect(await own.signingKeys.list()).toHaveLength(2);
});

test("keys are stored sealed, and open with their secret only", async () => {
  await openRing(store);
  const [key] = await store.signingKeys.list();
  expect(Buffer.from(key!.sealedKey, "base64url").byteLength).toBe(12 + 43 + 16);
  const fault = "Cannot start: KEYS_SECRET does not open the stored signing keys";
  await expect(openRing(store, "l".repeat(32))).rejects.toThrow(fault);
});

test("the next key is published before it signs, and the last one as long as its tokens live", async () => {
  const own = await openStore();
  const [first, second] = [await openRing(own), await openRing(own)];
  const oldKid = kidsOf(first)[0]!;
  const signedBy = async (keys: KeyRing): Promise<string> => {
    const token = await issuerOf(keys).userToken({ id: "ada", roles: [] }, "session");
    return JSON.parse(Buffer.from(token.split(".")[0]!, "base64url").toString()).kid;
  };

  const startedAtMs = nowMs;
  nowMs = startedAtMs + PERIOD_MS - PUBLISH_EARLY_MS;
  await Promise.all([first.reload(), second.reload()]);
  const newKid = kidsOf(first)[1]!;
  expect(kidsOf(second)).toEqual([oldKid, newKid]);
  expect([await signedBy(first), await signedBy(second)]).toEqual([oldKid, oldKid]);

  nowMs = startedAtMs + PERIOD_MS;
  await first.reload();
  expect([await signedBy(first), kidsOf(first)]).toEqual([newKid, [oldKid, newKid]]);
  expect(second.find(newKid)).toBeInstanceOf(CryptoKey);

  nowMs = startedAtMs + PERIOD_MS + PUBLISH_LATE_MS;
  await first.reload();
  expect(kidsOf(first)).toEqual([newKid]);
  expect(first.find(oldKid)).toBeUndefined();
  expect(await own.signingKeys.list()).toHaveLength(2);
});

test("withdrawKey() takes the signing key out of use, and the tokens by it with it, as soon as keys are read again", async () => {
  nowMs = Date.now();
  const own = await openStore();
  const [first, second] = [await openRing(own), await openRing(own)];
  const token = await issuerOf(first).userToken({ id: "ada", roles: [] }, "session");
  const verify = createVerifier({ issuer: ISSUER, keys: second });
  expect(await verify(token, "user")).toMatchObject({ id: "ada" });
  const [kid] = kidsOf(first);
  const time = { newId: Bun.randomUUIDv7, now: () => new Date(nowMs) };
  const options = { store: own.signingKeys, vault: createVault(SECRET), rotateAfterMs: PERIOD_MS, ...time };
  const done = await withdrawKey(options);
  expect(done?.withdrawn).toBe(kid!);
  expect(await withdrawKey(options, kid)).toBeUndefined();
  expect(await withdrawKey(options, "unknown")).toBeUndefined();
  await Promise.all([first.reload(), second.reload()]);
  expect([kidsOf(first), kidsOf(second)]).toEqual([[done!.signing], [done!.signing]]);
  expect(async () => verify(token, "user")).toThrow("key is not known");
  const next = await issuerOf(first).userToken({ id: "ada", roles: [] }, "session");
  expect(await verify(next, "user")).toMatchObject({ id: "ada" });
  const trail = await own.audit.list({ limit: 5, action: "signing-key-withdrawn" });
  expect(trail.map(({ target }) => target.id)).toEqual([kid!]);
});

test("withdrawKey() never has a key sign that has retired: of replicas that find none left one makes a new one", async () => {
  const own = await openStore();
  const time = { newId: Bun.randomUUIDv7, now: () => new Date(nowMs) };
  const options = { store: own.signingKeys, vault: createVault(SECRET), rotateAfterMs: PERIOD_MS, ...time };
  nowMs = Date.now() - 2 * 86_400_000;
  const [retired] = kidsOf(await openRing(own));
  await rotateKeys(options);
  nowMs = Date.now();
  const [first, second] = [await openRing(own), await openRing(own)];
  const [current] = kidsOf(first);
  expect(current).not.toBe(retired!);

  const [done] = await Promise.all([withdrawKey(options, current), first.reload(), second.reload()]);
  await Promise.all([first.reload(), second.reload()]);
  expect([retired, current]).not.toContain(done!.signing);
  expect([kidsOf(first), kidsOf(second)]).toEqual([[done!.signing], [done!.signing]]);
  expect((await own.signingKeys.list()).map(({ generation }) => generation)).toEqual([1, 2, 3]);
});
