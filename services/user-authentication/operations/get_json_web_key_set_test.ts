import { expect, test } from "bun:test";
import { createLocalJWKSet, jwtVerify } from "jose";
import { ISSUER, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("getJsonWebKeySet answers keys that verify tokens, and nothing private", async () => {
  const { accessToken, user } = await fixture.signIn();
  const { status, headers, body } = await fixture.client.getJsonWebKeySet();
  expect([status, headers["cache-control"]]).toEqual([200, "public, max-age=300"]);
  expect(body.keys).toHaveLength(1);
  expect(Object.keys(body.keys[0]!).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
  const { payload } = await jwtVerify(accessToken, createLocalJWKSet(body), { issuer: ISSUER, algorithms: ["EdDSA"] });
  expect(payload.sub).toBe(user.id);
});
