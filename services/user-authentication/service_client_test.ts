import { expect, test } from "bun:test";
import {
  grantScopes,
  isServiceClient,
  parseBasic,
  parseServiceClients,
  type ServiceClients,
} from "./service_client.ts";

const SECRET = "s".repeat(32);

function clientsOf(text: string): ServiceClients {
  const read = parseServiceClients(text);
  if ("fault" in read) throw new Error(read.fault);
  return read.clients;
}

test("a client is known by its id and secret", () => {
  const clients = clientsOf(`order-processing:${SECRET}  other:${"o:".repeat(16)}`);
  expect(isServiceClient(clients, { id: "order-processing", secret: SECRET })).toBe(true);
  expect(isServiceClient(clients, { id: "other", secret: "o:".repeat(16) })).toBe(true);
  expect(isServiceClient(clients, { id: "other", secret: SECRET })).toBe(false);
  expect(isServiceClient(clients, { id: "unknown", secret: SECRET })).toBe(false);
  expect(isServiceClient(clientsOf(""), { id: "", secret: "" })).toBe(false);
  expect(isServiceClient(clientsOf(""), { id: "toString", secret: "" })).toBe(false);
});

test("clients are kept hashed", () => {
  const [kept] = clientsOf(`a:${SECRET}`).values();
  expect(kept?.byteLength).toBe(32);
  expect(kept?.toString()).not.toContain("sss");
});

test.each([
  ["no-colon", "pairs separated by spaces"],
  ["bad id!:secret", "pairs separated by spaces"],
  ["a:too-short", "32 to 256 characters for a"],
  [`a:${SECRET} a:${SECRET}`, "more than once"],
])("parseServiceClients(%j) names the fault without the secret", (text, fault) => {
  const read = parseServiceClients(text);
  expect(read).toEqual({ fault: expect.stringContaining(fault) });
  expect(JSON.stringify(read)).not.toContain("sss");
});

test.each([
  [`Basic ${btoa("a:b")}`, { id: "a", secret: "b" }],
  [`basic  ${btoa("a:b:c")}`, { id: "a", secret: "b:c" }],
  [`Basic ${btoa("a%3Ab+c:%25")}`, { id: "a:b c", secret: "%" }],
  [`Basic ${btoa(":")}`, { id: "", secret: "" }],
  [`Basic ${btoa("ab")}`, undefined],
  [`Basic ${btoa("%zz:b")}`, undefined],
  ["Basic !!!", undefined],
  ["Bearer abc", undefined],
  ["Basic", undefined],
])("parseBasic(%j)", (header, login) => {
  expect(parseBasic(header)).toEqual(login);
});

test.each([
  [undefined, ["stock:write"]],
  ["stock:write", ["stock:write"]],
  ["stock:write stock:write", ["stock:write"]],
  ["stock:read", undefined],
  ["stock:write admin", undefined],
  [" ", undefined],
])("grantScopes(%j)", (scope, scopes) => {
  expect(grantScopes(scope)).toEqual(scopes);
});
