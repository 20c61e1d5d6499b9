/** Signing in, renewing, signing out and changing the password. */
import type { Api } from "./api.ts";
import { type Account, anAccount, aRegistration, expect, logIn, test } from "./fixtures.ts";
import { readToken } from "./token_reader.ts";

test("logIn gives an access token for five minutes, signed with a published key", async ({ api }) => {
  const account = await anAccount(api);
  const { body: tokens } = await api.answers(200, "logIn", { body: credentialsOf(account) });
  const { header, claims } = readToken(tokens.access_token);
  const { body: published } = await api.answers(200, "getJsonWebKeySet");
  expect(header).toMatchObject({ typ: "at+jwt", alg: "EdDSA" });
  expect(published.keys.map(({ kid }) => kid)).toContain(header.kid);
  expect(claims).toMatchObject({ aud: "tradepost", sub: account.id, roles: ["customer"], jti: expect.any(String) });
  expect(Number(claims.exp) - Number(claims.iat)).toBe(300);
  expect(tokens.expires_in).toBe(300);
});

test("logIn compares the email as registerUser does", async ({ api }) => {
  const { email, password } = await anAccount(api);
  await logIn(api, { email: email.toUpperCase(), password });
});

test("logIn answers an unknown email and a wrong password alike", async ({ api }) => {
  const { email } = await anAccount(api);
  const { password } = aRegistration();
  const wrong = await api.refuses("invalid-credentials", "logIn", { body: { email, password } });
  const unknown = await api.refuses("invalid-credentials", "logIn", {
    body: { email: aRegistration().email, password },
  });
  expect(wrong.text).toBe(unknown.text);
  expect(wrong.headers["www-authenticate"]).toBe(unknown.headers["www-authenticate"]);
});

test("logIn slows down guessing at an account, and lets its owner in after the wait", async ({ api }) => {
  const account = await anAccount(api);
  const guess = { body: { ...credentialsOf(account), password: aRegistration().password } };
  const refusal = await untilThrottled(() => api.call("logIn", guess));
  const right = await api.call("logIn", { body: credentialsOf(account) });
  expect(right.status, "while it waits, even the right password is not tried").toBe(429);
  await waitFor(refusal);
  await logIn(api, account);
});

test("refreshTokens replaces both tokens", async ({ api }) => {
  const account = await anAccount(api);
  const first = await logIn(api, account);
  const { body: second } = await refresh(api, first);
  expect(second.refresh_token).not.toBe(first.refresh_token);
  const { body: profile } = await api.answers(200, "getProfile", { as: second.access_token });
  expect(profile.id).toBe(account.id);
});

test("refreshTokens takes the token that was replaced last once more: its answer may have been lost", async ({
  api,
}) => {
  const first = await logIn(api, await anAccount(api));
  await refresh(api, first);
  await refresh(api, first);
});

test("refreshTokens takes a token that comes back for stolen, and ends its whole family", async ({ api }) => {
  const account = await anAccount(api);
  const first = await logIn(api, account);
  const other = await logIn(api, account);
  const { body: second } = await refresh(api, first);
  const { body: third } = await refresh(api, second);
  for (const stolen of [first, second, third]) await refuseRefresh(api, stolen);
  await refresh(api, other);
});

test("refreshTokens refuses a token that nobody was given", async ({ api }) => {
  await refuseRefresh(api, { refresh_token: "4dDqGzYwC1v0nq8y3W9C6m8m3W6v2J0kXo1bq7t5R2s" });
});

test("refreshTokens lets one token renew in two tabs at once", async ({ api }) => {
  const first = await logIn(api, await anAccount(api));
  const answers = await Promise.all([refresh(api, first), refresh(api, first)]);
  expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(2);
});

test("logOut ends the family of the token, and says the same of a token it does not know", async ({ api }) => {
  const first = await logIn(api, await anAccount(api));
  const { body: second } = await refresh(api, first);
  await api.answers(204, "logOut", { body: { refresh_token: second.refresh_token } });
  await refuseRefresh(api, second);
  await api.answers(204, "logOut", { body: { refresh_token: second.refresh_token } });
  await api.answers(204, "logOut", { body: { refresh_token: "never given out" } });
});

test("listSessions shows a session, which endSession ends, and no other", async ({ api, stranger }) => {
  const account = await anAccount(api);
  const first = await logIn(api, account);
  const second = await logIn(api, account);
  const { body: page } = await api.answers(200, "listSessions", { as: first.access_token });
  const [newest] = page.items;
  const params = { sessionId: newest?.id ?? "" };
  await api.refuses("not-found", "endSession", { as: stranger, params });
  await api.answers(204, "endSession", { as: first.access_token, params });
  await refuseRefresh(api, second);
  const { body: left } = await api.answers(200, "listSessions", { as: first.access_token });
  expect(left.items.map(({ id }) => id)).toEqual(page.items.slice(1).map(({ id }) => id));
  await refresh(api, first);
});

