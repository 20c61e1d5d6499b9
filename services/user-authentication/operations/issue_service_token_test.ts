import { expect, test } from "bun:test";
import { decodeJwt } from "jose";
import { CLIENT, ISSUER, useFixture } from "../service_fixture.ts";

const fixture = useFixture();
const grant_type = "client_credentials";

function basic(id: string, secret: string): { authorization: string } {
  return { authorization: `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}` };
}

test("issueServiceToken answers a token of the service, by header or form", async () => {
  const form = { grant_type, client_id: CLIENT.id, client_secret: CLIENT.secret };
  const calls = [
    { headers: basic(CLIENT.id, CLIENT.secret), body: { grant_type } },
    { headers: basic(CLIENT.id, CLIENT.secret), body: { grant_type, client_id: CLIENT.id } },
    { body: { ...form, scope: "stock:write" } },
    { body: { ...form, resource: "x", audience: "y" } },
  ];
  for (const call of calls) {
    const { status, headers, body } = await fixture.client.issueServiceToken(call);
    expect([status, headers["cache-control"]]).toEqual([200, "no-store"]);
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: 300, scope: "stock:write" });
    expect(decodeJwt(body.access_token)).toMatchObject({
      ...{ iss: ISSUER, aud: "tradepost/internal", sub: CLIENT.id, client_id: CLIENT.id, scope: "stock:write" },
    });
    const caller = { kind: "service", id: CLIENT.id, scopes: ["stock:write"] } as const;
    expect(await fixture.authenticate(body.access_token, "service")).toEqual(caller);
    expect(async () => fixture.authenticate(body.access_token, "user")).toThrow();
  }
});

const form = { grant_type, client_id: CLIENT.id, client_secret: CLIENT.secret };

test.each([
  ["no client", 401, "invalid_client", { body: { grant_type } }],
  ["an unknown client", 401, "invalid_client", { body: { ...form, client_id: "nobody" } }],
  ["a wrong secret", 401, "invalid_client", { body: { ...form, client_secret: "wrong" } }],
  ["a wrong secret in the header", 401, "invalid_client", { headers: basic(CLIENT.id, "wrong"), body: { grant_type } }],
  ["another scheme", 401, "invalid_client", { headers: { authorization: "Bearer abc" }, body: { grant_type } }],
  ["a client twice", 400, "invalid_request", { headers: basic(CLIENT.id, CLIENT.secret), body: form }],
  ["two clients", 400, "invalid_request", { headers: basic("a", "b"), body: { grant_type, client_id: "c" } }],
  ["another grant", 400, "unsupported_grant_type", { body: { ...form, grant_type: "password" } }],
  ["another scope", 400, "invalid_scope", { body: { ...form, scope: "stock:write admin" } }],
])("issueServiceToken answers %s as RFC 6749 says", async (_, status, code, call) => {
  const error = await fixture.client.issueServiceToken(call).catch((thrown) => thrown);
  expect(error).toMatchObject({ status, body: { error: code } });
  expect(error.headers.get("cache-control")).toBe("no-store");
  expect(error.headers.get("content-type")).toStartWith("application/json");
  expect(error.headers.get("www-authenticate")).toBe(status === 401 ? 'Basic realm="tradepost"' : null);
  expect(JSON.stringify(error.body)).not.toContain(CLIENT.secret);
});
