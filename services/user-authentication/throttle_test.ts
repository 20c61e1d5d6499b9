import { expect, test } from "bun:test";
import {
  ACCOUNT_RULE,
  ADDRESS_RULE,
  accountKey,
  addressKey,
  growingDelays,
  MAIL_RULE,
  mailAddressKey,
  mailKey,
  tooManyAttempts,
} from "./throttle.ts";

test("growingDelays() doubles after the free failures and ends at the longest", () => {
  expect(growingDelays({ free: 2, firstMs: 1000, longestMs: 5000 })).toEqual([0, 0, 0, 1000, 2000, 4000, 5000]);
});

test("an account is never locked for good, and guessing stays slow", () => {
  expect(ACCOUNT_RULE.delaysMs.slice(0, 8)).toEqual([0, 0, 0, 0, 0, 0, 1000, 2000]);
  expect(Math.max(...ACCOUNT_RULE.delaysMs)).toBe(900_000);
  expect(ACCOUNT_RULE.forgetAfterMs).toBeGreaterThan(ACCOUNT_RULE.delaysMs.at(-1)!);
  expect(Math.max(...ADDRESS_RULE.delaysMs)).toBe(60_000);
});

test("accountKey() tells accounts apart and does not hold the email", () => {
  const { key } = accountKey("ada@example.com");
  expect(key).toStartWith("account:");
  expect(key).not.toContain("ada");
  expect(accountKey("ada@example.com").key).toBe(key);
  expect(accountKey("eve@example.com").key).not.toBe(key);
});

test.each([
  ["192.0.2.7", "address:192.0.2.7"],
  ["::ffff:192.0.2.7", "address:192.0.2.7"],
  ["2001:db8:0:7::1", "address:2001:db8:0:7::/64"],
  ["2001:0DB8:0000:0007:ffff:ffff:ffff:ffff", "address:2001:db8:0:7::/64"],
  ["2001:db8::1", "address:2001:db8:0:0::/64"],
  ["::1", "address:0:0:0:0::/64"],
  ["fe80::1%eth0", "address:fe80:0:0:0::/64"],
])("addressKey(%j) is %j", (address, key) => {
  expect(addressKey(address)).toEqual({ key, rule: ADDRESS_RULE });
});

test("mailKey() and mailAddressKey() count apart from sign-ins", () => {
  expect(mailKey("ada@example.com").key).toBe(accountKey("ada@example.com").key.replace("account:", "mail:"));
  expect(mailAddressKey("2001:db8:0:7::1")?.key).toBe("mail-address:2001:db8:0:7::/64");
  expect(mailAddressKey("")).toBeUndefined();
  expect(MAIL_RULE.delaysMs.slice(0, 6)).toEqual([0, 0, 0, 0, 60_000, 120_000]);
});

test("addressKey() has none where there is no socket", () => {
  expect(addressKey("")).toBeUndefined();
});

test("tooManyAttempts() rounds the wait up to whole seconds", () => {
  expect(tooManyAttempts(1).headers).toEqual({ "retry-after": "1" });
  expect(tooManyAttempts(1001).headers).toEqual({ "retry-after": "2" });
});
