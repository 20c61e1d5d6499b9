import { expect, test } from "bun:test";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { Problem } from "#platform/problem.ts";
import { ApiError } from "#sdk";
import { createPasswords } from "../password.ts";
import { clientOf, ISSUER, openService, PASSWORD, useFixture } from "../service_fixture.ts";
import { addressKey } from "../throttle.ts";

const fixture = useFixture();
const WRONG = "not the password of anybody";

/** What a login that is refused answers. */
async function refusalOf(body: { email: string; password: string }): Promise<ApiError> {
  const error = await fixture.client.logIn({ body }).catch((thrown: unknown) => thrown);
  if (error instanceof ApiError) return error;
  throw new Error("The login was not refused");
}

test("logIn hashes a password again whose hash took less work than today's, and keeps sessions", async () => {
  const { dependencies, client } = fixture;
  const { user, refreshToken } = await fixture.signIn();
  const { passwordHash: current } = (await dependencies.store.users.find(user.id))!;
  const weak = await Bun.password.hash(PASSWORD, { algorithm: "argon2id", memoryCost: 8192, timeCost: 1 });
  await dependencies.store.users.replaceHash(user.id, { from: current, to: weak });
  await refusalOf({ email: user.email, password: WRONG });
  expect((await dependencies.store.users.find(user.id))!.passwordHash).toBe(weak);
  for (let count = 0; count < 2; count++) await client.logIn({ body: { email: user.email, password: PASSWORD } });
  const { passwordHash } = (await dependencies.store.users.find(user.id))!;
  expect(passwordHash).toStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
  expect((await client.refreshTokens({ body: { refresh_token: refreshToken } })).status).toBe(200);
});

test("logIn lets in without hashing again where there is no room for it", async () => {
  const { dependencies } = fixture;
  const { user } = await fixture.signIn();
  const { passwordHash: current } = (await dependencies.store.users.find(user.id))!;
  const weak = await Bun.password.hash(PASSWORD, { algorithm: "argon2id", memoryCost: 8192, timeCost: 1 });
  await dependencies.store.users.replaceHash(user.id, { from: current, to: weak });
  const busy = () => Promise.reject(new Problem("service-unavailable", "Too many wait"));
  const passwords = { ...dependencies.passwords, hash: busy };
  const service = openService({ ...dependencies, passwords }, fixture.authenticate);
  const { status } = await clientOf(service).logIn({ body: { email: user.email, password: PASSWORD } });
  expect(status).toBe(200);
  expect((await dependencies.store.users.find(user.id))!.passwordHash).toBe(weak);
});

test("logIn answers tokens that are not to be stored", async () => {
  const user = await fixture.addUser({ roles: ["customer", "admin"] });
  const { status, headers, body } = await fixture.client.logIn({ body: { email: user.email, password: PASSWORD } });
  expect(status).toBe(200);
  expect(headers["cache-control"]).toBe("no-store");
  expect(body).toMatchObject({ token_type: "Bearer", expires_in: 300 });
  expect(body.refresh_token).toMatch(/^[\w-]{43}$/);

  const [key] = fixture.dependencies.keys.published.keys;
  expect(decodeProtectedHeader(body.access_token)).toEqual({ alg: "EdDSA", typ: "at+jwt", kid: key!.kid });
  const { iat, exp, jti, ...claims } = decodeJwt(body.access_token);
  const [session] = await fixture.dependencies.store.sessions.list(user.id, { limit: 1 });
  const roles = ["customer", "admin"];
  expect(claims).toEqual({ iss: ISSUER, aud: "tradepost", sub: user.id, roles, sid: session!.id });
  expect(exp! - iat!).toBeWithin(299, 302);
  expect(jti).toBeString();
  expect<unknown>(await fixture.authenticate(body.access_token, "user")).toEqual({
    kind: "user",
    ...{ id: user.id, roles, sessionId: session!.id },
  });
});

test("logIn takes every spelling of the email", async () => {
  const { email } = await fixture.addUser();
  for (const spelling of [email.toUpperCase(), email.replace("@", "\uFF20")]) {
    expect((await fixture.client.logIn({ body: { email: spelling, password: PASSWORD } })).status).toBe(200);
  }
});

test("logIn answers the same to a wrong password, an unknown email and what is no email", async () => {
  const { email } = await fixture.addUser();
  const texts: string[] = [];
  for (const tried of [
    email,
    `un${email}`,
    "nobody",
    "ada\u0000@example.com",
    "\uD800",
    "' OR 1=1 --@x.y",
    '{"$gt":""}',
  ]) {
    const { status, problem, headers } = await refusalOf({ email: tried, password: WRONG });
    expect(headers.get("www-authenticate")).toBe('Bearer realm="tradepost"');
    texts.push(JSON.stringify([status, problem]));
  }
  expect(new Set(texts).size).toBe(1);
  expect(texts[0]).toContain("invalid-credentials");
});

