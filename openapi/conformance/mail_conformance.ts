/** Verifying an email and setting a password by mail, as far as it is seen without the mail. */
import { anAccount, aRegistration, expect, test } from "./fixtures.ts";

test("requestPasswordReset answers the same whether there is an account or not", async ({ api, customer }) => {
  const faces = [];
  for (const email of [customer.email, aRegistration().email, "no email"]) {
    const { text, headers } = await api.answers(202, "requestPasswordReset", { body: { email } });
    faces.push({ text, names: Object.keys(headers).sort() });
  }
  expect(faces[1]).toEqual(faces[0]);
  expect(faces[2]).toEqual(faces[0]);
});

test("requestPasswordReset lets nobody be flooded with mails", async ({ api }) => {
  const { email } = aRegistration();
  for (let count = 0; count < 4; count++) await api.answers(202, "requestPasswordReset", { body: { email } });
  const { headers } = await api.refuses("too-many-requests", "requestPasswordReset", { body: { email } });
  expect(Number(headers["retry-after"])).toBeGreaterThan(10);
});

test("resetPassword and confirmEmail refuse what was never sent", async ({ api, customer }) => {
  const newPassword = aRegistration().password;
  for (const token of ["unknown", await customer.token(), "x".repeat(512)]) {
    await api.refuses("invalid-mail-token", "resetPassword", { body: { token: token.slice(0, 512), newPassword } });
    await api.refuses("invalid-mail-token", "confirmEmail", { body: { token: token.slice(0, 512) } });
  }
  await api.answers(200, "logIn", { body: { email: customer.email, password: customer.password } });
});

test("requestEmailVerification mails the caller, whose email is not verified yet", async ({ api }) => {
  const account = await anAccount(api);
  expect((await api.answers(200, "getProfile", { as: account })).body.emailVerified).toBe(false);
  await api.answers(202, "requestEmailVerification", { as: account });
});
