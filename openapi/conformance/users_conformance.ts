/** What admins do with accounts. */
import { anAccount, expect, logIn, test } from "./fixtures.ts";
import { readToken } from "./token_reader.ts";

test("listUsers finds an account by its email, compared as at registration", async ({ api, admin, customer }) => {
  const { body } = await api.answers(200, "listUsers", { as: admin, query: { email: customer.email.toUpperCase() } });
  expect(body).toMatchObject({ items: [{ id: customer.id, email: customer.email }], nextCursor: null });
});

test("listUsers goes from the newest account back, page by page", async ({ api, admin }) => {
  const older = await anAccount(api);
  const newer = await anAccount(api);
  const seen: string[] = [];
  let query: Record<string, string | number> = { limit: 2 };
  while (!seen.includes(older.id)) {
    const { body } = await api.answers(200, "listUsers", { as: admin, query });
    expect(body.items).toHaveLength(2);
    seen.push(...body.items.map(({ id }) => id));
    query = { limit: 2, cursor: body.nextCursor ?? "" };
  }
  expect(seen.indexOf(newer.id)).toBeGreaterThanOrEqual(0);
  expect(seen.indexOf(newer.id)).toBeLessThan(seen.indexOf(older.id));
  expect(new Set(seen).size).toBe(seen.length);
});

test("listUsers and replaceUserRoles are for admins", async ({ api, customer }) => {
  await api.refuses("forbidden", "listUsers", { as: customer });
  await api.refuses("forbidden", "replaceUserRoles", {
    as: customer,
    params: { userId: customer.id },
    body: { version: 1, roles: ["customer", "admin"] },
  });
});

test("replaceUserRoles gives and takes roles, and ends the sessions of the account", async ({ api, admin }) => {
  const account = await anAccount(api);
  const session = await logIn(api, account);
  const change = (version: number, roles: readonly string[]) =>
    api.answers(200, "replaceUserRoles", { as: admin, params: { userId: account.id }, body: { version, roles } });

  const { body: promoted } = await change(1, ["customer", "admin"]);
  expect(promoted).toMatchObject({ roles: ["customer", "admin"], version: 2 });
  await api.refuses("invalid-refresh-token", "refreshTokens", { body: { refresh_token: session.refresh_token } });
  const renewed = await logIn(api, account);
  expect(readToken(renewed.access_token).claims.roles).toEqual(["customer", "admin"]);
  await api.answers(200, "listUsers", { as: renewed.access_token, query: { email: account.email } });

  await change(2, ["customer"]);
  await api.refuses("unauthorized", "listUsers", { as: renewed.access_token });
  const { access_token } = await logIn(api, account);
  await api.refuses("forbidden", "listUsers", { as: access_token });
});

test("replaceUserRoles refuses another version, and tells the current one", async ({ api, admin, customer }) => {
  const { body } = await api.refuses("version-conflict", "replaceUserRoles", {
    as: admin,
    params: { userId: customer.id },
    body: { version: 7, roles: ["customer"] },
  });
  expect(body.currentVersion).toBe(1);
});

test("replaceUserRoles knows the roles there are", async ({ api, admin, customer }) => {
  for (const roles of [[], ["owner"], ["customer", "customer"]]) {
    await api.refuses("invalid-request", "replaceUserRoles", {
      as: admin,
      params: { userId: customer.id },
      body: { version: 1, roles },
    });
  }
});
