import { readFileSync } from "node:fs";
import { AUDIT_RETENTION_DAYS_MAX, AUDIT_RETENTION_DAYS_MIN } from "./audit.ts";
import { parseProxies, type TrustedProxies } from "./client_address.ts";
import type { RateLimitOptions } from "./rate_limit.ts";
import { StartFault } from "./start_fault.ts";

/** Where settings come from: `process.env`, or a literal in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Answered after a fault, so that a default made from it is not a fault of its own. */
const PLACEHOLDER_URL = "http://placeholder.invalid";

/** How a text is checked. */
export interface StringOptions {
  /** The value where none is set; without one the setting is required. */
  fallback?: string;
  /** Least number of characters. @default 1 */
  minLength?: number;
}

/** How a whole number is checked. */
export interface IntegerOptions {
  fallback?: number;
  /** Least value. @default 0 */
  min?: number;
  /** Greatest value. @default Number.MAX_SAFE_INTEGER */
  max?: number;
}

/** How a URL is checked. */
export interface UrlOptions {
  fallback?: string;
  /** Schemes that are served, such as `"mongodb"`; any, if not given. */
  schemes?: readonly string[];
}

/**
 * Reads settings and collects every fault, so that the operator sees all of them in one message. Each setting `NAME` may come from the
 * file that `NAME_FILE` names instead (one trailing newline is dropped): the way secrets are mounted. After a fault the readers answer a
 * placeholder; {@link Env.check} throws before anybody uses it.
 */
export class Env {
  readonly #values: Environment;
  readonly #faults: string[] = [];

  constructor(values: Environment) {
    this.#values = values;
  }

  /** Text; its value never appears in a fault. */
  string(name: string, { fallback, minLength = 1 }: StringOptions = {}): string {
    const value = this.#read(name) ?? fallback;
    if (value !== undefined && value.length >= minLength) return value;
    const wish = minLength > 1 ? `must have at least ${minLength} characters` : "must be set";
    return this.#fault(name, wish, value === undefined ? "missing" : `${value.length} characters long`) ?? "";
  }

  /** A secret that a machine made; in production (`NODE_ENV=production`) one that looks otherwise is a fault. */
  secret(name: string, { minLength }: { minLength: number }): string {
    const value = this.string(name, { minLength });
    if (value !== "") this.checkSecret(name, value);
    return value;
  }

  /** Records a fault if a secret, read in some other way, is not good enough for production. */
  checkSecret(name: string, value: string): void {
    if (this.#values.NODE_ENV === "production" && !looksRandom(value)) {
      this.#once(`${name} must be random, such as \`openssl rand -base64 32\` makes: current value is easy to guess`);
    }
  }

  /** A URL whose password, if it has one, must be good enough for production. */
  secretUrl(name: string, options: UrlOptions = {}): string {
    const text = this.url(name, options);
    this.#checkPassword(name, text);
    return text;
  }

  /** The same, where it may be left out. */
  optionalSecretUrl(name: string, options: Pick<UrlOptions, "schemes"> = {}): string | undefined {
    return this.#read(name) === undefined ? undefined : this.secretUrl(name, options);
  }

  /** Text that may be left out. */
  optionalString(name: string, options: Pick<StringOptions, "minLength"> = {}): string | undefined {
    return this.#read(name) === undefined ? undefined : this.string(name, options);
  }

  /** A whole number in decimal digits. */
  integer(name: string, { fallback, min = 0, max = Number.MAX_SAFE_INTEGER }: IntegerOptions = {}): number {
    const text = this.#read(name);
    if (text === undefined && fallback !== undefined) return fallback;
    const value = /^-?\d{1,16}$/.test(text ?? "") ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    return this.#fault(name, `must be an integer ${range}`, shown(text)) ?? 0;
  }

  /** A share, from 0 to 1. */
  share(name: string, { fallback }: { fallback?: number } = {}): number {
    const text = this.#read(name) ?? fallback?.toString();
    const value = /^\d{1,9}(\.\d{1,20})?$/.test(text ?? "") ? Number(text) : Number.NaN;
    if (value <= 1) return value;
    return this.#fault(name, "must be a number from 0 to 1", shown(text)) ?? 0;
  }

