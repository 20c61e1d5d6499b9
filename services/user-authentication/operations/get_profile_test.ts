import { expect, test } from "bun:test";
import { clientOf, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("getProfile answers the caller's account", async () => {
  const { user, client } = await fixture.signIn();
  expect(await client.getProfile()).toMatchObject({ status: 200, body: user });
});

test("getProfile refuses who does not say who they are", async () => {
  const { user, accessToken } = await fixture.signIn();
  const { tokens } = fixture.dependencies;
  const foreign = await tokens.serviceToken(user.id, ["stock:write"]);
  for (const token of [undefined, "nonsense", `${accessToken.slice(0, -4)}AAAA`, foreign]) {
    const error = await clientOf(fixture.service, token)
      .getProfile()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 401, problem: { code: "unauthorized" } });
  }
});

test("getProfile refuses the token of an account that is gone", async () => {
  const token = await fixture.dependencies.tokens.userToken({ id: Bun.randomUUIDv7(), roles: ["customer"] }, "session");
  const error = await clientOf(fixture.service, token)
    .getProfile()
    .catch((thrown) => thrown);
  expect(error).toMatchObject({ status: 401, problem: { code: "unauthorized" } });
  expect(error.headers.get("www-authenticate")).toContain("invalid_token");
});
