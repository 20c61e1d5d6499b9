import { expect, test } from "bun:test";
import { useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("replaceUserRoles sets the roles, in the order of the contract, and ends the sessions", async () => {
  const admin = await fixture.signIn({ roles: ["admin"] });
  const { user, refreshToken } = await fixture.signIn();
  const params = { userId: user.id };
  const { status, body } = await admin.client.replaceUserRoles({
    params,
    body: { version: 1, roles: ["admin", "customer"] },
  });
  expect(status).toBe(200);
  expect<unknown>(body).toEqual({ ...user, roles: ["customer", "admin"], version: 2, updatedAt: body.updatedAt });
  await expect(fixture.client.refreshTokens({ body: { refresh_token: refreshToken } })).rejects.toMatchObject({
    problem: { code: "invalid-refresh-token" },
  });
});

test("replaceUserRoles refuses another version and nobody", async () => {
  const { client, user } = await fixture.signIn({ roles: ["admin"] });
  const edit = { version: 3, roles: ["customer" as const] };
  await expect(client.replaceUserRoles({ params: { userId: user.id }, body: edit })).rejects.toMatchObject({
    problem: { code: "version-conflict", currentVersion: 1 },
  });
  await expect(client.replaceUserRoles({ params: { userId: Bun.randomUUIDv7() }, body: edit })).rejects.toMatchObject({
    problem: { code: "not-found" },
  });
});

test("replaceUserRoles is for admins", async () => {
  const { client, user } = await fixture.signIn();
  const call = { params: { userId: user.id }, body: { version: 1, roles: ["admin" as const] } };
  await expect(client.replaceUserRoles(call)).rejects.toMatchObject({ status: 403 });
});

test("replaceUserRoles keeps the last admin", async () => {
  const { client, user } = await fixture.signIn({ roles: ["admin"] });
  await fixture.database.query`UPDATE users SET roles = '{customer}' WHERE id <> ${user.id}`;
  const call = { params: { userId: user.id }, body: { version: 1, roles: ["customer" as const] } };
  await expect(client.replaceUserRoles(call)).rejects.toMatchObject({ problem: { code: "last-admin" } });
  await fixture.addUser({ roles: ["admin"] });
  expect((await client.replaceUserRoles(call)).body.roles).toEqual(["customer"]);
});
