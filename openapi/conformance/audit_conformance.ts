/** The trails: what was done is told to admins, with who did it, and to nobody else. */
import type { Schema } from "#contract";
import type { Api, Caller } from "./api.ts";
import { anAccount, anOrder, aProduct, expect, logIn, test } from "./fixtures.ts";

const TRAILS = ["listAuditEvents", "listProductAuditEvents", "listOrderAuditEvents"] as const;
type Trail = (typeof TRAILS)[number];

async function told(
  api: Api,
  as: Caller,
  trail: Trail,
  query: Record<string, string>,
): Promise<Schema<"AuditEvent">[]> {
  return (await api.answers(200, trail, { as, query })).body.items;
}

for (const trail of TRAILS) {
  test(`${trail} is for admins`, async ({ api, customer }) => {
    await api.refuses("forbidden", trail, { as: customer });
  });

  test(`${trail} refuses filters that are none`, async ({ api, admin }) => {
    for (const query of [{ action: "anything" }, { since: "yesterday" }, { targetId: "1" }, { cursor: "abc" }]) {
      await api.refuses("invalid-request", trail, { as: admin, query });
    }
  });
}

test("listAuditEvents tells of an account: its registration, sign-ins, refusals and roles", async ({ api, admin }) => {
  const account = await anAccount(api);
  const wrong = { email: account.email, password: "not the right passphrase" };
  await api.refuses("invalid-credentials", "logIn", { body: wrong, headers: { "x-request-id": "guess-1" } });
  const changeRoles = (version: number, roles: readonly string[]) =>
    api.answers(200, "replaceUserRoles", { as: admin, params: { userId: account.id }, body: { version, roles } });
  await changeRoles(1, ["customer", "admin"]);
  // Taken away at once: whatever fails below, no admin is left behind in somebody's deployment.
  await changeRoles(2, ["customer"]);
  await logIn(api, account);
  const events = await told(api, admin, "listAuditEvents", { targetId: account.id });
  const by = Map.groupBy(events, ({ action }) => action);
  expect(by.get("user-registered")).toMatchObject([{ actor: { kind: "user", id: account.id } }]);
  expect(by.get("sign-in-refused")).toMatchObject([{ actor: { kind: "anonymous", id: null }, requestId: "guess-1" }]);
  expect(by.get("roles-replaced")).toMatchObject([
    { actor: { kind: "user" }, details: { roles: "customer" } },
    { actor: { kind: "user" }, details: { roles: "customer admin" } },
  ]);
  expect(by.get("signed-in")?.length).toBeGreaterThan(0);
  for (const { source } of events) expect(source.address).toMatch(/^[\d.]+$|:/);
  const [latest] = events;
  expect(await told(api, admin, "listAuditEvents", { targetId: account.id, until: latest!.at })).not.toContainEqual(
    latest,
  );
  expect(await told(api, admin, "listAuditEvents", { targetId: account.id, since: latest!.at })).toContainEqual(latest);
  expect(JSON.stringify(events)).not.toContain(account.password);
});

test("listAuditEvents goes on page by page", async ({ api, admin }) => {
  const account = await anAccount(api);
  for (let count = 0; count < 3; count++) await logIn(api, account);
  const query = { targetId: account.id, action: "signed-in", limit: "2" };
  const first = await api.answers(200, "listAuditEvents", { as: admin, query });
  expect(first.headers.link).toContain('rel="next"');
  const next = { ...query, cursor: first.body.nextCursor! };
  const second = await api.answers(200, "listAuditEvents", { as: admin, query: next });
  const ids = [...first.body.items, ...second.body.items].map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(2);
  expect(ids).toEqual([...new Set(ids)].sort().reverse());
});

test("listProductAuditEvents tells who made, changed and deleted a product", async ({ api, admin, seller }) => {
  const { id: productId } = await aProduct(api, seller);
  const params = { productId };
  await api.answers(200, "updateProduct", { as: admin, params, body: { version: 1, name: "Another lamp" } });
  await api.refuses("version-conflict", "updateProduct", { as: admin, params, body: { version: 1, name: "A third" } });
  await api.answers(201, "adjustProductStock", { as: seller, params, body: { delta: 5, reason: "received" } });
  await api.answers(204, "deleteProduct", { as: admin, params });
  const events = await told(api, admin, "listProductAuditEvents", { targetId: productId });
  const seen = events.map(({ action, actor: { id } }) => [action, id === seller.id ? "seller" : "admin"]);
  expect(seen).toEqual([
    ["product-deleted", "admin"],
    ["stock-adjusted", "seller"],
    ["product-edited", "admin"],
    ["product-created", "seller"],
  ]);
  expect(events[1]?.details).toEqual({ delta: "5", reason: "received" });
});

test("listOrderAuditEvents tells who changed an order", async ({ api, admin, seller, customer }) => {
  const order = await anOrder(api, customer, [await aProduct(api, seller), 2]);
  const params = { orderId: order.id };
  await api.answers(200, "replaceOrder", { as: admin, params, body: { version: 2, status: "fulfilled" } });
  await api.answers(204, "deleteOrder", { as: customer, params });
  const events = await told(api, admin, "listOrderAuditEvents", { targetId: order.id });
  expect(events.map(({ action, details }) => [action, details])).toEqual([
    ["order-deleted", {}],
    ["order-moved", { status: "fulfilled" }],
  ]);
  expect(events[0]?.actor).toEqual({ kind: "user", id: customer.id });
  expect(await told(api, admin, "listOrderAuditEvents", { actorId: customer.id, targetId: order.id })).toHaveLength(1);
});
