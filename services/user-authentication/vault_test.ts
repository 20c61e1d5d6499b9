import { expect, test } from "bun:test";
import { createVault } from "./vault.ts";

const vault = createVault("k".repeat(32));

test("a vault opens what it sealed, under the same label only", () => {
  const sealed = vault.seal("secret", "key 1");
  expect(sealed).not.toContain("secret");
  expect(vault.open(sealed, "key 1")).toBe("secret");
  expect(vault.seal("secret", "key 1")).not.toBe(sealed);
  expect(() => vault.open(sealed, "key 2")).toThrow();
  expect(() => createVault("l".repeat(32)).open(sealed, "key 1")).toThrow();
});

test("a vault refuses what was changed or cut", () => {
  const bytes = Buffer.from(vault.seal("secret", "key"), "base64url");
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = changed[at]! ^ 1;
    expect(() => vault.open(changed.toString("base64url"), "key")).toThrow();
    expect(() => vault.open(bytes.subarray(0, at).toString("base64url"), "key")).toThrow();
  }
});

test("the fingerprint key is one of its own for each secret", () => {
  expect(vault.fingerprintKey).toMatch(/^[0-9a-f]{64}$/);
  expect(createVault("k".repeat(32)).fingerprintKey).toBe(vault.fingerprintKey);
  expect(createVault("l".repeat(32)).fingerprintKey).not.toBe(vault.fingerprintKey);
});