  /** `name=value` pairs with commas between, as OpenTelemetry has them; values are percent-encoded, and may be secrets. */
  pairs(name: string): Readonly<Record<string, string>> {
    const pairs = (this.#read(name) ?? "").split(",").filter((pair) => pair.trim() !== "");
    try {
      return Object.fromEntries(pairs.map(parsePair));
    } catch {
      this.#fault(name, "must be name=value pairs with commas between", "something else");
      return {};
    }
  }

  /** `true` or `false`. */
  boolean(name: string, { fallback }: { fallback?: boolean } = {}): boolean {
    const text = this.#read(name) ?? fallback?.toString();
    if (text === "true" || text === "false") return text === "true";
    return this.#fault(name, "must be true or false", shown(text)) ?? false;
  }

  /** One of a few words. */
  oneOf<const Word extends string>(name: string, words: readonly Word[], { fallback }: { fallback?: Word } = {}): Word {
    const text = this.#read(name) ?? fallback;
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    this.#fault(name, `must be one of ${words.join(", ")}`, shown(text));
    // A placeholder nobody sees: check() throws first.
    return words[0] as Word;
  }

  /** An absolute URL, as written; it may hold a password, so its value never appears in a fault. */
  url(name: string, { fallback, schemes }: UrlOptions = {}): string {
    const text = this.#read(name) ?? fallback;
    const url = text === undefined ? null : URL.parse(firstHostOnly(text));
    if (text !== undefined && url && (!schemes || schemes.includes(url.protocol.slice(0, -1)))) return text;
    const wish = schemes
      ? `must be a URL that begins with ${schemes.map((s) => `${s}://`).join(" or ")}`
      : "must be a URL";
    return (
      this.#fault(name, wish, text === undefined ? "missing" : url ? "a URL of another scheme" : "not a URL") ??
      PLACEHOLDER_URL
    );
  }

  /** A URL that may be left out. */
  optionalUrl(name: string, options: Pick<UrlOptions, "schemes"> = {}): string | undefined {
    return this.#read(name) === undefined ? undefined : this.url(name, options);
  }

  /** Scheme, host and port of an HTTP server, without a path: `https://shop.example`. */
  origin(name: string, { fallback }: { fallback?: string } = {}): string {
    const text = this.#read(name) ?? fallback;
    const url = text === undefined ? null : URL.parse(text);
    if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
    const state = text === undefined ? "missing" : "something else";
    return this.#fault(name, "must be an origin such as https://shop.example", state) ?? PLACEHOLDER_URL;
  }

  /** Origins as {@link Env.origin} takes them, separated by spaces; none without the setting. */
  originList(name: string): readonly string[] {
    const texts = (this.#read(name) ?? "").split(" ").filter(Boolean);
    const isOrigin = (text: string): boolean => /^https?:/.test(text) && URL.parse(text)?.origin === text;
    if (!texts.every(isOrigin)) this.#fault(name, "must be origins such as https://shop.example", "something else");
    return texts;
  }

  /** Records that a rule over several settings is broken, for {@link Env.check} to report with the others. */
  fault(reason: string): void {
    this.#faults.push(reason);
  }

  /** @throws {StartFault} with every fault found so far, if there is one. */
  check(): void {
    if (this.#faults.length > 0) throw new StartFault(this.#faults.join("; "));
  }

  /** A set but empty variable is one that is not set: what `NAME=` means in compose files. */
  #read(name: string): string | undefined {
    const value = this.#values[name] || undefined;
    const path = this.#values[`${name}_FILE`] || undefined;
    if (path === undefined) return value;
    if (value !== undefined) this.#once(`${name} and ${name}_FILE are both set: keep one`);
    try {
      return readFileSync(path, "utf8").replace(/\r?\n$/, "");
    } catch (error) {
      this.#once(`${name}_FILE must name a file that can be read: ${codeOf(error)} at "${path}"`);
      return undefined;
    }
  }

  #checkPassword(name: string, url: string): void {
    const password = /^[a-z+]+:\/\/[^:@/?]*:([^@/?]*)@/i.exec(url)?.[1];
    if (password !== undefined) this.checkSecret(`The password in ${name}`, decoded(password));
  }

  #fault(name: string, wish: string, state: string): undefined {
    // An unreadable NAME_FILE is already the reason why NAME is missing.
    if (state === "missing" && this.#faults.some((fault) => fault.startsWith(`${name}_FILE `))) return;
    this.#once(`${name} ${wish}: current value is ${state}`);
  }

  #once(fault: string): void {
    if (!this.#faults.includes(fault)) this.#faults.push(fault);
  }
}

/** What people write until they have something better. */
const PLACEHOLDER = /change.?me|secret|password|example|default|placeholder|12345|qwert/i;
/** 32 random characters of 16 kinds have fewer different ones once in 100,000 times. */
const DIFFERENT_CHARACTERS_MIN = 9;

/** Without its percent-encoding; as it is, if that is none. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function looksRandom(secret: string): boolean {
  return new Set(secret).size >= DIFFERENT_CHARACTERS_MIN && !PLACEHOLDER.test(secret);
}

/** Settings of every service; `*Ms` are milliseconds. */
export interface CommonConfig {
  /** Port and address to listen on. */
  port: number;
  host: string;
  /** The engine and its database: the scheme picks the adapter. Holds a password: never log it. */
  storeUrl: string;
  storePoolMax: number;
  /** Deadline of one call to the store, waiting for a connection included. */
  storeTimeoutMs: number;
  /** Public origins by service, as a browser sees them. */
  origins: Origins;
  /** Whose pages may call from a browser, besides those of the services. */
  allowedOrigins: readonly string[];
  /** `iss` of the access tokens. */
  issuer: string;
  /** Where the keys that verify access tokens are published. */
  jwksUrl: string;
  /** Whether replies are checked against the contract before they are sent. */
  checkResponses: boolean;
  logLevel: (typeof LOG_LEVELS)[number];
  /** Whether `/metrics` is served. */
  metrics: boolean;
  /** Where traces go; undefined if they are not recorded. */
  traces: TracesConfig | undefined;
  /** Whose `X-Forwarded-For` is believed: requests and failures without a caller count for the address they come from. */
  trustedProxies: TrustedProxies;
  /** Requests that each caller has. */
  rateLimits: RateLimitOptions;
  /** How many days an event of the trail is kept. */
  auditRetentionDays: number;
  /** How long to go on serving after a stop signal, so that no new request comes to a closed port. */
  drainDelayMs: number;
  /** How long requests in flight may take to end after that. */
  drainDeadlineMs: number;
}

/** How traces are recorded: the settings of OpenTelemetry, by their usual names. */
export interface TracesConfig {
  /** Takes OTLP as JSON over HTTP. */
  url: string;
  /** Sent with each export; may hold a key: never log them. */
  headers: Readonly<Record<string, string>>;
  /** How long one export may take. */
  timeoutMs: number;
  /** Milliseconds between two exports. */
  delayMs: number;
  /** Which traces are recorded. */
  sampling: { ratio: number; parentBased: boolean };
  /** What is said about the process, besides its name. */
  resource: Readonly<Record<string, string>>;
}

/** Public origins of the three services. */
export type Origins = Readonly<Record<"user-authentication" | "product-management" | "order-processing", string>>;

const STORE_SCHEMES = ["mongodb", "mongodb+srv", "postgres", "postgresql"];
const QUOTA_MAX = 1_000_000_000;
/** Share of the traces that begin here, where no argument says otherwise; see OpenTelemetry's `OTEL_TRACES_SAMPLER`. */
const SAMPLERS = {
  parentbased_traceidratio: undefined,
  traceidratio: undefined,
  parentbased_always_on: 1,
  always_on: 1,
  parentbased_always_off: 0,
  always_off: 0,
} as const;
// The keys of an object are text to the compiler; these are the ones above.
const SAMPLER_NAMES = Object.keys(SAMPLERS) as (keyof typeof SAMPLERS)[];
/** Every hundredth: recording all of them costs several times what most requests cost. */
const SAMPLED_SHARE = 0.01;
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** What {@link commonConfig} is told by a service. */
export interface CommonConfigOptions {
  /** The port where `PORT` is not set. */
  port: number;
  /** Engines the service has an adapter for. @default both */
  storeSchemes?: readonly string[];
}

/** Reads what every service is told; call `env.check()` after the service has read its own. */
export function commonConfig(env: Env, { port, storeSchemes = STORE_SCHEMES }: CommonConfigOptions): CommonConfig {
  const origins = {
    "user-authentication": env.origin("USER_AUTHENTICATION_ORIGIN", { fallback: "http://localhost:3000" }),
    "product-management": env.origin("PRODUCT_MANAGEMENT_ORIGIN", { fallback: "http://localhost:3001" }),
    "order-processing": env.origin("ORDER_PROCESSING_ORIGIN", { fallback: "http://localhost:3002" }),
  };
  return {
    port: env.integer("PORT", { fallback: port, max: 65_535 }),
    host: env.string("HOST", { fallback: "127.0.0.1" }),
    storeUrl: env.secretUrl("STORE_URL", { schemes: storeSchemes }),
    storePoolMax: env.integer("STORE_POOL_MAX", { fallback: 10, min: 1, max: 1000 }),
    storeTimeoutMs: env.integer("STORE_TIMEOUT_MS", { fallback: 5000, min: 1, max: 600_000 }),
    origins,
    allowedOrigins: env.originList("ALLOWED_ORIGINS"),
    issuer: env.string("ISSUER", { fallback: origins["user-authentication"] }),
    jwksUrl: env.url("JWKS_URL", {
      fallback: `${origins["user-authentication"]}/.well-known/jwks.json`,
      schemes: ["http", "https"],
    }),
    checkResponses: env.boolean("CHECK_RESPONSES", { fallback: false }),
    logLevel: env.oneOf("LOG_LEVEL", LOG_LEVELS, { fallback: "info" }),
    metrics: env.oneOf("OTEL_METRICS_EXPORTER", ["prometheus", "none"], { fallback: "prometheus" }) === "prometheus",
    traces: readTraces(env),
    trustedProxies: readProxies(env),
    rateLimits: {
      windowS: env.integer("RATE_LIMIT_WINDOW_S", { fallback: 60, min: 1, max: 3600 }),
      quotas: {
        user: env.integer("RATE_LIMIT_USER", { fallback: 6000, max: QUOTA_MAX }),
        service: env.integer("RATE_LIMIT_SERVICE", { fallback: 600_000, max: QUOTA_MAX }),
        address: env.integer("RATE_LIMIT_ADDRESS", { fallback: 12_000, max: QUOTA_MAX }),
      },
    },
    auditRetentionDays: env.integer("AUDIT_RETENTION_DAYS", {
      ...{ fallback: 400, min: AUDIT_RETENTION_DAYS_MIN, max: AUDIT_RETENTION_DAYS_MAX },
    }),
    drainDelayMs: env.integer("DRAIN_DELAY_MS", { fallback: 0, max: 600_000 }),
    drainDeadlineMs: env.integer("DRAIN_DEADLINE_MS", { fallback: 10_000, max: 600_000 }),
  };
}

function readProxies(env: Env): TrustedProxies {
  const proxies = parseProxies(env.optionalString("TRUSTED_PROXIES") ?? "");
  if (!proxies) env.fault("TRUSTED_PROXIES must be addresses and networks such as 10.0.0.0/8, separated by spaces");
  return proxies ?? { has: () => false };
}

/** The standard names, so that what deploys collectors knows them; see {@link https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/}. */
function readTraces(env: Env): TracesConfig | undefined {
  const http = { schemes: ["http", "https"] };
  const base = env.optionalUrl("OTEL_EXPORTER_OTLP_ENDPOINT", http);
  const url = env.optionalUrl("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", http) ?? (base && tracesUrl(base));
  const sampler = env.oneOf("OTEL_TRACES_SAMPLER", SAMPLER_NAMES, { fallback: "parentbased_traceidratio" });
  const share = env.share("OTEL_TRACES_SAMPLER_ARG", { fallback: SAMPLED_SHARE });
  const traces = {
    headers: env.pairs("OTEL_EXPORTER_OTLP_HEADERS"),
    timeoutMs: env.integer("OTEL_EXPORTER_OTLP_TIMEOUT", { fallback: 10_000, min: 1, max: 60_000 }),
    delayMs: env.integer("OTEL_BSP_SCHEDULE_DELAY", { fallback: 5000, min: 1, max: 600_000 }),
    sampling: { ratio: SAMPLERS[sampler] ?? share, parentBased: sampler.startsWith("parentbased") },
    resource: env.pairs("OTEL_RESOURCE_ATTRIBUTES"),
  };
  const isOff = env.oneOf("OTEL_TRACES_EXPORTER", ["otlp", "none"], { fallback: "otlp" }) === "none";
  return url === undefined || isOff ? undefined : { url, ...traces };
}

/** Below the path that the endpoint has, if it has one. */
function tracesUrl(endpoint: string): string {
  return `${endpoint.replace(/\/$/, "")}/v1/traces`;
}

/** @throws if it is no pair. */
function parsePair(pair: string): [name: string, value: string] {
  const [, name = "", value = ""] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
  if (name === "") throw new Error("No pair");
  return [decodeURIComponent(name), decodeURIComponent(value)];
}

/** Both engines take `host1:1,host2:2`, which is no URL: the first host stands for all. */
function firstHostOnly(url: string): string {
  return url.replace(/^([a-z+]+:\/\/(?:[^@/?]*@)?)([^/?,]+)(?:,[^/?]+)/i, "$1$2");
}

/** A value as a fault shows it. */
function shown(text: string | undefined): string {
  return text === undefined ? "missing" : JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown fault";
}
