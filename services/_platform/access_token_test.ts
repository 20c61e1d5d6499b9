import { beforeAll, expect, test } from "bun:test";
import { base64url, exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from "jose";
import {
  ACCESS_TOKEN_ALGORITHM,
  ACCESS_TOKEN_SECONDS,
  ACCESS_TOKEN_TYPE,
  AUDIENCES,
  createVerifier,
} from "./access_token.ts";
import { InvalidToken } from "./authentication.ts";
import type { KeySource } from "./key_source.ts";

const ISSUER = "http://localhost:3000";
const USER_ID = "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11";
const NOW_S = 1_800_000_000;

let good: CryptoKeyPair;
let other: CryptoKeyPair;
let keys: KeySource;
let lookups: string[];

beforeAll(async () => {
  [good, other] = await Promise.all([makePair(), makePair()]);
  lookups = [];
  keys = {
    find: (keyId) => {
      lookups.push(keyId);
      return keyId === "good" ? good.publicKey : undefined;
    },
  };
});

function makePair(): Promise<CryptoKeyPair> {
  return generateKeyPair(ACCESS_TOKEN_ALGORITHM, { extractable: true });
}

interface TokenChange {
  claims?: JWTPayload;
  header?: Partial<JWTHeaderParameters>;
  key?: CryptoKey | Uint8Array;
}

function sign({ claims = {}, header = {}, key = good.privateKey }: TokenChange = {}): Promise<string> {
  const payload = {
    iss: ISSUER,
    aud: AUDIENCES.user,
    sub: USER_ID,
    roles: ["customer"],
    iat: NOW_S,
    exp: NOW_S + ACCESS_TOKEN_SECONDS,
    jti: "1",
    ...claims,
  };
  const protectedHeader = { alg: ACCESS_TOKEN_ALGORITHM, typ: ACCESS_TOKEN_TYPE, kid: "good", ...header };
  return new SignJWT(payload).setProtectedHeader(protectedHeader).sign(key, { crit: { odd: true } });
}

function createClockedVerifier(options: { cacheMax?: number } = {}) {
  const clock = { nowMs: NOW_S * 1000 };
  return { clock, verify: createVerifier({ issuer: ISSUER, keys, nowMs: () => clock.nowMs, ...options }) };
}

async function refusal(token: string, kind: "user" | "service" = "user"): Promise<unknown> {
  const { verify } = createClockedVerifier();
  try {
    return await verify(token, kind);
  } catch (error) {
    return error;
  }
}

test("a user's token tells who they are", async () => {
  const { verify } = createClockedVerifier();
  expect(await verify(await sign(), "user")).toEqual({ kind: "user", id: USER_ID, roles: ["customer"] });
  const admin = await sign({ claims: { roles: ["admin", "customer", "emperor"] } });
  expect(await verify(admin, "user")).toEqual({ kind: "user", id: USER_ID, roles: ["customer", "admin"] });
});

test("a service's token tells its scopes", async () => {
  const claims = {
    aud: AUDIENCES.service,
    sub: "order-processing",
    client_id: "order-processing",
    scope: "stock:write",
  };
  const { verify } = createClockedVerifier();
  const caller = await verify(await sign({ claims }), "service");
  expect(caller).toEqual({ kind: "service", id: "order-processing", scopes: ["stock:write"] });
});

test("a token of one kind is not one of the other", async () => {
  const user = await sign();
  const service = await sign({ claims: { aud: AUDIENCES.service, scope: "stock:write" } });
  expect(await refusal(user, "service")).toBeInstanceOf(InvalidToken);
  expect(await refusal(service, "user")).toBeInstanceOf(InvalidToken);
  // Not from the cache either.
  const { verify } = createClockedVerifier();
  await verify(user, "user");
  await expect(async () => verify(user, "service")).toThrow(InvalidToken);
});

test("claims that are missing or wrong are refused", async () => {
  const wrong: JWTPayload[] = [
    { iss: "http://localhost:3001" },
    { aud: "tradepost/internal" },
    { aud: ["tradepost", "tradepost/internal"] },
    { exp: NOW_S },
    { nbf: NOW_S + 60 },
    { roles: "admin" },
    { roles: undefined },
    ...["iss", "aud", "sub", "iat", "exp", "jti"].map((name) => ({ [name]: undefined })),
  ];
  for (const claims of wrong) expect(await refusal(await sign({ claims }))).toBeInstanceOf(InvalidToken);
});

test("headers that are wrong or bring a key along are refused, whoever signed", async () => {
  const jwk = await exportJWK(other.publicKey);
  const wrong: TokenChange[] = [
    { header: { typ: "JWT" } },
    { header: { kid: "other" } },
    { header: { kid: "__proto__" } },
    { header: { jwk } },
    { header: { jwk }, key: other.privateKey },
    { header: { jku: "http://localhost:9/jwks.json" } },
    { header: { x5u: "http://localhost:9/cert" } },
    { header: { crit: ["odd"], odd: 1 } },
    { key: other.privateKey },
  ];
  for (const change of wrong) expect(await refusal(await sign(change))).toBeInstanceOf(InvalidToken);
});

test("another algorithm is refused: none, and HS256 with the public key as its secret", async () => {
  const [, payload] = (await sign()).split(".");
  const none = base64url.encode(JSON.stringify({ alg: "none", typ: ACCESS_TOKEN_TYPE, kid: "good" }));
  expect(await refusal(`${none}.${payload}.`)).toBeInstanceOf(InvalidToken);
  const { x } = await exportJWK(good.publicKey);
  const confused = await sign({ header: { alg: "HS256" }, key: base64url.decode(`${x}`) });
  expect(await refusal(confused)).toBeInstanceOf(InvalidToken);
});

test("what is no token, or one that was changed, is refused", async () => {
  const token = await sign();
  const [header, payload, signature = ""] = token.split(".");
  const claims = JSON.parse(new TextDecoder().decode(base64url.decode(`${payload}`)));
  const promoted = base64url.encode(JSON.stringify({ ...claims, roles: ["admin"] }));
  const broken = ["", "a", "a.b.c", `${header}.${promoted}.${signature}`, `${header}.${payload}.`, "x".repeat(5000)];
  for (const each of broken) expect(await refusal(each)).toBeInstanceOf(InvalidToken);
});

test("a token is verified once, and refused from the second it expires", async () => {
  const { verify, clock } = createClockedVerifier();
  const token = await sign();
  await verify(token, "user");
  const before = lookups.length;
  expect(verify(token, "user")).not.toBeInstanceOf(Promise);
  // Whether its key is still there is all that is asked.
  expect(lookups).toHaveLength(before + 1);
  clock.nowMs += ACCESS_TOKEN_SECONDS * 1000 - 1;
  expect(verify(token, "user")).toMatchObject({ id: USER_ID });
  clock.nowMs += 1;
  expect(() => verify(token, "user")).toThrow(InvalidToken);
  await expect(async () => verify(token, "user")).toThrow(InvalidToken);
});

test("it remembers a bounded number of tokens", async () => {
  const { verify } = createClockedVerifier({ cacheMax: 2 });
  const tokens = await Promise.all(["1", "2", "3"].map((jti) => sign({ claims: { jti } })));
  for (const token of tokens) await verify(token, "user");
  expect(tokens.map((token) => verify(token, "user") instanceof Promise)).toEqual([true, false, false]);
});

test("a source that can't tell now is no refusal", async () => {
  const away = new Error("away");
  const verify = createVerifier({
    issuer: ISSUER,
    keys: { find: () => Promise.reject(away) },
    nowMs: () => NOW_S * 1000,
  });
  await expect(verify(await sign(), "user") as Promise<unknown>).rejects.toBe(away);
});

test("a token that was verified is refused once its key is withdrawn", async () => {
  const known = new Map([["good", good.publicKey]]);
  const source = { find: (keyId: string) => known.get(keyId) };
  const verify = createVerifier({ issuer: ISSUER, keys: source, nowMs: () => NOW_S * 1000 });
  const token = await sign();
  await verify(token, "user");
  expect(verify(token, "user")).not.toBeInstanceOf(Promise);
  known.clear();
  expect(async () => verify(token, "user")).toThrow("key is not known");
});
