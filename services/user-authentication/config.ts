import { spareCores } from "#platform/background_threads.ts";
import { type CommonConfig, commonConfig, Env, type Environment } from "#platform/config.ts";
import { normalizeEmail, wordsOfEmail } from "./email.ts";
import type { AdminLogin } from "./first_admin.ts";
import type { MailPages } from "./mail.ts";
import type { PasswordOptions } from "./password.ts";
import { weaknessOf } from "./password_policy.ts";
import { parseServiceClients, type ServiceClients } from "./service_client.ts";

/** Settings of user-authentication. */
export interface UsersConfig extends CommonConfig {
  /** Seals the signing keys in the store. */
  keysSecret: string;
  /** How long a key signs. */
  rotateAfterMs: number;
  /** The account that shall be able to administer, if one is named. */
  admin: AdminLogin | undefined;
  clients: ServiceClients;
  hashing: PasswordOptions;
  mail: MailConfig;
}

/** How mails are sent. */
export interface MailConfig {
  /** An SMTP server, or a file; holds a password: never log it. Undefined if none are sent. */
  url: string | undefined;
  /** Their sender. */
  from: string;
  /** Where they lead to. */
  pages: MailPages;
}

const SECRET_MIN_LENGTH = 32;
/** At once, where there are cores for them: more would need much memory, 19 MiB each. */
const HASHES_MAX = 2;
const DAY_MS = 86_400_000;

/** Reads the settings. @throws {StartFault} with every fault. */
export function readConfig(values: Environment): UsersConfig {
  const env = new Env(values);
  const config: UsersConfig = {
    ...commonConfig(env, { port: 3000 }),
    keysSecret: env.secret("KEYS_SECRET", { minLength: SECRET_MIN_LENGTH }),
    rotateAfterMs: env.integer("KEY_ROTATION_DAYS", { fallback: 90, min: 1, max: 3650 }) * DAY_MS,
    admin: readAdmin(env),
    clients: readClients(env),
    hashing: {
      running: env.integer("PASSWORD_HASHES_MAX", { fallback: Math.min(HASHES_MAX, spareCores()), min: 1, max: 64 }),
      waiting: env.integer("PASSWORD_QUEUE_MAX", { fallback: 64, max: 10_000 }),
      waitMs: env.integer("PASSWORD_WAIT_MS", { fallback: 5000, min: 1, max: 60_000 }),
    },
    mail: readMail(env),
  };
  env.check();
  return config;
}

function readMail(env: Env): MailConfig {
  const http = { schemes: ["http", "https"] };
  const from = env.string("MAIL_FROM", { fallback: "Tradepost <no-reply@localhost>" });
  if (/[\r\n\0]/.test(from) || !/[^@\s]@[^@\s]/.test(from)) env.fault("MAIL_FROM must be one address");
  return {
    // A password in it is as the mail provider made it: nobody here can choose a better one.
    url: env.optionalUrl("MAIL_URL", { schemes: ["smtp", "smtps", "file"] }),
    from,
    pages: {
      emailVerification: env.optionalUrl("EMAIL_VERIFICATION_PAGE", http),
      passwordReset: env.optionalUrl("PASSWORD_RESET_PAGE", http),
    },
  };
}

function readAdmin(env: Env): AdminLogin | undefined {
  const email = env.optionalString("ADMIN_EMAIL");
  const password = env.optionalString("ADMIN_PASSWORD");
  if (email === undefined && password === undefined) return undefined;
  if (email === undefined || password === undefined) {
    env.fault("ADMIN_EMAIL and ADMIN_PASSWORD must be set together");
    return undefined;
  }
  if (normalizeEmail(email) === undefined) env.fault("ADMIN_EMAIL must be an email");
  const weakness = weaknessOf(password, wordsOfEmail(email));
  if (weakness) env.fault(`ADMIN_PASSWORD ${weakness}`);
  return { email, password };
}

function readClients(env: Env): ServiceClients {
  const text = env.optionalString("SERVICE_CLIENTS") ?? "";
  for (const pair of text.split(/\s+/).filter(Boolean)) {
    env.checkSecret("SERVICE_CLIENTS", pair.slice(pair.indexOf(":") + 1));
  }
  const read = parseServiceClients(text);
  if ("clients" in read) return read.clients;
  env.fault(`SERVICE_CLIENTS ${read.fault}`);
  return new Map();
}
