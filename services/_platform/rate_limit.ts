import type { Caller } from "#contract";
import { networkOf } from "./client_address.ts";
import { Problem } from "./problem.ts";

/** Whom a request counts for: the caller its token names, else the address it comes from. */
export type QuotaKind = Caller["kind"] | "address";

/** How many requests each caller has, in this process: so many at once, and again as many in each window. */
export interface RateLimitOptions {
  /** 0: no limit. */
  readonly quotas: Readonly<Record<QuotaKind, number>>;
  /** Seconds. */
  readonly windowS: number;
  /** Callers of each kind that are remembered; past it, those who were not seen for longest begin anew. @default 50000 */
  readonly callersMax?: number;
  /** Milliseconds since some start. @default performance.now */
  readonly nowMs?: () => number;
}

/** What a response tells about the caller's quota. */
export interface QuotaState {
  /** `RateLimit`. */
  readonly state: string;
  /** `RateLimit-Policy`. */
  readonly policy: string;
  /** Seconds until a request is let in; 0 if this one is. */
  readonly retryAfterS: number;
}

/** Counts requests by caller. */
export interface RateLimits {
  /** Counts one request. @returns What to tell the caller; undefined if there is no limit for them. */
  take(caller: Caller | undefined, address: () => string): QuotaState | undefined;
}

const CALLERS_MAX = 50_000;

/** Makes the limits of a service; see {@link RateLimits}. */
export function createRateLimits(options: RateLimitOptions): RateLimits {
  const of = (kind: QuotaKind) => (options.quotas[kind] === 0 ? undefined : new Quota(kind, options));
  const quotas = { user: of("user"), service: of("service"), address: of("address") };
  return {
    take(caller, address) {
      if (caller !== undefined) return quotas[caller.kind]?.take(caller.id);
      return quotas.address?.take(clientOf(address()));
    },
  };
}

/** Networks of IPv6 addresses: working one out takes longer than all else here. */
const networks = new Map<string, string>();
const NETWORKS_MAX = 10_000;

function clientOf(address: string): string {
  if (!address.includes(":")) return address;
  const known = networks.get(address);
  if (known !== undefined) return known;
  if (networks.size >= NETWORKS_MAX) networks.clear();
  const network = networkOf(address);
  networks.set(address, network);
  return network;
}

/** @throws {Problem} `too-many-requests` if the caller has nothing left. */
export function checkQuota(quota: QuotaState | undefined): void {
  if (quota === undefined || quota.retryAfterS === 0) return;
  const headers = { "retry-after": String(quota.retryAfterS) };
  throw new Problem("too-many-requests", "Too many requests: wait as long as Retry-After says", { headers });
}

/**
 * Token buckets of one kind, each as one number: when it will be full again. (That is the generic cell rate algorithm.) Of whoever was not seen for a
 * window the bucket is full, so nothing need be known: callers are kept in two generations, and the older one is dropped after each window.
 *
 * @see {@link https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ | RateLimit header fields for HTTP}
 */
class Quota {
  readonly #kind: QuotaKind;
  readonly #windowMs: number;
  /** What one request costs. */
  readonly #costMs: number;
  readonly #policy: string;
  readonly #callersMax: number;
  readonly #nowMs: () => number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  #turnsMs: number;

  constructor(kind: QuotaKind, { quotas, windowS, callersMax = CALLERS_MAX, nowMs }: RateLimitOptions) {
    this.#kind = kind;
    this.#windowMs = windowS * 1000;
    this.#costMs = this.#windowMs / quotas[kind];
    this.#policy = `"${kind}";q=${quotas[kind]};w=${windowS}`;
    this.#callersMax = callersMax;
    this.#nowMs = nowMs ?? (() => performance.now());
    this.#turnsMs = this.#nowMs() + this.#windowMs;
  }

  take(key: string): QuotaState {
    const nowMs = this.#nowMs();
    if (nowMs >= this.#turnsMs || this.#young.size >= this.#callersMax) this.#turn(nowMs);
    const knownMs = this.#young.get(key) ?? this.#old.get(key) ?? nowMs;
    const fullMs = Math.max(knownMs, nowMs) + this.#costMs;
    const missingMs = fullMs - nowMs - this.#windowMs;
    // Rounding must not cost the last request.
    if (missingMs > this.#costMs / 1000)
      return this.#tell(0, fullMs - this.#costMs - nowMs, Math.max(1, toSeconds(missingMs)));
    this.#young.set(key, fullMs);
    return this.#tell(Math.floor(-missingMs / this.#costMs + 0.001), fullMs - nowMs, 0);
  }

  #tell(left: number, untilFullMs: number, retryAfterS: number): QuotaState {
    const state = `"${this.#kind}";r=${left};t=${toSeconds(untilFullMs)}`;
    return { state, policy: this.#policy, retryAfterS };
  }

  #turn(nowMs: number): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#turnsMs = nowMs + this.#windowMs;
  }
}

/** Whole seconds, rounded up; what a sum of fractions is off by is no second. */
function toSeconds(ms: number): number {
  return Math.ceil(Math.round(ms) / 1000);
}
