import { expect, test } from "bun:test";
import { clientAddress, parseProxies } from "./client_address.ts";

const PROXIES = parseProxies("10.0.0.0/8  192.0.2.1 2001:db8::/32")!;

test.each([
  ["a client without proxy", "203.0.113.9", null, "203.0.113.9"],
  ["a client that makes an address up", "203.0.113.9", "198.51.100.7", "203.0.113.9"],
  ["a proxy that says nothing", "10.1.2.3", null, "10.1.2.3"],
  ["a proxy's client", "10.1.2.3", "198.51.100.7", "198.51.100.7"],
  ["a proxy's client of IPv6", "2001:db8::5", "2001:db9::1", "2001:db9::1"],
  ["a proxy on a socket of both families", "::ffff:10.1.2.3", "198.51.100.7", "198.51.100.7"],
  ["what the client of a proxy makes up", "10.1.2.3", "8.8.8.8, 198.51.100.7", "198.51.100.7"],
  ["a row of proxies", "10.1.2.3", "8.8.8.8, 198.51.100.7,192.0.2.1 , 10.9.9.9", "198.51.100.7"],
  ["nothing but proxies", "10.1.2.3", "10.0.0.1, 10.0.0.2", "10.0.0.1"],
  ["what is no address", "10.1.2.3", "198.51.100.7, unknown", "10.1.2.3"],
  ["no socket", "", "198.51.100.7", ""],
])("clientAddress() of %s", (_, peer, forwardedFor, expected) => {
  expect(clientAddress(peer, forwardedFor, PROXIES)).toBe(expected);
});

test.each(["localhost", "10.0.0.0/33", "::1/129", "10.0.0.0/", "10.0.0.0/8,10.1.0.0/16", "10.0.0/8"])(
  "parseProxies() refuses %s",
  (text) => {
    expect(parseProxies(text)).toBeUndefined();
  },
);

test("parseProxies() of nothing trusts nobody", () => {
  expect(parseProxies("")?.has("127.0.0.1")).toBe(false);
});
