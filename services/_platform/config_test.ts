import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { createTestFolder } from "../_stack/test_folder.ts";
import { commonConfig, Env, type Environment } from "./config.ts";
import { StartFault } from "./start_fault.ts";

/** The message of check() after the readers have run. */
function faultsOf(values: Environment, read: (env: Env) => void): string {
  const env = new Env(values);
  read(env);
  try {
    env.check();
  } catch (error) {
    expect(error).toBeInstanceOf(StartFault);
    return (error as StartFault).message; // asserted in the line above
  }
  return "";
}

test("check() reports every fault in one message, and passes when there is none", () => {
  const message = faultsOf({ PORT: "80 80", DEBUG: "yes", STORE_URL: "nowhere", LEVEL: "loud" }, (env) => {
    env.string("NAME");
    env.integer("PORT", { max: 65_535 });
    env.boolean("DEBUG");
    env.url("STORE_URL");
    env.oneOf("LEVEL", ["info", "warn"]);
    env.fault("ADMIN_EMAIL and ADMIN_PASSWORD must be set together");
  });
  expect(message).toBe(
    "Cannot start: NAME must be set: current value is missing; " +
      'PORT must be an integer from 0 to 65535: current value is "80 80"; ' +
      'DEBUG must be true or false: current value is "yes"; ' +
      "STORE_URL must be a URL: current value is not a URL; " +
      'LEVEL must be one of info, warn: current value is "loud"; ' +
      "ADMIN_EMAIL and ADMIN_PASSWORD must be set together",
  );
  expect(faultsOf({ PORT: "0" }, (env) => env.integer("PORT"))).toBe("");
});

test("readers answer the value, else the fallback", () => {
  const env = new Env({ NAME: " as is ", PORT: "0080", DEBUG: "false", LEVEL: "warn", EMPTY: "" });
  expect(env.string("NAME")).toBe(" as is ");
  expect(env.string("EMPTY", { fallback: "nothing" })).toBe("nothing");
  expect(env.integer("PORT")).toBe(80);
  expect(env.integer("OTHER_PORT", { fallback: 3000 })).toBe(3000);
  expect(env.boolean("DEBUG")).toBe(false);
  expect(env.boolean("TRACE", { fallback: true })).toBe(true);
  expect(env.oneOf("LEVEL", ["info", "warn"])).toBe("warn");
  expect(env.oneOf("OTHER", ["info", "warn"], { fallback: "info" })).toBe("info");
  expect(env.optionalString("EMPTY")).toBeUndefined();
  expect(env.optionalUrl("EVENTS_URL")).toBeUndefined();
  env.check();
});

test.each(["", "5.0", "1e3", "0x10", " 5", "５", "-1", "8", "99999999999999999999"])("integer() refuses %p", (PORT) => {
  expect(faultsOf({ PORT }, (env) => env.integer("PORT", { min: 5, max: 7 }))).toStartWith(
    "Cannot start: PORT must be an integer from 5 to 7",
  );
});

test.each([
  ["mongodb://a:1,b:2,c:3/db?replicaSet=rs", ["mongodb"]],
  ["mongodb+srv://user:p%40ss@cluster.example/db", ["mongodb+srv"]],
  ["postgres://user:pass@[::1]:5432/db", ["postgres"]],
])("url() takes %p as written", (text, schemes) => {
  const env = new Env({ STORE_URL: text });
  expect(env.url("STORE_URL", { schemes })).toBe(text);
  env.check();
});

test("origin() takes scheme, host and port, and nothing else", () => {
  const env = new Env({ A: "https://Shop.example:443/", B: "http://localhost:3000" });
  expect([env.origin("A"), env.origin("B")]).toEqual(["https://shop.example", "http://localhost:3000"]);
  env.check();
  for (const ORIGIN of [
    "https://shop.example/path",
    "https://user@shop.example",
    "ftp://shop.example",
    "shop",
    "https://a?b",
  ]) {
    expect(faultsOf({ ORIGIN }, (e) => e.origin("ORIGIN"))).toContain("ORIGIN must be an origin");
  }
});

