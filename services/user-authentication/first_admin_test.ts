import { expect, test } from "bun:test";
import { ensureFirstAdmin, type FirstAdminPorts } from "./first_admin.ts";
import { PASSWORD, useFixture } from "./service_fixture.ts";

const fixture = useFixture();

function ports(): FirstAdminPorts {
  const { store, passwords, newId, now } = fixture.dependencies;
  return { users: store.users, passwords, newId, now };
}

function sampleLogin() {
  return { email: `${crypto.randomUUID()}@Example.com`, password: PASSWORD };
}

async function rolesOf(email: string): Promise<readonly string[] | undefined> {
  return (await fixture.dependencies.store.users.findByEmail(email.toLowerCase()))?.user.roles;
}

test("ensureFirstAdmin() makes an admin who can log in", async () => {
  const login = sampleLogin();
  expect(await ensureFirstAdmin(ports(), login)).toBe("created");
  expect(await rolesOf(login.email)).toEqual(["customer", "admin"]);
  expect((await fixture.client.logIn({ body: login })).status).toBe(200);
});

test("ensureFirstAdmin() of many replicas at once makes one admin", async () => {
  const login = sampleLogin();
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => ensureFirstAdmin(ports(), login)));
  expect(outcomes.sort()).toEqual(["created", "is-admin", "is-admin", "is-admin"]);
});

test("ensureFirstAdmin() never sets back the password of an admin", async () => {
  const login = sampleLogin();
  await ensureFirstAdmin(ports(), login);
  expect(await ensureFirstAdmin(ports(), { ...login, password: "another long passphrase" })).toBe("is-admin");
  expect((await fixture.client.logIn({ body: login })).status).toBe(200);
});

test("ensureFirstAdmin() promotes an account whose password is that of the configuration", async () => {
  const { email } = await fixture.addUser();
  const login = { email, password: PASSWORD };
  const outcomes = await Promise.all([ensureFirstAdmin(ports(), login), ensureFirstAdmin(ports(), login)]);
  expect(outcomes.sort()).toEqual(["is-admin", "promoted"]);
  expect(await rolesOf(email)).toEqual(["customer", "admin"]);
});

test("ensureFirstAdmin() leaves alone an account that somebody else registered", async () => {
  const { email } = await fixture.addUser();
  expect(await ensureFirstAdmin(ports(), { email, password: "another long passphrase" })).toBe("not-owned");
  expect(await rolesOf(email)).toEqual(["customer"]);
});
