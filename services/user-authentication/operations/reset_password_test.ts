import { expect, test } from "bun:test";
import { hashMailToken } from "../mail_token.ts";
import { PASSWORD, SENDER, useFixture } from "../service_fixture.ts";

const fixture = useFixture();
const NEW_PASSWORD = "loud trumpets under the mountain";
const REFUSAL = { problem: { code: "invalid-mail-token" } };

async function requestReset(email: string): Promise<string> {
  expect((await fixture.client.requestPasswordReset({ body: { email } })).status).toBe(202);
  const mail = (await fixture.mails(email)).at(-1);
  return /#token=([A-Za-z0-9_-]{43})\s/.exec(mail?.text ?? "")?.[1] ?? "";
}

function reset(token: string, newPassword = NEW_PASSWORD) {
  return fixture.client.resetPassword({ body: { token, newPassword } });
}

function logIn(email: string, password: string) {
  return fixture.client.logIn({ body: { email, password } });
}

test("a mail lets the password be set once, ends every session and verifies the email", async () => {
  const { user, refreshToken } = await fixture.signIn();
  const token = await requestReset(user.email);
  const [mail] = await fixture.mails(user.email);
  expect(mail).toMatchObject({ from: "no-reply@tradepost.example", to: [user.email] });
  expect(mail?.headers).toMatchObject({ subject: "Set a new password", to: user.email, from: SENDER });
  expect(mail?.text).toContain("https://shop.example/reset#token=");
  expect((await reset(token)).status).toBe(204);
  await expect(reset(token, "another long passphrase it is")).rejects.toMatchObject(REFUSAL);
  await expect(logIn(user.email, PASSWORD)).rejects.toMatchObject({ status: 401 });
  expect((await logIn(user.email, NEW_PASSWORD)).status).toBe(200);
  const refreshing = fixture.client.refreshTokens({ body: { refresh_token: refreshToken } });
  await expect(refreshing).rejects.toMatchObject({ status: 401 });
  const account = await fixture.dependencies.store.users.find(user.id);
  expect(account?.user).toMatchObject({ emailVerified: true, version: 2 });
  const trail = await fixture.dependencies.store.audit.list({ limit: 20, targetId: user.id });
  const actions = trail.map(({ action }) => action).filter((action) => action.startsWith("password"));
  expect(actions).toEqual(["password-reset", "password-reset-requested"]);
});

test("of many uses of one token at once, one sets the password", async () => {
  const user = await fixture.addUser();
  const token = await requestReset(user.email);
  const uses = Array.from({ length: 6 }, (_, at) => reset(token, `${NEW_PASSWORD} ${at}`));
  const results = await Promise.allSettled(uses);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const won = results.findIndex(({ status }) => status === "fulfilled");
  expect((await logIn(user.email, `${NEW_PASSWORD} ${won}`)).status).toBe(200);
});

test("a password that was changed since ends every token to set it", async () => {
  const user = await fixture.addUser();
  const [first, second] = [await requestReset(user.email), await requestReset(user.email)];
  expect((await reset(second)).status).toBe(204);
  await expect(reset(first)).rejects.toMatchObject(REFUSAL);
});

test("a weak password is refused and uses no token up", async () => {
  const user = await fixture.addUser();
  const token = await requestReset(user.email);
  const [local = ""] = user.email.split("@");
  await expect(reset(token, local.slice(0, 20))).rejects.toMatchObject({ problem: { code: "invalid-request" } });
  expect((await reset(token)).status).toBe(204);
});

test("a token that is old, unknown, of another purpose or as it is stored is refused", async () => {
  const user = await fixture.addUser();
  const token = await requestReset(user.email);
  const { store } = fixture.dependencies;
  const issue = (hash: string, lifetimeMs: number) =>
    store.mailTokens.issue({ hash, userId: user.id, epoch: 1, lifetimeMs });
  await issue(hashMailToken("reset-password", "old"), -1);
  await issue(hashMailToken("verify-email", "other"), 60_000);
  const stored = hashMailToken("reset-password", token);
  for (const wrong of ["old", "other", "unknown", stored, `${token}A`, token.slice(0, -1), "\u0000"]) {
    await expect(reset(wrong)).rejects.toMatchObject(REFUSAL);
  }
  expect((await reset(token)).status).toBe(204);
});

test("requestPasswordReset says nothing of an account, and mails nobody who has none", async () => {
  const user = await fixture.addUser();
  const answers = [];
  for (const email of [user.email, "nobody@example.com", "no email\u200b"]) {
    const { status, headers, ...rest } = await fixture.client.requestPasswordReset({ body: { email } });
    answers.push({ status, names: Object.keys(headers), ...rest });
  }
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  await fixture.dependencies.postbox.idle();
  expect(fixture.smtp.received.filter(({ to }) => to.includes("nobody@example.com"))).toEqual([]);
});

test("requestPasswordReset is slowed down for each receiver, known or not, however it is spelt", async () => {
  const user = await fixture.addUser();
  for (const email of [user.email, `${crypto.randomUUID()}@example.com`]) {
    for (let count = 0; count < 4; count++) await fixture.client.requestPasswordReset({ body: { email } });
    for (const spelt of [email, email.toUpperCase()]) {
      const refused = fixture.client.requestPasswordReset({ body: { email: spelt } });
      await expect(refused).rejects.toMatchObject({ status: 429, problem: { code: "too-many-requests" } });
    }
  }
  expect(await fixture.mails(user.email)).toHaveLength(4);
});

test("a reset lets in an owner whose account others guess at", async () => {
  const user = await fixture.addUser();
  for (let count = 0; count < 7; count++) await logIn(user.email, "wrong").catch(() => {});
  await expect(logIn(user.email, PASSWORD)).rejects.toMatchObject({ status: 429 });
  await reset(await requestReset(user.email));
  expect((await logIn(user.email, NEW_PASSWORD)).status).toBe(200);
});
