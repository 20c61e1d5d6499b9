import { expect, test } from "bun:test";
import { CLIENT, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

function basic(secret: string): { authorization: string } {
  return { authorization: `Basic ${btoa(`${CLIENT.id}:${encodeURIComponent(secret)}`)}` };
}

test("revokeToken ends the session of a refresh token, with or without a client that authenticates", async () => {
  for (const headers of [{}, basic(CLIENT.secret)]) {
    const { refreshToken } = await fixture.signIn();
    const body = { token: refreshToken, token_type_hint: "refresh_token" };
    const reply = await fixture.client.revokeToken({ headers, body });
    expect([reply.status, reply.headers["cache-control"]]).toEqual([200, "no-store"]);
    const refreshing = fixture.client.refreshTokens({ body: { refresh_token: refreshToken } });
    await expect(refreshing).rejects.toMatchObject({ problem: { code: "invalid-refresh-token" } });
  }
});

test("revokeToken takes a token that is unknown, and a hint that is wrong or unknown", async () => {
  for (const token_type_hint of ["access_token", "refresh_token", "something"]) {
    expect((await fixture.client.revokeToken({ body: { token: "unknown", token_type_hint } })).status).toBe(200);
  }
});

test.each([
  ["no token", 400, "invalid_request", { body: { token_type_hint: "refresh_token" } }],
  ["an access token", 400, "unsupported_token_type", { body: { token: "e30.e30.c2ln" } }],
  ["a wrong secret", 401, "invalid_client", { body: { token: "x", client_id: CLIENT.id, client_secret: "wrong" } }],
  ["a wrong secret in the header", 401, "invalid_client", { headers: basic("wrong"), body: { token: "x" } }],
  ["a client twice", 400, "invalid_request", { headers: basic("x"), body: { token: "x", client_secret: "x" } }],
])("revokeToken answers %s as RFC 7009 says", async (_, status, code, call) => {
  // The first has a body that the types would not let through.
  const revoke = fixture.client.revokeToken as (call: object) => Promise<never>;
  const error = await revoke(call).catch((thrown) => thrown);
  expect(error).toMatchObject({ status, body: { error: code } });
  expect(error.headers.get("cache-control")).toBe("no-store");
});