test("a value that may be a secret never appears in a fault", () => {
  const secret = "hunter2-hunter2";
  const message = faultsOf(
    { KEYS_SECRET: secret, STORE_URL: `mysql://root:${secret}@db`, EVENTS_URL: secret },
    (env) => {
      env.string("KEYS_SECRET", { minLength: 32 });
      env.url("STORE_URL", { schemes: ["postgres"] });
      env.optionalUrl("EVENTS_URL", { schemes: ["nats"] });
    },
  );
  expect(message).not.toContain("hunter2");
  expect(message).toBe(
    "Cannot start: KEYS_SECRET must have at least 32 characters: current value is 15 characters long; " +
      "STORE_URL must be a URL that begins with postgres://: current value is a URL of another scheme; " +
      "EVENTS_URL must be a URL that begins with nats://: current value is not a URL",
  );
});

test("NAME_FILE gives the value without one trailing newline", () => {
  const folder = createTestFolder();
  writeFileSync(join(folder, "secret"), "line\n\n");
  writeFileSync(join(folder, "port"), "3001\r\n");
  const env = new Env({ SECRET_FILE: join(folder, "secret"), PORT_FILE: join(folder, "port") });
  expect(env.string("SECRET")).toBe("line\n");
  expect(env.integer("PORT")).toBe(3001);
  env.check();
});

test("a NAME_FILE that cannot be read is one fault; NAME beside NAME_FILE is another", () => {
  expect(faultsOf({ SECRET_FILE: "/nowhere/secret" }, (env) => env.string("SECRET", { minLength: 32 }))).toBe(
    'Cannot start: SECRET_FILE must name a file that can be read: ENOENT at "/nowhere/secret"',
  );
  const folder = createTestFolder();
  writeFileSync(join(folder, "secret"), "x".repeat(32));
  const both = { SECRET: "y".repeat(32), SECRET_FILE: join(folder, "secret") };
  expect(faultsOf(both, (env) => env.string("SECRET"))).toBe(
    "Cannot start: SECRET and SECRET_FILE are both set: keep one",
  );
});

test("a list of origins has scheme, host and port of each, and nothing else", () => {
  const list = new Env({ ALLOWED_ORIGINS: "https://shop.example http://localhost:5173" });
  expect(list.originList("ALLOWED_ORIGINS")).toEqual(["https://shop.example", "http://localhost:5173"]);
  list.check();
  for (const wrong of ["*", "https://shop.example/", "shop.example", "https://shop.example,https://b.example"]) {
    expect(faultsOf({ ALLOWED_ORIGINS: wrong }, (env) => env.originList("ALLOWED_ORIGINS"))).toContain(
      "must be origins",
    );
  }
});

test("commonConfig() needs the store alone and takes defaults for the rest", () => {
  const env = new Env({ STORE_URL: "postgres://localhost/orders" });
  expect(commonConfig(env, { port: 3002 })).toEqual({
    port: 3002,
    host: "127.0.0.1",
    storeUrl: "postgres://localhost/orders",
    storePoolMax: 10,
    storeTimeoutMs: 5000,
    origins: {
      "user-authentication": "http://localhost:3000",
      "product-management": "http://localhost:3001",
      "order-processing": "http://localhost:3002",
    },
    allowedOrigins: [],
    issuer: "http://localhost:3000",
    jwksUrl: "http://localhost:3000/.well-known/jwks.json",
    checkResponses: false,
    logLevel: "info",
    metrics: true,
    traces: undefined,
    trustedProxies: { has: expect.any(Function) },
    rateLimits: { windowS: 60, quotas: { user: 6000, service: 600_000, address: 12_000 } },
    auditRetentionDays: 400,
    drainDelayMs: 0,
    drainDeadlineMs: 10_000,
  });
  env.check();
});

test("commonConfig() derives issuer and JWKS from the public origin, and blames that one alone if it is wrong", () => {
  const origin = "https://login.shop.example";
  const env = new Env({ STORE_URL: "mongodb://db/users", USER_AUTHENTICATION_ORIGIN: origin });
  expect(commonConfig(env, { port: 3001 })).toMatchObject({
    issuer: origin,
    jwksUrl: `${origin}/.well-known/jwks.json`,
  });
  env.check();
  const values = { STORE_URL: "mongodb://db/users", USER_AUTHENTICATION_ORIGIN: "login" };
  expect(faultsOf(values, (e) => commonConfig(e, { port: 3001 }))).toBe(
    "Cannot start: USER_AUTHENTICATION_ORIGIN must be an origin such as https://shop.example: current value is something else",
  );
});

test("commonConfig() refuses an engine the service has no adapter for", () => {
  const read = (env: Env) => commonConfig(env, { port: 3002, storeSchemes: ["postgres"] });
  expect(faultsOf({ STORE_URL: "mongodb://db/orders" }, read)).toContain(
    "STORE_URL must be a URL that begins with postgres://",
  );
});

