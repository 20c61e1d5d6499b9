import { expect, test } from "bun:test";
import { clientOf, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("updateProfile changes the display name at the version that was read", async () => {
  const { user, client } = await fixture.signIn();
  const { status, body } = await client.updateProfile({ body: { version: 1, displayName: "Ada King" } });
  expect(status).toBe(200);
  expect(body).toEqual({ ...user, displayName: "Ada King", version: 2, updatedAt: body.updatedAt });
  expect((await client.getProfile()).body).toEqual(body);
});

test("updateProfile refuses a version that is no longer current", async () => {
  const { client } = await fixture.signIn();
  await client.updateProfile({ body: { version: 1, displayName: "Ada King" } });
  const problem = { code: "version-conflict", currentVersion: 2 };
  await expect(client.updateProfile({ body: { version: 1, displayName: "Eve" } })).rejects.toMatchObject({ problem });
});

test("updateProfile changes nothing else", async () => {
  const { client } = await fixture.signIn();
  for (const change of [{ roles: ["admin"] }, { email: "eve@example.com" }, { sessionEpoch: 1 }]) {
    const edit = { version: 1, displayName: "Ada", ...change };
    await expect(client.updateProfile({ body: edit })).rejects.toMatchObject({ status: 400 });
  }
});

test("updateProfile refuses the token of an account that is gone", async () => {
  const token = await fixture.dependencies.tokens.userToken({ id: Bun.randomUUIDv7(), roles: ["customer"] }, "session");
  const edit = { body: { version: 1, displayName: "Ada" } };
  await expect(clientOf(fixture.service, token).updateProfile(edit)).rejects.toMatchObject({ status: 401 });
});
