import { expect, test } from "bun:test";
import { useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("listUsers gives every account once, newest first, page by page", async () => {
  const { client } = await fixture.signIn({ roles: ["admin"] });
  for (let count = 0; count < 6; count++) await fixture.addUser();
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const { body, headers } = await client.listUsers({ query: { limit: 3, ...(cursor && { cursor }) } });
    const next = body.nextCursor && `</users?limit=3&cursor=${body.nextCursor}>; rel="next"`;
    expect(headers?.link ?? null).toBe(next);
    ids.push(...body.items.map(({ id }) => id));
    cursor = body.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(ids.length).toBeGreaterThanOrEqual(7);
  expect(ids).toEqual([...new Set(ids)].sort().reverse());
});

test("listUsers finds the account of an email, however it is spelled", async () => {
  const { client } = await fixture.signIn({ roles: ["admin"] });
  const user = await fixture.addUser();
  const { body } = await client.listUsers({ query: { email: user.email.toUpperCase() } });
  expect(body).toEqual({ items: [user], nextCursor: null });
  expect((await client.listUsers({ query: { email: "nobody@example.com" } })).body.items).toEqual([]);
});

test("listUsers shows no password hash and no epoch", async () => {
  const { client } = await fixture.signIn({ roles: ["admin"] });
  const { body } = await client.listUsers();
  const names = ["createdAt", "displayName", "email", "emailVerified", "id", "roles", "updatedAt", "version"];
  for (const item of body.items) expect(Object.keys(item).sort()).toEqual(names);
});

test("listUsers is for admins", async () => {
  const { client } = await fixture.signIn();
  await expect(client.listUsers()).rejects.toMatchObject({ status: 403, problem: { code: "forbidden" } });
  await expect(fixture.client.listUsers()).rejects.toMatchObject({ status: 401 });
});

test("listUsers refuses a cursor of another list, and one that was made up", async () => {
  const { client } = await fixture.signIn({ roles: ["admin"] });
  await fixture.addUser();
  const { body } = await client.listUsers({ query: { limit: 1 } });
  const bad = [{ cursor: body.nextCursor!, email: "ada@example.com" }, { cursor: "AAAA" }];
  for (const query of bad) {
    await expect(client.listUsers({ query })).rejects.toMatchObject({
      problem: { code: "invalid-request", errors: [{ in: "query", pointer: "#/cursor" }] },
    });
  }
});