test("commonConfig() takes OpenTelemetry's names, and records no traces without an endpoint", () => {
  const read = (values: Environment) =>
    commonConfig(new Env({ STORE_URL: "postgres://localhost/orders", ...values }), { port: 3002 });
  const OTEL_EXPORTER_OTLP_ENDPOINT = "http://collector:4318/";
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT }).traces).toEqual({
    url: "http://collector:4318/v1/traces",
    headers: {},
    timeoutMs: 10_000,
    delayMs: 5000,
    sampling: { ratio: 0.01, parentBased: true },
    resource: {},
  });
  expect(
    read({
      OTEL_EXPORTER_OTLP_ENDPOINT,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://traces.example/otlp",
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%3Db, x-tenant = shop",
      OTEL_TRACES_SAMPLER: "traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.25",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=staging",
    }).traces,
  ).toMatchObject({
    url: "https://traces.example/otlp",
    headers: { "x-key": "a=b", "x-tenant": "shop" },
    sampling: { ratio: 0.25, parentBased: false },
    resource: { "deployment.environment.name": "staging" },
  });
  const sampling = (name: string) =>
    read({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: "0.5" }).traces?.sampling;
  expect(sampling("always_on")).toEqual({ ratio: 1, parentBased: false });
  expect(sampling("parentbased_always_off")).toEqual({ ratio: 0, parentBased: true });
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: "none" }).traces).toBeUndefined();
  expect(read({ OTEL_METRICS_EXPORTER: "none" }).metrics).toBe(false);
});

test("commonConfig() blames OpenTelemetry's settings by name, without what may be a key", () => {
  const values = {
    STORE_URL: "postgres://localhost/orders",
    OTEL_EXPORTER_OTLP_ENDPOINT: "grpc://collector:4317",
    OTEL_EXPORTER_OTLP_HEADERS: "hunter2",
    OTEL_TRACES_SAMPLER: "jaeger_remote",
    OTEL_TRACES_SAMPLER_ARG: "1.5",
  };
  const message = faultsOf(values, (env) => commonConfig(env, { port: 3002 }));
  for (const name of Object.keys(values).slice(1)) expect(message).toContain(`${name} must be `);
  expect(message).not.toContain("hunter2");
});

test("secret() takes only what looks random in production, and anything long enough elsewhere", () => {
  const faultIn = (environment: string | undefined, CLIENT: string): string =>
    faultsOf({ NODE_ENV: environment, CLIENT }, (env) => env.secret("CLIENT", { minLength: 8 }));
  expect(faultIn("production", "Zm9yIGEgdGVzdCBvbmx5")).toBe("");
  for (const weak of ["aaaaaaaaaaaa", "change_me_0987654xyz", "MyPassword-98zxtv"]) {
    expect(faultIn("production", weak)).toContain("CLIENT must be random");
    expect(faultIn("production", weak)).not.toContain(weak);
    expect(faultIn(undefined, weak)).toBe("");
  }
  expect(faultIn(undefined, "short")).toContain("at least 8 characters");
});

test("in production a URL must not have a password that people write, and may have none", () => {
  const good = "postgres://app:Zk3vQ9xT1mWb7RpLs0Yd@db-1:5432,db-2:5432/users";
  const faultWith = (url: string, environment = "production"): string =>
    faultsOf({ STORE_URL: url, NODE_ENV: environment }, (env) => commonConfig(env, { port: 3000 }));
  for (const password of [
    "postgres",
    "tradepost",
    "password",
    "change-me",
    "s3cret%21Secret",
    "aaaaaaaaaaaaaaaaaaaa",
  ]) {
    const fault = faultWith(`postgres://app:${password}@db/users`);
    expect(fault).toBe(
      "Cannot start: The password in STORE_URL must be random, such as `openssl rand -base64 32` makes: current value is easy to guess",
    );
    expect(faultWith(`mongodb://app:${password}@a:1,b:2/users`)).toBe(fault);
    expect(faultWith(`postgres://app:${password}@db/users`, "development")).toBe("");
  }
  for (const url of [
    good,
    "postgres://db/users",
    "postgres://app@db/users",
    "mongodb://app:a%2Fb%40cZk3vQ9xT1m@db/users",
  ]) {
    expect(faultWith(url)).toBe("");
  }
});
