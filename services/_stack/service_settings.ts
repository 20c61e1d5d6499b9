import { pathToFileURL } from "node:url";
import type { ServiceName } from "#contract";
import type { Secrets } from "./secrets.ts";
import { type ByService, byService } from "./service_names.ts";

/** What the environment of the services is made from. */
export interface SettingsSource {
  readonly ports: ByService<number>;
  readonly storeUrls: ByService<string>;
  readonly secrets: Secrets;
  /** Where mails are written that nobody sends. */
  readonly mailFile: string;
  /** Of the stack's own broker. */
  readonly eventsUrl: string | undefined;
  /** Settings that go before ours, the same for all services. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** The account that administers a stack made here. */
export const ADMIN_EMAIL = "admin@example.com";

/** As which order-processing asks for service tokens. */
export const CLIENT_ID = "order-processing";

/** Of our own environment, what a service may see; everything else is not its business. */
const PASSED_ON = [
  ...["PATH", "HOME", "TMPDIR", "TZ"],
  ...["LOG_LEVEL", "CHECK_RESPONSES", "STORE_POOL_MAX", "STORE_TIMEOUT_MS"],
  ...["DRAIN_DELAY_MS", "DRAIN_DEADLINE_MS", "EVENTS_URL"],
  ...["MAIL_URL", "MAIL_FROM", "EMAIL_VERIFICATION_PAGE", "PASSWORD_RESET_PAGE"],
  ...["RATE_LIMIT_USER", "RATE_LIMIT_SERVICE", "RATE_LIMIT_ADDRESS", "RATE_LIMIT_WINDOW_S"],
] as const;

/** On one's own machine everybody has one address, and tests and benchmarks ask as fast as they can. */
const GENEROUS = "10000000";
const RATE_LIMITS = { RATE_LIMIT_USER: GENEROUS, RATE_LIMIT_SERVICE: GENEROUS, RATE_LIMIT_ADDRESS: GENEROUS };

/** Public origins: what a browser on this machine calls the services. */
export function originsOf(ports: ByService<number>): ByService<string> {
  return byService((name) => `http://localhost:${ports[name]}`);
}

/** The whole environment of each service. */
export function serviceEnvironments(source: SettingsSource): ByService<Record<string, string>> {
  const common = { ...RATE_LIMITS, ...passedOn(), ...commonSettings(source.ports) };
  return byService((name) => ({
    ...common,
    PORT: String(source.ports[name]),
    STORE_URL: source.storeUrls[name],
    ...ownSettings(name, source),
    ...source.overrides,
  }));
}

function passedOn(): Record<string, string> {
  const entries = PASSED_ON.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(entries.filter((entry): entry is [(typeof entry)[0], string] => entry[1] !== undefined));
}

function commonSettings(ports: ByService<number>): Record<string, string> {
  const origins = originsOf(ports);
  return {
    HOST: "127.0.0.1",
    USER_AUTHENTICATION_ORIGIN: origins["user-authentication"],
    PRODUCT_MANAGEMENT_ORIGIN: origins["product-management"],
    ORDER_PROCESSING_ORIGIN: origins["order-processing"],
    JWKS_URL: `http://127.0.0.1:${ports["user-authentication"]}/.well-known/jwks.json`,
  };
}

function ownSettings(
  name: ServiceName,
  { ports, secrets, eventsUrl, mailFile }: SettingsSource,
): Record<string, string> {
  const { keysSecret, adminPassword, clientSecret } = secrets;
  switch (name) {
    case "user-authentication":
      return {
        KEYS_SECRET: keysSecret,
        ADMIN_EMAIL,
        ADMIN_PASSWORD: adminPassword,
        SERVICE_CLIENTS: `${CLIENT_ID}:${clientSecret}`,
        ...(process.env.MAIL_URL === undefined && { MAIL_URL: String(pathToFileURL(mailFile)) }),
      };
    case "product-management":
      return {};
    case "order-processing":
      return {
        USER_AUTHENTICATION_URL: `http://127.0.0.1:${ports["user-authentication"]}`,
        PRODUCT_MANAGEMENT_URL: `http://127.0.0.1:${ports["product-management"]}`,
        CLIENT_ID,
        CLIENT_SECRET: clientSecret,
        ...(eventsUrl !== undefined && { EVENTS_URL: eventsUrl }),
      };
  }
}
