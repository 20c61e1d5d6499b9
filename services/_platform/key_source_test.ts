import { expect, test } from "bun:test";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { createRemoteKeys, importKeys } from "./key_source.ts";

async function makeJwk(kid: string, part: "publicKey" | "privateKey" = "publicKey"): Promise<JWK> {
  const pair = await generateKeyPair("EdDSA", { extractable: true });
  return { ...(await exportJWK(pair[part])), use: "sig", alg: "EdDSA", kid };
}

/** An issuer whose keys, health and clock a test can change. */
async function createIssuer() {
  const state = { keys: [await makeJwk("a")], away: false, fetches: 0, nowMs: 0 };
  const source = createRemoteKeys({
    url: "http://localhost/.well-known/jwks.json",
    nowMs: () => state.nowMs,
    fetch: async () => {
      state.fetches += 1;
      await Bun.sleep(1);
      if (state.away) throw new Error("connection refused");
      return Response.json({ keys: state.keys });
    },
  });
  return { state, source };
}

test("a key is fetched when it is first met, once for all who wait", async () => {
  const { state, source } = await createIssuer();
  const found = await Promise.all([source.find("a"), source.find("a"), source.find("b")]);
  expect(found.map((key) => key?.type)).toEqual(["public", "public", undefined]);
  expect(source.find("a")).toBe(found[0]);
  expect(state.fetches).toBe(1);
});

test("unknown ids can't hammer the issuer, yet a new key is found after a while", async () => {
  const { state, source } = await createIssuer();
  for (let each = 0; each < 50; each += 1) expect(await source.find(`made up ${each}`)).toBeUndefined();
  expect(state.fetches).toBe(1);
  state.keys.push(await makeJwk("b"));
  state.nowMs = 9999;
  expect(await source.find("b")).toBeUndefined();
  state.nowMs = 10_000;
  expect(await source.find("b")).toBeDefined();
  expect(state.fetches).toBe(2);
});

test("keys are kept while the issuer is away; only what they can't tell is unavailable", async () => {
  const { state, source } = await createIssuer();
  await source.find("a");
  state.away = true;
  state.nowMs = 1_000_000;
  expect(await source.find("a")).toBeDefined();
  await expect(source.find("b") as Promise<unknown>).rejects.toMatchObject({ code: "service-unavailable" });
  // Within the interval nobody is asked, and it is still not known.
  await expect(source.find("b") as Promise<unknown>).rejects.toMatchObject({ code: "service-unavailable" });
  expect(state.fetches).toBe(2);
  expect(await source.find("a")).toBeDefined();
});

test("an issuer that did not answer is asked again a second later", async () => {
  const { state, source } = await createIssuer();
  state.away = true;
  await expect(source.find("a") as Promise<unknown>).rejects.toMatchObject({ status: 503 });
  state.away = false;
  state.nowMs = 999;
  await expect(source.find("a") as Promise<unknown>).rejects.toMatchObject({ status: 503 });
  expect(state.fetches).toBe(1);
  state.nowMs = 1000;
  expect(await source.find("a")).toBeDefined();
});

test("a key that was withdrawn goes, without a request waiting for it", async () => {
  const { state, source } = await createIssuer();
  await source.find("a");
  state.keys = [await makeJwk("b")];
  state.nowMs = 300_001;
  expect(source.find("a")).not.toBeInstanceOf(Promise);
  await Bun.sleep(20);
  expect(state.fetches).toBe(2);
  expect(await source.find("a")).toBeUndefined();
});

test("an answer that is no key set is a fault of the issuer", async () => {
  for (const answer of [
    Response.json({}),
    Response.json([]),
    new Response("<html>"),
    new Response("", { status: 500 }),
  ]) {
    const source = createRemoteKeys({ url: "http://localhost/jwks.json", fetch: async () => answer.clone() });
    await expect(source.find("a") as Promise<unknown>).rejects.toMatchObject({ status: 503 });
  }
});

test("a slow issuer is given up", async () => {
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => Bun.sleep(5000).then(() => Response.json({})),
  });
  const source = createRemoteKeys({ url: `${server.url}jwks.json`, timeoutMs: 30 });
  await expect(source.find("a") as Promise<unknown>).rejects.toMatchObject({ status: 503 });
});

test("only Ed25519 keys with an id are taken, and only their public part", async () => {
  const keys = await importKeys({
    keys: [
      await makeJwk("a", "privateKey"),
      { kty: "oct", kid: "b", k: "c2VjcmV0" },
      { kty: "EC", crv: "P-256", kid: "c", x: "x", y: "y" },
      { kty: "OKP", crv: "X25519", kid: "d", x: "x" },
      { kty: "OKP", crv: "Ed25519", x: "x" },
      null,
    ],
  });
  expect([...keys.keys()]).toEqual(["a"]);
  expect(keys.get("a")?.type).toBe("public");
});
