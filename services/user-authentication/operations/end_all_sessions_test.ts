import { expect, test } from "bun:test";
import { PASSWORD, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("endAllSessions ends every session of the caller's and nobody else's, and their access tokens for what is sensitive", async () => {
  const [mine, other] = [await fixture.signIn(), await fixture.signIn()];
  const { body: second } = await fixture.client.logIn({ body: { email: mine.user.email, password: PASSWORD } });
  expect((await mine.client.endAllSessions()).status).toBe(204);
  for (const refresh_token of [mine.refreshToken, second.refresh_token]) {
    const refreshing = fixture.client.refreshTokens({ body: { refresh_token } });
    await expect(refreshing).rejects.toMatchObject({ problem: { code: "invalid-refresh-token" } });
  }
  await expect(mine.client.endAllSessions()).rejects.toMatchObject({ status: 401 });
  expect((await mine.client.getProfile()).status).toBe(200);
  expect((await other.client.listSessions()).body.items).toHaveLength(1);
  await fixture.client.logIn({ body: { email: mine.user.email, password: PASSWORD } });
});
