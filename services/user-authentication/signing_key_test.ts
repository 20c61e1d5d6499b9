import { expect, test } from "bun:test";
import {
  createSigningKey,
  nextKey,
  openSigningKey,
  PUBLISH_EARLY_MS,
  PUBLISH_LATE_MS,
  planKeys,
  type StoredKey,
  toPublicJwk,
} from "./signing_key.ts";
import { createVault } from "./vault.ts";

const NOW = Date.parse("2026-11-23T10:00:00Z");
const PERIOD_MS = 90 * 86_400_000;

function key(generation: number, signsFromMs: number): StoredKey {
  return {
    kid: `k${generation}`,
    generation,
    publicKey: "x",
    sealedKey: "d",
    signsFrom: new Date(signsFromMs),
    withdrawnAt: null,
  };
}
function planAt(nowMs: number, ...keys: StoredKey[]): { signing?: string; published: string[]; due?: unknown } {
  const { signing, published, due } = planKeys(keys, new Date(nowMs), PERIOD_MS);
  return { ...(signing && { signing: signing.kid }), published: published.map(({ kid }) => kid), ...(due && { due }) };
}

test("without a key the first one is due, and signs at once", () => {
  expect(planAt(NOW)).toEqual({ published: [], due: { generation: 1, signsFrom: new Date(NOW) } });
});

test("a key signs for a period", () => {
  expect(planAt(NOW, key(1, NOW))).toEqual({ signing: "k1", published: ["k1"] });
  expect(planAt(NOW + PERIOD_MS - PUBLISH_EARLY_MS - 1, key(1, NOW))).toEqual({ signing: "k1", published: ["k1"] });
});

test("the next key is made and published before it signs", () => {
  const early = NOW + PERIOD_MS - PUBLISH_EARLY_MS;
  expect(planAt(early, key(1, NOW)).due).toEqual({ generation: 2, signsFrom: new Date(NOW + PERIOD_MS) });
  const keys = [key(2, NOW + PERIOD_MS), key(1, NOW)];
  expect(planAt(early, ...keys)).toEqual({ signing: "k1", published: ["k1", "k2"] });
  expect(planAt(NOW + PERIOD_MS, ...keys)).toEqual({ signing: "k2", published: ["k1", "k2"] });
});

test("a key that is overdue is still published early", () => {
  const late = NOW + 2 * PERIOD_MS;
  expect(planAt(late, key(1, NOW)).due).toEqual({ generation: 2, signsFrom: new Date(late + PUBLISH_EARLY_MS) });
});

test("an ended key is published until its last token has ended", () => {
  const end = NOW + PERIOD_MS + PUBLISH_LATE_MS;
  const keys = [key(1, NOW), key(2, NOW + PERIOD_MS)];
  expect(planAt(end - 1, ...keys).published).toEqual(["k1", "k2"]);
  expect(planAt(end, ...keys).published).toEqual(["k2"]);
});

test("a key that was withdrawn neither signs nor is published; the next one signs at once, or is made", () => {
  const withdrawn = { ...key(1, NOW), withdrawnAt: new Date(NOW + 5000) };
  const now = NOW + 10_000;
  expect(planAt(now, withdrawn)).toEqual({ published: [], due: { generation: 2, signsFrom: new Date(now) } });
  expect(planAt(now, withdrawn, key(2, NOW + 60_000))).toEqual({ signing: "k2", published: ["k2"] });
});

const withdrawnAt = (key: StoredKey, atMs: number): StoredKey => ({ ...key, withdrawnAt: new Date(atMs) });

test("a key that has retired never signs again, also if the one that followed is withdrawn: a new one is made", () => {
  const now = NOW + PERIOD_MS / 2;
  const old = key(1, NOW - PERIOD_MS);
  const withdrawn = withdrawnAt(key(2, NOW), now);
  const due = { generation: 3, signsFrom: new Date(now) };
  expect(planAt(now, old, withdrawn)).toEqual({ published: [], due });
  expect(nextKey([old, withdrawn], new Date(now))).toEqual(due);
  expect(planAt(now, old, withdrawn, key(3, now))).toEqual({ signing: "k3", published: ["k3"] });
  // A replica whose clock is behind has the new one sign as well.
  expect(planAt(now - 5000, old, withdrawn, key(3, now))).toEqual({ signing: "k3", published: ["k3"] });
  expect(planAt(now, old, withdrawn, withdrawnAt(key(3, now), now))).toEqual({
    published: [],
    due: { generation: 4, signsFrom: new Date(now) },
  });
});

test("a key that has just retired is published until its last token has ended, also if the one that followed is withdrawn", () => {
  const keys = [key(1, NOW - PERIOD_MS), withdrawnAt(key(2, NOW), NOW + 5000), key(3, NOW + 5000)];
  const end = NOW + PUBLISH_LATE_MS;
  expect(planAt(end - 1, ...keys)).toEqual({ signing: "k3", published: ["k1", "k3"] });
  expect(planAt(end, ...keys)).toEqual({ signing: "k3", published: ["k3"] });
});

test("if the next key is withdrawn before its time, the one that signs goes on", () => {
  const unused = withdrawnAt(key(2, NOW + PUBLISH_EARLY_MS), NOW + 1000);
  const later = NOW + 2 * PUBLISH_EARLY_MS;
  expect(planAt(later, key(1, NOW), unused)).toEqual({ signing: "k1", published: ["k1"] });
  expect(nextKey([key(1, NOW), unused], new Date(later))).toEqual({
    generation: 3,
    signsFrom: new Date(later + PUBLISH_EARLY_MS),
  });
});

test("a replica whose clock is behind signs with the first key", () => {
  expect(planAt(NOW - 5000, key(1, NOW))).toEqual({ signing: "k1", published: ["k1"] });
});

test("a key is stored sealed, under its own id, and signs what its public half verifies", async () => {
  const vault = createVault("k".repeat(32));
  const stored = await createSigningKey({ kid: "k1", generation: 1, signsFrom: new Date(NOW) }, vault);
  const jwk = openSigningKey(stored, vault);
  expect(JSON.stringify(stored)).not.toContain(jwk.d!);
  expect(() => openSigningKey({ ...stored, kid: "k2" }, vault)).toThrow();
  expect(Object.keys(toPublicJwk(stored)).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);

  const data = Buffer.from("text");
  const [signer, verifier] = await Promise.all([
    crypto.subtle.importKey("jwk", jwk, "Ed25519", false, ["sign"]),
    crypto.subtle.importKey("jwk", { ...toPublicJwk(stored), use: "sig" }, "Ed25519", false, ["verify"]),
  ]);
  const signature = await crypto.subtle.sign("Ed25519", signer, data);
  expect(await crypto.subtle.verify("Ed25519", verifier, signature, data)).toBe(true);
});
