import { expect, test } from "bun:test";
import { PASSWORD, useFixture } from "../service_fixture.ts";

const fixture = useFixture();
const OTHER = "louder lanterns over the hills";
const CHANGE = { currentPassword: PASSWORD, newPassword: OTHER };

test("changePassword replaces the password and ends every session", async () => {
  const { user, client, refreshToken } = await fixture.signIn();
  expect((await client.changePassword({ body: CHANGE })).status).toBe(204);
  const { email } = user;
  await expect(fixture.client.logIn({ body: { email, password: PASSWORD } })).rejects.toMatchObject({ status: 401 });
  expect((await fixture.client.logIn({ body: { email, password: OTHER } })).status).toBe(200);
  await expect(fixture.client.refreshTokens({ body: { refresh_token: refreshToken } })).rejects.toMatchObject({
    problem: { code: "invalid-refresh-token" },
  });
});

test("changePassword needs the current password, and slows down who guesses it", async () => {
  const { client } = await fixture.signIn();
  const guess = { ...CHANGE, currentPassword: "not the current password" };
  for (let failure = 0; failure < 6; failure++) {
    await expect(client.changePassword({ body: guess })).rejects.toMatchObject({
      problem: { code: "incorrect-password" },
    });
  }
  await expect(client.changePassword({ body: CHANGE })).rejects.toMatchObject({
    problem: { code: "too-many-requests" },
  });
});

test("changePassword refuses a password that is easy to guess", async () => {
  const { client } = await fixture.signIn();
  const body = { ...CHANGE, newPassword: "tradepost-12345678" };
  await expect(client.changePassword({ body })).rejects.toMatchObject({
    problem: { code: "invalid-request", errors: [{ in: "body", pointer: "#/newPassword" }] },
  });
});

test("changePassword many times at once from one password happens once", async () => {
  const { user, client } = await fixture.signIn();
  const passwords = Array.from({ length: 4 }, (_, at) => `${OTHER} number ${at}`);
  const calls = passwords.map((newPassword) => client.changePassword({ body: { ...CHANGE, newPassword } }));
  const results = await Promise.allSettled(calls);
  const won = results.map(({ status }) => status === "fulfilled");
  expect(won.filter(Boolean)).toHaveLength(1);
  const password = passwords[won.indexOf(true)]!;
  expect((await fixture.client.logIn({ body: { email: user.email, password } })).status).toBe(200);
});