test("endAllSessions logs out everywhere", async ({ api }) => {
  const account = await anAccount(api);
  const sessions = [await logIn(api, account), await logIn(api, account)] as const;
  await api.answers(204, "endAllSessions", { as: sessions[0].access_token });
  for (const session of sessions) await refuseRefresh(api, session);
  // What is sensitive refuses their access tokens at once; the rest, when they end.
  for (const { access_token } of sessions) await api.refuses("unauthorized", "listSessions", { as: access_token });
  await api.answers(200, "getProfile", { as: sessions[0].access_token });
});

test("revokeToken ends a session, says the same of a token it does not know, and takes no access token", async ({
  api,
}) => {
  const session = await logIn(api, await anAccount(api));
  await api.answers(200, "revokeToken", { body: { token: session.refresh_token } });
  await refuseRefresh(api, session);
  await api.answers(200, "revokeToken", { body: { token: "never given out", token_type_hint: "refresh_token" } });
  const { status, body } = await api.call("revokeToken", { body: { token: session.access_token } });
  expect([status, body]).toMatchObject([400, { error: "unsupported_token_type" }]);
});

test("revokeToken holds a client to its secret, if it shows one", async ({ api }) => {
  const form = { token: "never given out", client_id: "nobody", client_secret: "wrong" };
  const { status, body } = await api.call("revokeToken", { body: form });
  expect([status, body]).toMatchObject([401, { error: "invalid_client" }]);
});

test("changePassword puts the new password in place of the old one and ends every session", async ({ api }) => {
  const account = await anAccount(api);
  const session = await logIn(api, account);
  const { password: newPassword } = aRegistration();
  await api.answers(204, "changePassword", {
    as: session.access_token,
    body: { currentPassword: account.password, newPassword },
  });
  await refuseRefresh(api, session);
  const again = { currentPassword: newPassword, newPassword: account.password };
  await api.refuses("unauthorized", "changePassword", { as: session.access_token, body: again });
  await api.refuses("invalid-credentials", "logIn", { body: credentialsOf(account) });
  await logIn(api, { email: account.email, password: newPassword });
});

test("changePassword needs the current password", async ({ api }) => {
  const account = await anAccount(api);
  const { password } = aRegistration();
  await api.refuses("incorrect-password", "changePassword", {
    as: account,
    body: { currentPassword: password, newPassword: password },
  });
  await logIn(api, account);
});

test("changePassword holds the new password to the rules of registerUser", async ({ api }) => {
  const account = await anAccount(api);
  for (const newPassword of ["too short", "1234567890qwerty"]) {
    const { body, text } = await api.refuses("invalid-request", "changePassword", {
      as: account,
      body: { currentPassword: account.password, newPassword },
    });
    expect(body.errors).toMatchObject([{ in: "body", pointer: "#/newPassword" }]);
    expect(text).not.toContain(newPassword);
  }
});

test("changePassword slows down guessing at the current password", async ({ api }) => {
  const account = await anAccount(api);
  const { password } = aRegistration();
  const guess = { as: account, body: { currentPassword: password, newPassword: password } };
  await untilThrottled(() => api.call("changePassword", guess));
});

/** More failures than this are never free. */
const GUESSES_MAX = 12;

function credentialsOf({ email, password }: Account): { email: string; password: string } {
  return { email, password };
}

function refresh(api: Api, { refresh_token }: { refresh_token: string }) {
  return api.answers(200, "refreshTokens", { body: { refresh_token } });
}

async function refuseRefresh(api: Api, { refresh_token }: { refresh_token: string }): Promise<void> {
  await api.refuses("invalid-refresh-token", "refreshTokens", { body: { refresh_token } });
}

/** Fails until it is told to wait. */
async function untilThrottled(guess: () => ReturnType<Api["call"]>): Promise<Awaited<ReturnType<Api["call"]>>> {
  for (let guesses = 0; guesses < GUESSES_MAX; guesses++) {
    const answer = await guess();
    if (answer.status === 429) return answer;
  }
  throw new Error(`${GUESSES_MAX} wrong guesses in a row were not slowed down`);
}

async function waitFor({ headers }: { headers: Readonly<Record<string, string>> }): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Number(headers["retry-after"]) * 1000));
}
