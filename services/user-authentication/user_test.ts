import { expect, test } from "bun:test";
import { Problem } from "#platform/problem.ts";
import { checkEmailFilter, checkNewPassword, checkRegistration, createUser, sortRoles } from "./user.ts";

const ADA = { email: "Ada@Example.com", password: "quiet lanterns harbour", displayName: "Ada Lovelace" };

function errorsOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error.toBody("/");
    throw error;
  }
  throw new Error("Nothing was thrown");
}

test("createUser() makes an account at its first version", () => {
  const now = new Date("2026-11-23T10:15:30.123Z");
  const user = createUser({ id: "1", email: "a@b.c", displayName: "A", roles: ["admin", "customer"], now });
  expect(user).toEqual({
    id: "1",
    email: "a@b.c",
    emailVerified: false,
    displayName: "A",
    roles: ["customer", "admin"],
    version: 1,
    createdAt: "2026-11-23T10:15:30.123Z",
    updatedAt: "2026-11-23T10:15:30.123Z",
  });
});

test("sortRoles() gives each role once, in the order of the contract", () => {
  expect(sortRoles(["admin", "customer", "admin"])).toEqual(["customer", "admin"]);
  expect(sortRoles(["admin"])).toEqual(["admin"]);
});

test("checkRegistration() normalises the email", () => {
  expect(checkRegistration(ADA)).toEqual({ email: "ada@example.com", displayName: "Ada Lovelace" });
});

test("checkRegistration() names every fault, and no value", () => {
  const bad = { ...ADA, email: "ada\u202E@example.com", password: "Lovelace-12345678" };
  expect(errorsOf(() => checkRegistration(bad))).toMatchObject({
    code: "invalid-request",
    errors: [
      { in: "body", pointer: "#/email", detail: "must not contain control, bidi, zero-width or space characters" },
      {
        in: "body",
        pointer: "#/password",
        detail: "is made of common words, rows of keys or words of the account alone",
      },
    ],
  });
});

test("checkNewPassword() knows the account", () => {
  const user = { email: "grace@navy.example", displayName: "Grace Brewster Hopper" };
  expect(() => checkNewPassword("quiet lanterns harbour", user)).not.toThrow();
  expect(errorsOf(() => checkNewPassword("grace brewster hopper", user))).toMatchObject({
    errors: [{ in: "body", pointer: "#/newPassword" }],
  });
});

test("checkEmailFilter() normalises or refuses", () => {
  expect(checkEmailFilter("ADA@example.com")).toBe("ada@example.com");
  expect(errorsOf(() => checkEmailFilter("ada\u200B@example.com"))).toMatchObject({
    errors: [{ in: "query", pointer: "#/email" }],
  });
});
