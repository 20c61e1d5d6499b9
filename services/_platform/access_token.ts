import { errors, type JWTHeaderParameters, type JWTPayload, jwtVerify } from "jose";
import type { Caller, Schema } from "#contract";
import { type Authenticate, InvalidToken } from "./authentication.ts";
import type { KeySource } from "./key_source.ts";

/** The signature algorithm of access tokens; the only one that is verified. */
export const ACCESS_TOKEN_ALGORITHM = "EdDSA";
/** The `typ` of access tokens (RFC 9068, 2.1). */
export const ACCESS_TOKEN_TYPE = "at+jwt";
/** How long an access token lives. */
export const ACCESS_TOKEN_SECONDS = 300;
/** The `aud` of each kind of token: a token of one kind is of no use where the other is wanted. */
export const AUDIENCES: Readonly<Record<Caller["kind"], string>> = {
  user: "tradepost",
  service: "tradepost/internal",
};

/** What a user's token says besides the claims that every token has. */
export interface UserClaims {
  /** The user's id. */
  sub: string;
  roles: Schema<"Role">[];
  /** The id of the session. */
  sid: string;
}

/** What a service's token says besides the claims that every token has. */
export interface ServiceClaims {
  /** The client's id. */
  sub: string;
  client_id: string;
  /** Separated by spaces. */
  scope: string;
}

/** What tokens are verified by. */
export interface VerifierOptions {
  /** The `iss` of good tokens. */
  issuer: string;
  keys: KeySource;
  /** Tokens to remember, as a signature costs several times a whole request. @default 10000 */
  cacheMax?: number;
  /** Milliseconds since 1970. @default Date.now */
  nowMs?: () => number;
}

const REQUIRED_CLAIMS = ["sub", "iat", "exp", "jti"];
/** Headers that bring a key along, or change how a token is read: jose ignores some of them. */
const REFUSED_HEADERS = ["jwk", "jku", "x5c", "x5u", "x5t", "x5t#S256", "crit", "b64", "zip"];
const ROLES: readonly Schema<"Role">[] = ["customer", "admin"];
/** Ours have about 500. */
const TOKEN_MAX_LENGTH = 4096;
const CACHE_MAX = 10_000;

interface Verified {
  readonly caller: Caller;
  readonly expiresMs: number;
  readonly keyId: string;
}

/**
 * Makes the verification of access tokens: algorithm, type, issuer, audience, key and claims are all pinned, and a token that was
 * verified is remembered until it expires.
 */
export function createVerifier(options: VerifierOptions): Authenticate {
  const { cacheMax = CACHE_MAX, nowMs = Date.now } = options;
  const caches: Record<Caller["kind"], Map<string, Verified>> = { user: new Map(), service: new Map() };

  const remember = (cache: Map<string, Verified>, token: string, verified: Verified): void => {
    // A Map keeps the order of insertion: the first one is the oldest.
    for (const oldest of cache.keys()) {
      if (cache.size < cacheMax) break;
      cache.delete(oldest);
    }
    cache.set(token, verified);
  };

  const verify = async (token: string, kind: Caller["kind"]): Promise<Caller> => {
    if (token.length > TOKEN_MAX_LENGTH) throw new InvalidToken("The token is too long");
    const verified = await verifyToken(token, kind, { ...options, nowMs });
    remember(caches[kind], token, verified);
    return verified.caller;
  };

  return (token, kind) => {
    const cache = caches[kind];
    const verified = cache.get(token);
    if (verified === undefined) return verify(token, kind);
    if (nowMs() >= verified.expiresMs) {
      cache.delete(token);
      throw new InvalidToken("The token has expired");
    }
    if (isThere(options.keys.find(verified.keyId))) return verified.caller;
    // Its key was withdrawn: it is looked at anew.
    cache.delete(token);
    return verify(token, kind);
  };
}

async function verifyToken(
  token: string,
  kind: Caller["kind"],
  { issuer, keys, nowMs }: VerifierOptions & { nowMs: () => number },
): Promise<Verified> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, (header) => findKey(header, keys), {
      algorithms: [ACCESS_TOKEN_ALGORITHM],
      typ: ACCESS_TOKEN_TYPE,
      issuer,
      audience: AUDIENCES[kind],
      requiredClaims: REQUIRED_CLAIMS,
      currentDate: new Date(nowMs()),
    });
    // jose has seen `exp`, a number of seconds.
    const expiresMs = (payload.exp as number) * 1000;
    return { caller: toCaller(payload, kind), expiresMs, keyId: String(protectedHeader.kid) };
  } catch (error) {
    if (error instanceof errors.JOSEError) throw new InvalidToken(error.message, { cause: error });
    throw error;
  }
}

function isThere(key: CryptoKey | undefined | Promise<CryptoKey | undefined>): boolean {
  return key !== undefined && !(key instanceof Promise);
}

async function findKey(header: JWTHeaderParameters, keys: KeySource): Promise<CryptoKey> {
  for (const name of REFUSED_HEADERS) {
    if (name in header) throw new InvalidToken(`The token's header has ${name}`);
  }
  const { kid } = header;
  const key = typeof kid === "string" ? await keys.find(kid) : undefined;
  if (key === undefined) throw new InvalidToken("The token's key is not known");
  return key;
}

function toCaller({ sub, aud, roles, scope, sid }: JWTPayload, kind: Caller["kind"]): Caller {
  if (typeof sub !== "string" || typeof aud !== "string") throw new InvalidToken("The token's claims are not ours");
  if (kind === "user" && Array.isArray(roles)) {
    // A role that a later version knows gives no right in this one.
    const known = ROLES.filter((role) => roles.includes(role));
    return Object.freeze({ kind: "user", id: sub, roles: known, ...(typeof sid === "string" && { sessionId: sid }) });
  }
  if (kind === "service" && typeof scope === "string") {
    return Object.freeze({ kind: "service", id: sub, scopes: scope.split(" ").filter(Boolean) });
  }
  throw new InvalidToken("The token's claims are not ours");
}
