import { expect, test } from "bun:test";
import { readConfig } from "./config.ts";

const MINIMAL = { STORE_URL: "postgres://localhost/users", KEYS_SECRET: "k".repeat(32) };
const ADMIN = { ADMIN_EMAIL: "admin@example.com", ADMIN_PASSWORD: "a long enough passphrase" };
const CLIENT = `order-processing:${"s".repeat(32)}`;

function faultOf(values: Record<string, string>): string {
  try {
    readConfig({ ...MINIMAL, ...values });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("Nothing was thrown");
}

test("readConfig() has defaults for all but the store and the secret", () => {
  const config = readConfig(MINIMAL);
  expect(config).toMatchObject({
    port: 3000,
    host: "127.0.0.1",
    issuer: "http://localhost:3000",
    keysSecret: MINIMAL.KEYS_SECRET,
    rotateAfterMs: 90 * 86_400_000,
    hashing: { running: expect.any(Number), waiting: 64, waitMs: 5000 },
  });
  expect(config.admin).toBeUndefined();
  expect(config.clients.size).toBe(0);
});

test("readConfig() refuses secrets in production that nobody made at random, and does not tell them", () => {
  const random = "qlmT0Rr7Wn2bXv9sJdYk4uGhPz6eAf1c";
  const production = { NODE_ENV: "production", KEYS_SECRET: random, SERVICE_CLIENTS: `order-processing:${random}` };
  expect(readConfig({ ...MINIMAL, ...production }).keysSecret).toBe(random);
  // The password in it is as the provider of mail made it.
  const mail = { MAIL_URL: "smtps://shop:example1@mail.example" };
  expect(readConfig({ ...MINIMAL, ...production, ...mail }).mail.url).toBe(mail.MAIL_URL);
  for (const weak of ["k".repeat(32), "change-me-change-me-change-me-0123", `my-SECRET-${random}`, "abcd".repeat(8)]) {
    const keys = faultOf({ ...production, KEYS_SECRET: weak });
    expect(keys).toContain("KEYS_SECRET must be random");
    const clients = faultOf({ ...production, SERVICE_CLIENTS: `order-processing:${weak}` });
    expect(clients).toContain("SERVICE_CLIENTS must be random");
    expect(keys + clients).not.toContain(weak);
    expect(readConfig({ ...MINIMAL, KEYS_SECRET: weak }).keysSecret).toBe(weak);
  }
});

test("readConfig() trusts no proxy but those that are named", () => {
  expect(readConfig(MINIMAL).trustedProxies.has("127.0.0.1")).toBe(false);
  const { trustedProxies } = readConfig({ ...MINIMAL, TRUSTED_PROXIES: "10.0.0.0/8 ::1" });
  expect(["10.1.2.3", "::1", "11.0.0.1"].map((address) => trustedProxies.has(address))).toEqual([true, true, false]);
  expect(faultOf({ TRUSTED_PROXIES: "everybody" })).toContain("TRUSTED_PROXIES must be addresses");
});

test("readConfig() takes a mail server or a file, and one sender", () => {
  expect(readConfig(MINIMAL).mail).toMatchObject({ url: undefined, pages: {} });
  const set = { MAIL_URL: "smtp://mail.example", PASSWORD_RESET_PAGE: "https://shop.example/reset" };
  expect(readConfig({ ...MINIMAL, ...set }).mail).toMatchObject({
    url: "smtp://mail.example",
    pages: { passwordReset: "https://shop.example/reset" },
  });
  expect(faultOf({ MAIL_URL: "http://mail.example" })).toContain("MAIL_URL must be a URL that begins with smtp://");
  expect(faultOf({ MAIL_FROM: "a@b.c\nBcc: d@e.f" })).toContain("MAIL_FROM must be one address");
  expect(faultOf({ PASSWORD_RESET_PAGE: "javascript:alert(1)" })).toContain("PASSWORD_RESET_PAGE must be a URL");
});

test("readConfig() reads what is set", () => {
  const config = readConfig({
    ...MINIMAL,
    ...ADMIN,
    STORE_URL: "mongodb://localhost/users",
    SERVICE_CLIENTS: CLIENT,
    KEY_ROTATION_DAYS: "7",
    PASSWORD_HASHES_MAX: "1",
    PASSWORD_QUEUE_MAX: "0",
    PASSWORD_WAIT_MS: "100",
  });
  expect(config).toMatchObject({
    storeUrl: "mongodb://localhost/users",
    admin: { email: ADMIN.ADMIN_EMAIL, password: ADMIN.ADMIN_PASSWORD },
    rotateAfterMs: 7 * 86_400_000,
    hashing: { running: 1, waiting: 0, waitMs: 100 },
  });
  expect([...config.clients.keys()]).toEqual(["order-processing"]);
  expect(JSON.stringify([...config.clients])).not.toContain("sss");
});

test("readConfig() names every fault in one message, and no secret", () => {
  const fault = faultOf({ KEYS_SECRET: "short-secret", ADMIN_EMAIL: "a@b.c", SERVICE_CLIENTS: "a:weak-secret" });
  expect(fault).toStartWith("Cannot start: ");
  for (const part of ["KEYS_SECRET", "ADMIN_EMAIL and ADMIN_PASSWORD", "SERVICE_CLIENTS"])
    expect(fault).toContain(part);
  for (const secret of ["short-secret", "weak-secret"]) expect(fault).not.toContain(secret);
});

test.each([
  ["a weak admin password", { ...ADMIN, ADMIN_PASSWORD: "admin-12345678-admin" }, "ADMIN_PASSWORD is made of common"],
  ["a short admin password", { ...ADMIN, ADMIN_PASSWORD: "short" }, "ADMIN_PASSWORD must have at least 15 characters"],
  ["an admin without a password", { ADMIN_EMAIL: "admin@example.com" }, "must be set together"],
  ["a password without an admin", { ADMIN_PASSWORD: ADMIN.ADMIN_PASSWORD }, "must be set together"],
  ["no email", { ...ADMIN, ADMIN_EMAIL: "admin" }, "ADMIN_EMAIL must be an email"],
  ["a client twice", { SERVICE_CLIENTS: `${CLIENT} ${CLIENT}` }, "order-processing more than once"],
  ["a store of another kind", { STORE_URL: "mysql://localhost/users" }, "STORE_URL"],
])("readConfig() refuses %s", (_, values, fault) => {
  expect(faultOf(values)).toContain(fault);
});
