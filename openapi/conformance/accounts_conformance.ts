/** Registering, and the account of the one who signed in. */
import { anAccount, aRegistration, expect, test } from "./fixtures.ts";

test("registerUser creates a customer and tells nothing of the password", async ({ api }) => {
  const registration = aRegistration();
  const { body, text } = await api.answers(201, "registerUser", { body: registration });
  const { email, displayName } = registration;
  expect(body).toMatchObject({ email, displayName, roles: ["customer"], version: 1 });
  expect(text).not.toContain(registration.password);
});

test("registerUser takes any 15 to 128 characters for a password", async ({ api }) => {
  for (const password of [` ünïcödé \u{1F511} ${"x".repeat(5)}?`, aRegistration().password.padEnd(128, "~?")]) {
    await api.answers(201, "registerUser", { body: { ...aRegistration(), password } });
  }
});

test("registerUser refuses a password that is short, long or common, and never repeats it", async ({ api }) => {
  for (const password of ["fourteen chars", `${aRegistration().password} `.repeat(4), "1234567890qwerty"]) {
    const { body, text } = await api.refuses("invalid-request", "registerUser", {
      body: { ...aRegistration(), password },
    });
    expect(body.errors).toMatchObject([{ in: "body", pointer: "#/password" }]);
    expect(text).not.toContain(password);
  }
});

test("registerUser refuses an email that is none or hides characters", async ({ api }) => {
  for (const email of ["ada", "ada@", "ada\u200b@example.com", "ada\u202e@example.com", "ada@example.com\n"]) {
    const { body } = await api.refuses("invalid-request", "registerUser", { body: { ...aRegistration(), email } });
    expect(body.errors[0]).toMatchObject({ in: "body", pointer: "#/email" });
  }
});

test("registerUser gives nobody a role", async ({ api }) => {
  const { body } = await api.refuses("invalid-request", "registerUser", {
    body: { ...aRegistration(), roles: ["admin"] },
  });
  expect(body.errors).toMatchObject([{ in: "body", pointer: "#/roles" }]);
});

test("registerUser takes one email once, however its letters are written", async ({ api }) => {
  const registration = aRegistration();
  await api.answers(201, "registerUser", { body: registration });
  for (const email of [registration.email, registration.email.toUpperCase()]) {
    await api.refuses("email-taken", "registerUser", { body: { ...registration, email } });
  }
});

test("getProfile shows the caller's own account", async ({ api }) => {
  const account = await anAccount(api);
  const { body } = await api.answers(200, "getProfile", { as: account });
  expect(body).toMatchObject({ id: account.id, email: account.email, roles: ["customer"] });
});

test("updateProfile changes the display name at the version that was read", async ({ api }) => {
  const account = await anAccount(api);
  const { body: before } = await api.answers(200, "getProfile", { as: account });
  const { body: after } = await api.answers(200, "updateProfile", {
    as: account,
    body: { version: before.version, displayName: "Grace Murray Hopper" },
  });
  expect(after).toEqual({
    ...before,
    displayName: "Grace Murray Hopper",
    version: before.version + 1,
    updatedAt: after.updatedAt,
  });
  expect((await api.answers(200, "getProfile", { as: account })).body).toEqual(after);
});

test("updateProfile refuses another version, and tells the current one", async ({ api }) => {
  const account = await anAccount(api);
  const edit = { as: account, body: { version: 1, displayName: "Amazing Grace" } };
  await api.answers(200, "updateProfile", edit);
  const { body } = await api.refuses("version-conflict", "updateProfile", edit);
  expect(body.currentVersion).toBe(2);
});

test("updateProfile changes nothing but the display name", async ({ api, customer }) => {
  for (const change of [{ email: "else@example.com" }, { roles: ["admin"] }, { displayName: null }]) {
    const { body } = await api.refuses("invalid-request", "updateProfile", {
      as: customer,
      body: { version: 1, ...change },
    });
    expect(body.errors).toMatchObject([{ in: "body", pointer: `#/${Object.keys(change)[0]}` }]);
  }
});