test("logIn takes as long for an unknown email as for a wrong password", async () => {
  const timeOf = async (email: string): Promise<number> => {
    const startedAt = performance.now();
    await refusalOf({ email, password: WRONG });
    return performance.now() - startedAt;
  };
  const known: number[] = [];
  const unknown: number[] = [];
  // The fastest of each: the others had to wait for the machine. Without the work on nobody's hash it is a tenth, however often it is tried.
  const ratio = (): number => Math.min(...unknown) / Math.min(...known);
  for (let round = 0; round < 6 || (round < 30 && Math.abs(ratio() - 1) > 0.4); round++) {
    known.push(await timeOf((await fixture.addUser()).email));
    unknown.push(await timeOf(`${crypto.randomUUID()}@example.com`));
  }
  expect(ratio()).toBeWithin(0.6, 1.6);
});

test("logIn makes an account wait after failures, the right password included, and no other account", async () => {
  const [user, other] = [await fixture.addUser(), await fixture.addUser()];
  for (const email of [user.email, "unknown@example.com"]) {
    for (let failure = 0; failure < 6; failure++)
      expect((await refusalOf({ email, password: WRONG })).status).toBe(401);
    const { status, problem, headers } = await refusalOf({ email, password: PASSWORD });
    expect([status, problem?.code, headers.get("retry-after")]).toEqual([429, "too-many-requests", "1"]);
  }
  expect((await fixture.client.logIn({ body: { email: other.email, password: PASSWORD } })).status).toBe(200);
  await Bun.sleep(1000);
  expect((await fixture.client.logIn({ body: { email: user.email, password: PASSWORD } })).status).toBe(200);
});

test("logIn forgets the failures of an account after a success", async () => {
  const { email } = await fixture.addUser();
  for (let round = 0; round < 2; round++) {
    for (let failure = 0; failure < 4; failure++) await refusalOf({ email, password: WRONG });
    expect((await fixture.client.logIn({ body: { email, password: PASSWORD } })).status).toBe(200);
  }
});

test("logIn many times at once with the right password makes nobody wait", async () => {
  const { email } = await fixture.addUser();
  const logins = Array.from({ length: 16 }, () => fixture.client.logIn({ body: { email, password: PASSWORD } }));
  expect((await Promise.all(logins)).map(({ status }) => status)).toEqual(Array<200>(16).fill(200));
});

test("logIn lets no more guesses through at once than one after the other", async () => {
  const { email } = await fixture.addUser();
  const refusals = Array.from({ length: 14 }, () => refusalOf({ email, password: WRONG }));
  const statuses = (await Promise.all(refusals)).map(({ status }) => status).sort();
  expect(statuses).toEqual([...Array<number>(6).fill(401), ...Array<number>(8).fill(429)]);
});

test("logIn makes an address wait that fails with many accounts, whatever it says of itself", async () => {
  const { email } = await fixture.addUser();
  const server = openService(fixture.dependencies, fixture.authenticate);
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  const send = (): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/login`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": "192.0.2.1", forwarded: "for=192.0.2.1" },
      body: JSON.stringify({ email, password: PASSWORD }),
    });
  try {
    expect((await send()).status).toBe(200);
    const { throttle } = fixture.dependencies.store;
    for (let failure = 0; failure < 51; failure++) await throttle.attempt(addressKey("127.0.0.1")!);
    expect((await send()).status).toBe(429);
    await throttle.clear(addressKey("127.0.0.1")!);
    expect((await send()).status).toBe(200);
  } finally {
    await server.stop();
  }
});

test("logIn refuses at once when too many passwords wait to be checked", async () => {
  const passwords = createPasswords({ running: 1, waiting: 1, waitMs: 30_000 });
  const busy = clientOf(openService({ ...fixture.dependencies, passwords }, fixture.authenticate));
  const users = await Promise.all(Array.from({ length: 6 }, () => fixture.addUser()));
  const calls = users.map(({ email }) => busy.logIn({ body: { email, password: PASSWORD } }));
  const results = await Promise.allSettled(calls);
  const statuses = results.map((result) => (result.status === "fulfilled" ? 200 : result.reason.status)).sort();
  expect(statuses).toEqual([200, 200, 503, 503, 503, 503]);
  const refused = results.find((result) => result.status === "rejected");
  expect(refused?.reason.headers.get("retry-after")).toBe("1");
});
