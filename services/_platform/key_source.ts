import { importJWK } from "jose";
import type { Schema } from "#contract";
import { unavailable } from "./unavailable.ts";

/** Where the keys that verify tokens come from. */
export interface KeySource {
  /**
   * The key of this id, or nothing if the issuer has none of that id.
   *
   * @throws {Problem} `service-unavailable` if that can't be found out now.
   */
  find(keyId: string): CryptoKey | undefined | Promise<CryptoKey | undefined>;
}

/** How a key set is fetched. */
export interface RemoteKeysOptions {
  /** The issuer's `jwks.json`. */
  url: string;
  /** @default globalThis.fetch */
  fetch?: (request: Request) => Promise<Response>;
  /** Milliseconds since some start. @default performance.now */
  nowMs?: () => number;
  /** @default 2000 */
  timeoutMs?: number;
}

type PublicJwk = Schema<"JsonWebKeySet">["keys"][number];

/** An id that is not known can be made up by anybody: the issuer is asked no more often than this. */
const REFRESH_INTERVAL_MS = 10_000;
/** An issuer that did not answer is asked again this soon: till it does, nobody can sign in here. */
const RETRY_INTERVAL_MS = 1000;
/** After this the set is fetched again at its next use, behind the requests, so that a key that was withdrawn goes. */
const STALE_AFTER_MS = 60_000;
/** The contract's bound. */
const KEYS_MAX = 16;

/** Keeps the public keys of an issuer: asked when an unknown one is met, kept while the issuer is away. */
export function createRemoteKeys(options: RemoteKeysOptions): KeySource {
  return new RemoteKeys(options);
}

class RemoteKeys implements KeySource {
  readonly #url: string;
  readonly #fetch: (request: Request) => Promise<Response>;
  readonly #nowMs: () => number;
  readonly #timeoutMs: number;
  #keys: ReadonlyMap<string, CryptoKey> = new Map();
  #refreshing: Promise<void> | undefined;
  #triedMs = Number.NEGATIVE_INFINITY;
  #fetchedMs = Number.NEGATIVE_INFINITY;
  /** Why the last attempt failed; undefined after one that did not. */
  #fault: unknown;

  constructor({ url, fetch = globalThis.fetch, nowMs = () => performance.now(), timeoutMs = 2000 }: RemoteKeysOptions) {
    this.#url = url;
    this.#fetch = fetch;
    this.#nowMs = nowMs;
    this.#timeoutMs = timeoutMs;
  }

  find(keyId: string): CryptoKey | undefined | Promise<CryptoKey | undefined> {
    const key = this.#keys.get(keyId);
    if (key === undefined) return this.#findFresh(keyId);
    if (this.#nowMs() - this.#fetchedMs > STALE_AFTER_MS) void this.#refresh();
    return key;
  }

  async #findFresh(keyId: string): Promise<CryptoKey | undefined> {
    await this.#refresh();
    const key = this.#keys.get(keyId);
    // Only an issuer that answers can say that it has no such key.
    if (key === undefined && this.#fault !== undefined) {
      throw unavailable("Access tokens can't be verified now", this.#fault);
    }
    return key;
  }

  /** Never rejects. Waits for a fetch that is under way; begins one unless the last was a moment ago. */
  #refresh(): Promise<void> {
    if (this.#refreshing) return this.#refreshing;
    const intervalMs = this.#fault === undefined ? REFRESH_INTERVAL_MS : RETRY_INTERVAL_MS;
    if (this.#nowMs() - this.#triedMs < intervalMs) return Promise.resolve();
    this.#triedMs = this.#nowMs();
    this.#refreshing = this.#load()
      .catch((error: unknown) => {
        this.#fault = error;
        this.#triedMs = this.#nowMs();
      })
      .finally(() => {
        this.#refreshing = undefined;
      });
    return this.#refreshing;
  }

  async #load(): Promise<void> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    const response = await this.#fetch(new Request(this.#url, { signal, redirect: "error" }));
    if (!response.ok) throw new Error(`The issuer answered ${response.status} to ${this.#url}`);
    this.#keys = await importKeys(await response.json());
    this.#fetchedMs = this.#nowMs();
    this.#fault = undefined;
  }
}

/**
 * Imports the Ed25519 keys of a set by their ids; keys of other kinds are passed over (RFC 7517, 5).
 *
 * @throws {Error} if it is not a set of keys.
 */
export async function importKeys(set: unknown): Promise<ReadonlyMap<string, CryptoKey>> {
  const keys = typeof set === "object" && set !== null && "keys" in set ? set.keys : undefined;
  if (!Array.isArray(keys)) throw new Error("The issuer's key set is not one");
  const usable = keys.slice(0, KEYS_MAX).filter(isUsable);
  return new Map(await Promise.all(usable.map(async (jwk) => [jwk.kid, await importKey(jwk)] as const)));
}

function isUsable(jwk: unknown): jwk is PublicJwk {
  if (typeof jwk !== "object" || jwk === null) return false;
  const { kty, crv, kid, x } = jwk as Partial<PublicJwk>; // any object may have these members, of any type
  return kty === "OKP" && crv === "Ed25519" && typeof kid === "string" && typeof x === "string";
}

async function importKey({ kty, crv, x }: PublicJwk): Promise<CryptoKey> {
  // Only the public members: a set that shows a private key by mistake gives no key that could sign.
  const key = await importJWK({ kty, crv, x }, "EdDSA");
  if (key instanceof Uint8Array) throw new Error("The issuer's key set has a secret in it");
  return key;
}
