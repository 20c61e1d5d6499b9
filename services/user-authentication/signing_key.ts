import type { Schema } from "#contract";
import { ACCESS_TOKEN_SECONDS } from "#platform/access_token.ts";
import type { Vault } from "./vault.ts";

/** A new key is published so long before it signs: longer than any copy of the key set is kept, and than the replicas' clocks differ. */
export const PUBLISH_EARLY_MS = 3_600_000;
/** A key that has ended is published for so long: longer than a token lives, and than the replicas' clocks differ. */
export const PUBLISH_LATE_MS = ACCESS_TOKEN_SECONDS * 1000 + 3_600_000;

/** A signing key as the store has it. */
export interface StoredKey {
  readonly kid: string;
  /** 1, 2, 3, …; unique, so that of many replicas that make the next key one does. */
  readonly generation: number;
  /** The public half: `x` of RFC 8037. */
  readonly publicKey: string;
  /** The private half, `d`, sealed under the label that {@link sealLabel} gives. */
  readonly sealedKey: string;
  /** From then on it signs, until the next one does. */
  readonly signsFrom: Date;
  /** Since then it neither signs nor verifies; null if it was not withdrawn. */
  readonly withdrawnAt: Date | null;
}

/** Who makes a key, and when. */
export interface KeyOptions {
  kid: string;
  generation: number;
  signsFrom: Date;
}

/** What to do with the keys there are. */
export interface KeyPlan {
  /** The one to sign with. */
  readonly signing: StoredKey | undefined;
  /** Those that verify. */
  readonly published: readonly StoredKey[];
  /** The key that has to be made now, if one has. */
  readonly due: Pick<KeyOptions, "generation" | "signsFrom"> | undefined;
}

/** Makes an Ed25519 key. */
export async function createSigningKey({ kid, generation, signsFrom }: KeyOptions, vault: Vault): Promise<StoredKey> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const { x, d } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  if (!x || !d) throw new Error("An Ed25519 key has no x or no d");
  return { kid, generation, publicKey: x, sealedKey: vault.seal(d, sealLabel(kid)), signsFrom, withdrawnAt: null };
}

/** The private key as a JWK. @throws {Error} if it was sealed with another secret. */
export function openSigningKey({ kid, publicKey, sealedKey }: StoredKey, vault: Vault): JsonWebKey {
  return { kty: "OKP", crv: "Ed25519", x: publicKey, d: vault.open(sealedKey, sealLabel(kid)) };
}

/** The public key as the key set has it. */
export function toPublicJwk({ kid, publicKey }: StoredKey): Schema<"JsonWebKey"> {
  return { kty: "OKP", crv: "Ed25519", use: "sig", alg: "EdDSA", kid, x: publicKey };
}

/**
 * Says which key signs, which are published, and whether the next one is due.
 *
 * A key whose successor has taken over never signs again, whatever becomes of the successor: it may be years old, and somebody may have found it.
 *
 * @param keys All of them, in any order.
 * @param rotateAfterMs How long a key signs.
 */
export function planKeys(keys: readonly StoredKey[], now: Date, rotateAfterMs: number): KeyPlan {
  const known = unwithdrawn(keys);
  const active = known.filter(({ retiresAt }) => retiresAt > now.getTime());
  const published = known.filter(({ retiresAt }) => retiresAt + PUBLISH_LATE_MS > now.getTime());
  const signsFrom = dueFrom(active.at(-1)?.key, now, rotateAfterMs);
  return {
    // If its time has not come, everybody knows it already: either the one before was withdrawn, or this clock is behind.
    signing: active[0]?.key,
    published: published.map(({ key }) => key),
    due: signsFrom && { generation: nextGeneration(keys), signsFrom },
  };
}

/** A key, and when its successor takes over. */
interface Reign {
  readonly key: StoredKey;
  /** Milliseconds since 1970; Infinity if there is no successor. */
  readonly retiresAt: number;
}

/** The keys that were not withdrawn, in the order in which they sign. */
function unwithdrawn(keys: readonly StoredKey[]): Reign[] {
  // One that was withdrawn before its time has taken over from nobody; one that was withdrawn later has.
  const sorted = keys
    .filter(({ withdrawnAt, signsFrom }) => withdrawnAt === null || withdrawnAt >= signsFrom)
    .toSorted((a, b) => a.generation - b.generation);
  return sorted
    .map((key, at) => ({ key, retiresAt: sorted[at + 1]?.signsFrom.getTime() ?? Number.POSITIVE_INFINITY }))
    .filter(({ key }) => key.withdrawnAt === null);
}

/** Withdrawn keys count: two keys of one generation there are never. */
function nextGeneration(keys: readonly StoredKey[]): number {
  return Math.max(0, ...keys.map(({ generation }) => generation)) + 1;
}

/**
 * The key that a rotation by hand makes: published now, it signs as soon as everybody can know it.
 *
 * @returns undefined if the next key is there already and waits for its turn.
 */
export function nextKey(keys: readonly StoredKey[], now: Date): KeyPlan["due"] {
  const newest = unwithdrawn(keys).at(-1);
  const generation = nextGeneration(keys);
  if (!newest || newest.retiresAt <= now.getTime()) return { generation, signsFrom: now };
  if (newest.key.signsFrom > now) return undefined;
  return { generation, signsFrom: new Date(now.getTime() + PUBLISH_EARLY_MS) };
}

/** From when on the next key signs, if it has to be made now. */
function dueFrom(newest: StoredKey | undefined, now: Date, rotateAfterMs: number): Date | undefined {
  if (!newest) return now;
  const endsAt = newest.signsFrom.getTime() + rotateAfterMs;
  if (now.getTime() < endsAt - PUBLISH_EARLY_MS) return undefined;
  return new Date(Math.max(endsAt, now.getTime() + PUBLISH_EARLY_MS));
}

function sealLabel(kid: string): string {
  return `signing key ${kid}`;
}
