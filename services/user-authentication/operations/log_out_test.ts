import { expect, test } from "bun:test";
import { useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("logOut ends the session of a token, whether it was replaced or not", async () => {
  for (const isReplaced of [false, true]) {
    const { refreshToken } = await fixture.signIn();
    const { body } = await fixture.client.refreshTokens({ body: { refresh_token: refreshToken } });
    const token = isReplaced ? refreshToken : body.refresh_token;
    expect((await fixture.client.logOut({ body: { refresh_token: token } })).status).toBe(204);
    await expect(fixture.client.refreshTokens({ body: { refresh_token: body.refresh_token } })).rejects.toMatchObject({
      problem: { code: "invalid-refresh-token" },
    });
  }
});

test("logOut answers the same for a token that is unknown or over", async () => {
  const { refreshToken } = await fixture.signIn();
  for (const token of ["unknown", refreshToken, refreshToken]) {
    expect((await fixture.client.logOut({ body: { refresh_token: token } })).status).toBe(204);
  }
});
