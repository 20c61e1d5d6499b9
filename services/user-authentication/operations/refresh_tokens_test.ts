import { expect, test } from "bun:test";
import { useFixture } from "../service_fixture.ts";

const fixture = useFixture();

async function refresh(token: string): Promise<string> {
  const { body } = await fixture.client.refreshTokens({ body: { refresh_token: token } });
  return body.refresh_token;
}

/** Lets the grace of all tokens that were replaced pass. */
async function passGrace(): Promise<void> {
  await fixture.database.query`UPDATE refresh_tokens SET replaced_at = replaced_at - interval '11 seconds'`;
}

const REFUSAL = { status: 401, problem: { code: "invalid-refresh-token" } };

test("refreshTokens answers new tokens that are not to be stored", async () => {
  const { user, refreshToken } = await fixture.signIn();
  const { status, headers, body } = await fixture.client.refreshTokens({ body: { refresh_token: refreshToken } });
  expect([status, headers["cache-control"]]).toEqual([200, "no-store"]);
  expect(body.refresh_token).not.toBe(refreshToken);
  expect(await fixture.authenticate(body.access_token, "user")).toMatchObject({ id: user.id });
});

test("refreshTokens lets the last token come twice within the grace, and goes on with both", async () => {
  const { refreshToken } = await fixture.signIn();
  const tokens = await Promise.all([refresh(refreshToken), refresh(refreshToken)]);
  expect(new Set(tokens).size).toBe(2);
  for (const token of tokens) await refresh(token);
});

test("refreshTokens ends the session when a token comes again after the grace", async () => {
  const { refreshToken } = await fixture.signIn();
  const next = await refresh(refreshToken);
  await passGrace();
  await expect(refresh(refreshToken)).rejects.toMatchObject(REFUSAL);
  await expect(refresh(next)).rejects.toMatchObject(REFUSAL);
});

test("refreshTokens ends one session, not the others of the account", async () => {
  const { user, refreshToken } = await fixture.signIn();
  const { openSession } = await import("../session.ts");
  const { store, tokens, newId } = fixture.dependencies;
  const account = await store.users.find(user.id);
  const options = { client: null, eventOf: () => undefined };
  const other = await openSession({ sessions: store.sessions, tokens, newId }, account!, options);
  await refresh(refreshToken);
  await passGrace();
  await expect(refresh(refreshToken)).rejects.toMatchObject(REFUSAL);
  await refresh(other.refresh_token);
});

test("refreshTokens refuses what it never gave", async () => {
  const { accessToken } = await fixture.signIn();
  for (const token of ["unknown", accessToken.slice(0, 512), "\u0000", "$gt"]) {
    const error = await refresh(token).catch((thrown) => thrown);
    expect(error).toMatchObject(REFUSAL);
    expect(error.headers.get("www-authenticate")).toContain("invalid_token");
  }
});

test("refreshTokens keeps tokens as hashes", async () => {
  const { refreshToken } = await fixture.signIn();
  const rows = await fixture.database.query`SELECT * FROM refresh_tokens WHERE hash = ${refreshToken}`;
  expect(rows).toHaveLength(0);
});
