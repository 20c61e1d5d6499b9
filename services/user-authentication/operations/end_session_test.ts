import { expect, test } from "bun:test";
import { useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("endSession ends a session of the caller's, once", async () => {
  const { client, refreshToken } = await fixture.signIn();
  const [session] = (await client.listSessions()).body.items;
  const params = { sessionId: session!.id };
  expect((await client.endSession({ params })).status).toBe(204);
  expect((await client.listSessions()).body.items).toEqual([]);
  const refreshing = fixture.client.refreshTokens({ body: { refresh_token: refreshToken } });
  await expect(refreshing).rejects.toMatchObject({ problem: { code: "invalid-refresh-token" } });
  await expect(client.endSession({ params })).rejects.toMatchObject({ problem: { code: "not-found" } });
});

test("endSession does not find somebody else's session", async () => {
  const [{ client }, { client: stranger }] = [await fixture.signIn(), await fixture.signIn()];
  const [session] = (await client.listSessions()).body.items;
  const ending = stranger.endSession({ params: { sessionId: session!.id } });
  await expect(ending).rejects.toMatchObject({ problem: { code: "not-found" } });
  expect((await client.listSessions()).body.items).toHaveLength(1);
});
