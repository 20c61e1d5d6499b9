import { expect, test } from "bun:test";
import { ISSUER, useFixture } from "../service_fixture.ts";

const fixture = useFixture();

test("getAuthorizationServerMetadata says where tokens and keys are, and what is served", async () => {
  const { status, headers, body } = await fixture.client.getAuthorizationServerMetadata();
  expect([status, headers["cache-control"]]).toEqual([200, "public, max-age=300"]);
  expect(body).toEqual({
    issuer: ISSUER,
    token_endpoint: "http://origin.example/token",
    jwks_uri: "http://origin.example/.well-known/jwks.json",
    grant_types_supported: ["client_credentials"],
    response_types_supported: [],
    scopes_supported: ["stock:write"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    revocation_endpoint: "http://origin.example/token/revoke",
    revocation_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
  });
});
