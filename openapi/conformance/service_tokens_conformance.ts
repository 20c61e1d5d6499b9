/** Tokens for services that call services, and what verifies every token. */
import type { Schema } from "#contract";
import type { Answer, Api, Call } from "./api.ts";
import { type NamedSecret, readDeployment } from "./deployment.ts";
import { test as base, expect } from "./fixtures.ts";
import { readToken, withClaim, withoutSignature } from "./token_reader.ts";

const test = base.extend<{ client: NamedSecret }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are needed
  client: async ({}, use) => {
    const { client } = readDeployment(process.env);
    test.skip(client === undefined, "needs TRADEPOST_CLIENT");
    await use(client!); // skip() ends the test where there is none
  },
});

const GRANT = { grant_type: "client_credentials" };

test("issueServiceToken takes id and secret in the form", async ({ api, client }) => {
  const { body: issued } = await api.answers(200, "issueServiceToken", { body: { ...GRANT, ...formOf(client) } });
  expect(issued.scope).toBe("stock:write");
  const { header, claims } = readToken(issued.access_token);
  expect(header).toMatchObject({ typ: "at+jwt", alg: "EdDSA" });
  expect(claims).toMatchObject({ aud: "tradepost/internal", client_id: client.name, scope: "stock:write" });
});

test("issueServiceToken takes id and secret by HTTP Basic", async ({ api, client }) => {
  const { body } = await api.answers(200, "issueServiceToken", { ...basic(client), body: GRANT });
  expect(body.token_type).toBe("Bearer");
});

test("issueServiceToken and revokeToken ignore parameters that they do not know (RFC 6749, 3.2)", async ({
  api,
  client,
}) => {
  const unknown = { resource: "https://shop.example", constructor: "y" };
  await api.answers(200, "issueServiceToken", { body: { ...GRANT, ...formOf(client), ...unknown } });
  await api.answers(200, "revokeToken", { body: { token: "unknown", ...unknown } });
});

test("issueServiceToken refuses a client that authenticates in both ways", async ({ api, client }) => {
  const both = { ...basic(client), body: { ...GRANT, ...formOf(client) } };
  expect(errorOf(await api.call("issueServiceToken", both), 400)).toBe("invalid_request");
});

test("issueServiceToken refuses a client that is unknown, has a wrong secret, or shows none", async ({
  api,
  client,
}) => {
  const strangers: Call[] = [
    { body: { ...GRANT, client_id: "nobody", client_secret: client.secret } },
    { body: { ...GRANT, client_id: client.name, client_secret: `${client.secret}?` } },
    { ...basic({ ...client, secret: "wrong" }), body: GRANT },
    { body: GRANT },
  ];
  for (const call of strangers) {
    const answer = await api.call("issueServiceToken", call);
    expect(errorOf(answer, 401)).toBe("invalid_client");
    expect(answer.headers["www-authenticate"]).toContain("Basic");
  }
});

test("issueServiceToken serves one grant and the scopes there are", async ({ api, client }) => {
  const refused = async (form: object): Promise<string> =>
    errorOf(await api.call("issueServiceToken", { body: { ...formOf(client), ...form } }), 400);
  expect(await refused({ grant_type: "password" })).toBe("unsupported_grant_type");
  expect(await refused({ ...GRANT, scope: "stock:write users:write" })).toBe("invalid_scope");
  expect(await refused({ scope: "stock:write" })).toBe("invalid_request");
});

test("a service's token is not a user's", async ({ api, service }) => {
  await api.refuses("unauthorized", "getProfile", { as: service });
  await api.refuses("unauthorized", "listOrders", { as: service });
});

test("getJsonWebKeySet publishes public keys only, for a while", async ({ api }) => {
  const { body, text, headers } = await api.answers(200, "getJsonWebKeySet");
  expect(body.keys).not.toHaveLength(0);
  expect(text).not.toContain('"d"');
  expect(headers["cache-control"]).toMatch(/^public, max-age=/);
});

test("getAuthorizationServerMetadata tells where everything is", async ({ api, seller }) => {
  const { body } = await api.answers(200, "getAuthorizationServerMetadata");
  expect(body.token_endpoint).toBe(`${body.issuer}/token`);
  expect(body.jwks_uri).toBe(`${body.issuer}/.well-known/jwks.json`);
  expect(body.grant_types_supported).toEqual(["client_credentials"]);
  expect(readToken(await seller.token()).claims.iss).toBe(body.issuer);
});

test("a token that was changed, or that nobody signed, is refused by every service", async ({ api, seller }) => {
  const token = await seller.token();
  const forged = [withoutSignature(token), withClaim(token, "roles", ["admin"]), withClaim(token, "sub", "else")];
  for (const as of [...forged, `${token}A`, "e30.e30.", "x"]) await refuseEverywhere(api, as);
});

async function refuseEverywhere(api: Api, as: string): Promise<void> {
  for (const operation of ["getProfile", "listProducts", "listOrders"] as const) {
    const { headers } = await api.refuses("unauthorized", operation, { as });
    expect(headers["www-authenticate"]).toContain('error="invalid_token"');
  }
}

function formOf({ name, secret }: NamedSecret): { client_id: string; client_secret: string } {
  return { client_id: name, client_secret: secret };
}

function basic({ name, secret }: NamedSecret): Call {
  const pair = `${encodeURIComponent(name)}:${encodeURIComponent(secret)}`;
  return { headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` } };
}

function errorOf({ status, body }: Answer, expected: number): string {
  expect(status).toBe(expected);
  return (body as Schema<"OAuthError">).error; // the recorder held it against the schema of this status
}
