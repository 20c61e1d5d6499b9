import { expect, test } from "bun:test";
import { clientOf, PASSWORD, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("endSession ends another session of the caller's, once", async () => {
  const { user, refreshToken } = await fixture.signIn();
  const { body: tokens } = await fixture.client.logIn({ body: { email: user.email, password: PASSWORD } });
  const client = clientOf(fixture.service, tokens.access_token);
  const session = (await client.listSessions()).body.items[1];
  const params = { sessionId: session!.id };
  expect((await client.endSession({ params })).status).toBe(204);
  expect((await client.listSessions()).body.items).toHaveLength(1);
  const refreshing = fixture.client.refreshTokens({ body: { refresh_token: refreshToken } });
  await expect(refreshing).rejects.toMatchObject({ problem: { code: "invalid-refresh-token" } });
  await expect(client.endSession({ params })).rejects.toMatchObject({ problem: { code: "not-found" } });
});

test("endSession of one's own session ends its access token for what is sensitive, at once", async () => {
  const { client } = await fixture.signIn();
  const [session] = (await client.listSessions()).body.items;
  await client.endSession({ params: { sessionId: session!.id } });
  const error = await client.listSessions().catch((thrown) => thrown);
  expect(error).toMatchObject({ status: 401, problem: { code: "unauthorized" } });
  expect(error.headers.get("www-authenticate")).toContain('error="invalid_token"');
  expect((await client.getProfile()).status).toBe(200);
});

test("endSession does not find somebody else's session", async () => {
  const [{ client }, { client: stranger }] = [await fixture.signIn(), await fixture.signIn()];
  const [session] = (await client.listSessions()).body.items;
  const ending = stranger.endSession({ params: { sessionId: session!.id } });
  await expect(ending).rejects.toMatchObject({ problem: { code: "not-found" } });
  expect((await client.listSessions()).body.items).toHaveLength(1);
});
