import { expect, test } from "bun:test";
import { PASSWORD, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("listSessions answers the caller's sessions, newest first, with what each client called itself", async () => {
  const { user, client } = await fixture.signIn();
  await fixture.signIn();
  const body = { email: user.email, password: PASSWORD };
  await fixture.client.logIn({ body, headers: { "user-agent": `Browser\u00e9 1.0 ${"x".repeat(300)}` } });
  const { body: page } = await client.listSessions();
  expect(page.nextCursor).toBeNull();
  expect(page.items).toHaveLength(2);
  expect(page.items[0]?.client).toBe(`Browser 1.0 ${"x".repeat(300)}`.slice(0, 200));
  const [newest, oldest] = page.items.map(({ createdAt }) => Date.parse(createdAt));
  expect(newest).toBeGreaterThan(oldest!);
});

test("listSessions goes on by cursor, and refuses one of another list", async () => {
  const { user, client } = await fixture.signIn();
  await fixture.client.logIn({ body: { email: user.email, password: PASSWORD } });
  const first = await client.listSessions({ query: { limit: 1 } });
  expect(first.headers.link).toContain("/profile/sessions?");
  const cursor = first.body.nextCursor!;
  const second = await client.listSessions({ query: { limit: 1, cursor } });
  expect(second.body).toMatchObject({ items: [{ id: expect.any(String) }], nextCursor: null });
  expect(second.body.items[0]?.id).not.toBe(first.body.items[0]!.id);
  const spoilt = client.listSessions({ query: { cursor: `${cursor}A` } });
  await expect(spoilt).rejects.toMatchObject({ problem: { code: "invalid-request" } });
});
