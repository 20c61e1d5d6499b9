import { jwt } from "@elysiajs/jwt";
import type { Schema } from "#contract";
import { ACCESS_TOKEN_ALGORITHM, ACCESS_TOKEN_TYPE } from "#platform/access_token.ts";
import { operatorEvent } from "#platform/audit.ts";
import { importKeys, type KeySource } from "#platform/key_source.ts";
import { StartFault } from "#platform/start_fault.ts";
import { createSigningKey, nextKey, openSigningKey, planKeys, type StoredKey, toPublicJwk } from "./signing_key.ts";
import type { SigningKeyStore } from "./store/mod.ts";
import type { Vault } from "./vault.ts";

/** What a key ring is made of. */
export interface KeyRingOptions {
  readonly store: SigningKeyStore;
  readonly vault: Vault;
  /** How long a key signs. */
  readonly rotateAfterMs: number;
  readonly newId: () => string;
  readonly now: () => Date;
}

/** Signs claims as a JWT; `exp` in seconds since 1970. */
type Sign = (claims: Readonly<Record<string, string | number | string[]>> & { exp: number }) => Promise<string>;

/** The keys of one moment. */
interface Keys {
  readonly sign: Sign;
  readonly published: Schema<"JsonWebKeySet">;
  readonly verifying: ReadonlyMap<string, CryptoKey>;
}

/** Signs with the key whose turn it is, and knows the keys that verify: the key source of this service itself. */
export interface KeyRing extends KeySource {
  readonly sign: Sign;
  readonly published: Schema<"JsonWebKeySet">;
  /** Reads the keys that other replicas have made, makes the next one if it is due, and changes over when its turn comes. */
  reload(): Promise<void>;
}

/**
 * Makes the next key before its time: for when a secret may be known to somebody. Replicas find it when they reload.
 *
 * @returns From when on it signs; undefined if the next key is there already.
 */
export async function rotateKeys({ store, vault, newId, now }: KeyRingOptions): Promise<Date | undefined> {
  const due = nextKey(await store.list(), now());
  if (!due) return undefined;
  const kid = newId();
  const event = operatorEvent(newId(), { action: "signing-key-rotated", target: { kind: "signing-key", id: kid } });
  const isKept = await store.add(await createSigningKey({ ...due, kid }, vault), event);
  return isKept ? due.signsFrom : undefined;
}

/**
 * Withdraws a key that somebody else may know: it neither signs nor verifies any more, and every token by it is refused as soon as replicas and
 * services have read the keys again. If it was the one that signs, the next one does so at once.
 *
 * @param kid The key to withdraw; the one that signs, if not given.
 * @returns The ids of the key that was withdrawn and of the one that signs now; undefined if there is no such key, or it is withdrawn already.
 */
export async function withdrawKey(
  options: KeyRingOptions,
  kid?: string,
): Promise<{ readonly withdrawn: string; readonly signing: string } | undefined> {
  const { store, vault, rotateAfterMs, newId, now } = options;
  const withdrawn = kid ?? planKeys(await store.list(), now(), rotateAfterMs).signing?.kid;
  if (withdrawn === undefined) return undefined;
  const target = { kind: "signing-key", id: withdrawn } as const;
  const event = operatorEvent(newId(), { action: "signing-key-withdrawn", target });
  if (!(await store.withdraw(withdrawn, event))) return undefined;
  for (let attempt = 1; attempt <= RELOAD_ATTEMPTS; attempt++) {
    const { signing, due } = planKeys(await store.list(), now(), rotateAfterMs);
    if (signing) return { withdrawn, signing: signing.kid };
    if (due) await store.add(await createSigningKey({ ...due, kid: newId() }, vault));
  }
  throw new Error("The signing keys change faster than they can be read");
}

/** Of many replicas that make a key at once one wins; the others read again, and find it. */
const RELOAD_ATTEMPTS = 5;

/** Opens the keys there are; makes the first one. @throws {StartFault} if they were sealed with another secret. */
export async function openKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const signers = new Map<string, Sign>();
  let keys = await loadKeys(options, signers);
  return {
    sign: (claims) => keys.sign(claims),
    get published() {
      return keys.published;
    },
    find: (kid) => keys.verifying.get(kid),
    async reload() {
      keys = await loadKeys(options, signers);
    },
  };
}

/** @param signers Those made so far, by key id. */
async function loadKeys(options: KeyRingOptions, signers: Map<string, Sign>): Promise<Keys> {
  const { store, vault, rotateAfterMs, newId, now } = options;
  for (let attempt = 1; attempt <= RELOAD_ATTEMPTS; attempt++) {
    const { signing, published, due } = planKeys(await store.list(), now(), rotateAfterMs);
    if (due) await store.add(await createSigningKey({ ...due, kid: newId() }, vault));
    else if (signing) {
      const sign = signers.get(signing.kid) ?? (await createSigner(signing, vault));
      signers.set(signing.kid, sign);
      const set = { keys: published.map(toPublicJwk) };
      return { sign, published: set, verifying: await importKeys(set) };
    }
  }
  throw new Error("The signing keys change faster than they can be read");
}

/** One instance of the plugin for each key: a second one of the same name would be the first. */
async function createSigner(key: StoredKey, vault: Vault): Promise<Sign> {
  const jwk = open(key, vault);
  const secret = await crypto.subtle.importKey("jwk", jwk, "Ed25519", false, ["sign"]);
  const { decorator } = jwt({ secret, alg: ACCESS_TOKEN_ALGORITHM, typ: ACCESS_TOKEN_TYPE, kid: key.kid });
  return (claims) => decorator.jwt.sign(claims);
}

function open(key: StoredKey, vault: Vault): JsonWebKey {
  try {
    return openSigningKey(key, vault);
  } catch (cause) {
    throw new StartFault("KEYS_SECRET does not open the stored signing keys: it must be the one they were made with", {
      cause,
    });
  }
}
