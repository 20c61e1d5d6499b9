import { expect, test } from "bun:test";
import { PASSWORD, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("listAuditEvents tells admins what users did, with where it came from", async () => {
  const { client: admin } = await fixture.signIn({ roles: ["admin"] });
  const { user, client, refreshToken } = await fixture.signIn();
  const secrets = { currentPassword: PASSWORD, newPassword: "loud trumpets under the mountain" };
  await client.updateProfile({ body: { version: 1, displayName: "Ada King" } });
  const wrong = { body: { ...secrets, currentPassword: "wrong" } };
  await expect(client.changePassword(wrong)).rejects.toMatchObject({ status: 403 });
  await client.changePassword({ body: secrets });
  await client.logOut({ body: { refresh_token: refreshToken } });
  const { body } = await admin.listAuditEvents({ query: { targetId: user.id } });
  const seen = body.items.map(({ action, actor: { kind, id } }) => [action, kind, id === user.id]);
  expect(seen).toEqual([
    ["session-ended", "user", true],
    ["password-changed", "user", true],
    ["password-change-refused", "user", true],
    ["profile-updated", "user", true],
    ["signed-in", "user", true],
  ]);
  expect(body.items.every(({ source, requestId }) => source.address === "" && requestId.length === 36)).toBe(true);
  expect(JSON.stringify(body)).not.toContain(secrets.newPassword);
});

test("a sign-in that is refused leaves an event, with an account or without one", async () => {
  const { client: admin } = await fixture.signIn({ roles: ["admin"] });
  const user = await fixture.addUser();
  for (const email of [user.email, "nobody@example.com"]) {
    const attempt = fixture.client.logIn({ body: { email, password: "wrong" }, headers: { "user-agent": "A\tB" } });
    await expect(attempt).rejects.toMatchObject({ status: 401 });
  }
  const { body } = await admin.listAuditEvents({ query: { action: "sign-in-refused" } });
  expect(body.items.map(({ actor, target, source }) => [actor.id, target.id, source.userAgent])).toEqual([
    [null, null, "AB"],
    [null, user.id, "AB"],
  ]);
});

test("listAuditEvents is read page by page, within a time", async () => {
  const { client: admin, user } = await fixture.signIn({ roles: ["admin"] });
  for (let count = 0; count < 3; count++) {
    await fixture.client.logIn({ body: { email: user.email, password: PASSWORD } });
  }
  const query = { targetId: user.id, limit: 2 };
  const { body: first, headers } = await admin.listAuditEvents({ query });
  expect(headers.link).toContain("/audit-events?");
  const { body: second } = await admin.listAuditEvents({ query: { ...query, cursor: first.nextCursor! } });
  expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(4);
  const day = 86_400_000;
  const [yesterday, tomorrow] = [-day, day].map((ms) => new Date(Date.now() + ms).toISOString());
  const count = async (range: { since?: string; until?: string }): Promise<number> =>
    (await admin.listAuditEvents({ query: { targetId: user.id, ...range } })).body.items.length;
  expect([await count({ since: yesterday! }), await count({ until: yesterday! })]).toEqual([4, 0]);
  expect([await count({ since: tomorrow! }), await count({ since: yesterday!, until: tomorrow! })]).toEqual([0, 4]);
  expect(await count({ since: "0001-01-01T00:00:00Z", until: "9999-12-31T23:59:59Z" })).toBe(4);
});
