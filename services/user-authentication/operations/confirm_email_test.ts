import { expect, test } from "bun:test";
import { useFixture } from "../service_fixture.ts";

const fixture = useFixture();
const PASSWORD = "quiet lanterns over the harbour";

async function tokenFor(email: string): Promise<string> {
  const mail = (await fixture.mails(email)).at(-1);
  return /^([A-Za-z0-9_-]{43})$/m.exec(mail?.text ?? "")?.[1] ?? "";
}

function confirm(token: string) {
  return fixture.client.confirmEmail({ body: { token } });
}

test("registration sends a mail whose token verifies the email, once", async () => {
  const email = `${crypto.randomUUID()}@example.com`;
  const { body } = await fixture.client.registerUser({
    body: { email, password: PASSWORD, displayName: "Ada\u00a0B" },
  });
  expect(body.emailVerified).toBe(false);
  const [mail, ...more] = await fixture.mails(email);
  expect(more).toEqual([]);
  expect(mail?.headers).toMatchObject({ subject: "Verify your email", to: email });
  expect(mail?.text).not.toContain("Ada");
  const token = await tokenFor(email);
  expect((await confirm(token)).status).toBe(204);
  await expect(confirm(token)).rejects.toMatchObject({ problem: { code: "invalid-mail-token" } });
  const { store } = fixture.dependencies;
  expect((await store.users.find(body.id))?.user).toMatchObject({ emailVerified: true, version: 2 });
  const trail = await store.audit.list({ limit: 5, targetId: body.id });
  expect(trail.map(({ action }) => action)).toEqual(["email-verified", "user-registered"]);
});

test("requestEmailVerification sends another mail until it is done, a few at once", async () => {
  const { user, client } = await fixture.signIn();
  for (let count = 0; count < 4; count++) expect((await client.requestEmailVerification()).status).toBe(202);
  await expect(client.requestEmailVerification()).rejects.toMatchObject({ status: 429 });
  expect(await fixture.mails(user.email)).toHaveLength(4);
  await confirm(await tokenFor(user.email));
  expect((await client.requestEmailVerification()).status).toBe(202);
  expect(await fixture.mails(user.email)).toHaveLength(4);
});

test("a token to verify an email outlives a change of password, and sets none", async () => {
  const { user, client } = await fixture.signIn();
  await client.requestEmailVerification();
  const token = await tokenFor(user.email);
  const newPassword = "loud trumpets under the mountain";
  const resetting = fixture.client.resetPassword({ body: { token, newPassword } });
  await expect(resetting).rejects.toMatchObject({ problem: { code: "invalid-mail-token" } });
  await client.changePassword({ body: { currentPassword: PASSWORD, newPassword } });
  expect((await confirm(token)).status).toBe(204);
});

test("a mail that the server refuses at first is sent again, and given up after three times", async () => {
  const { user, client } = await fixture.signIn();
  fixture.smtp.refuse(2);
  await client.requestEmailVerification();
  expect(await fixture.mails(user.email)).toHaveLength(1);
  fixture.smtp.refuse(3);
  await client.requestEmailVerification();
  expect(await fixture.mails(user.email)).toHaveLength(1);
  fixture.smtp.refuse(0);
  const told = fixture.warnings.map((warning) => JSON.stringify(warning));
  expect(told.filter((line) => line.includes("given up"))).toHaveLength(1);
  expect(told.join()).not.toContain(await tokenFor(user.email));
});
