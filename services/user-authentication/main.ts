/** The process: reads the environment, opens the store, makes sure of keys and admin, and serves. */
import { createVerifier } from "#platform/access_token.ts";
import { startAuditRetention } from "#platform/audit_retention.ts";
import { createBackgroundThreads } from "#platform/background_threads.ts";
import type { DatabaseWatch } from "#platform/database_watch.ts";
import type { Log } from "#platform/observability.ts";
import { openObservability } from "#platform/open_observability.ts";
import { type Closing, runService, type Started } from "#platform/process.ts";
import { createService } from "#platform/service.ts";
import { type MailConfig, readConfig, type UsersConfig } from "./config.ts";
import { type AdminLogin, ensureFirstAdmin, type FirstAdminPorts } from "./first_admin.ts";
import { type KeyRingOptions, openKeyRing, rotateKeys, withdrawKey } from "./key_ring.ts";
import { countLogins } from "./login_metrics.ts";
import { createUserAuthentication } from "./mod.ts";
import { createPasswords } from "./password.ts";
import { createPostbox, type Postbox } from "./postbox.ts";
import { createSessionCheck } from "./session.ts";
import type { Store } from "./store/mod.ts";
import { createTokenIssuer } from "./token_issuer.ts";
import { startUpkeep } from "./upkeep.ts";
import { createVault } from "./vault.ts";

const NAME = "user-authentication";

if (process.argv[2] === "rotate-keys") process.exitCode = await manageKeys(rotate);
else if (process.argv[2] === "withdraw-key") process.exitCode = await manageKeys(withdraw);
else await runService(start);

/** `bun main.ts rotate-keys`: publishes the next signing key now. */
async function rotate(options: KeyRingOptions): Promise<string> {
  const signsFrom = await rotateKeys(options);
  if (!signsFrom) return "Nothing to do: the next key is published already, and waits for its turn";
  return `The next key is published, and signs from ${signsFrom.toISOString()} on`;
}

/** `bun main.ts withdraw-key [kid]`: takes a key out of use that somebody else may know. */
async function withdraw(options: KeyRingOptions): Promise<string> {
  const done = await withdrawKey(options, process.argv[3]);
  if (!done) throw new Error("There is no such key, or it is withdrawn already");
  return `The key ${done.withdrawn} is withdrawn, and ${done.signing} signs. Replicas follow within 30 s, the other services within 90 s`;
}

/** Does something about the signing keys, with the settings of the service. */
async function manageKeys(manage: (options: KeyRingOptions) => Promise<string>): Promise<number> {
  try {
    const config = readConfig(process.env);
    const store = await openStore(config);
    try {
      const options = {
        ...{ store: store.signingKeys, vault: createVault(config.keysSecret), rotateAfterMs: config.rotateAfterMs },
        ...{ newId: Bun.randomUUIDv7, now: () => new Date() },
      };
      // Opened first: a key that is sealed with another secret would be of no use to the replicas.
      await openKeyRing(options);
      console.log(await manage(options));
      return 0;
    } finally {
      await store.close();
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

async function start(closing: Closing): Promise<Started> {
  const config = readConfig(process.env);
  const { issuer, rotateAfterMs, clients, origins } = config;
  const observability = await openObservability(NAME, config, closing);
  const { log, registry, watchQueue, database: watch } = observability;
  const store = await openStore(config, watch);
  closing(() => store.close());

  const time = { newId: Bun.randomUUIDv7, now: () => new Date() };
  const passwords = createPasswords({
    ...config.hashing,
    watch: (figures) => watchQueue("password-hashing", figures),
    // Whoever signs in waits a little longer, rather than everybody else.
    onWork: createBackgroundThreads(),
  });
  const vault = createVault(config.keysSecret);
  const keys = await openKeyRing({ store: store.signingKeys, vault, rotateAfterMs, ...time });
  if (config.admin) await ensureAdmin({ users: store.users, passwords, ...time }, config.admin, log);
  closing(startUpkeep({ keys, store, log }));
  closing(startAuditRetention(store.audit, { retentionDays: config.auditRetentionDays, log }));

  const postbox = await openPostbox(config.mail, log);
  closing(() => postbox.close());

  const tokens = createTokenIssuer({ keys, issuer, ...time });
  const { fingerprintKey } = vault;
  const own = { issuer, origin: origins[NAME], clients, fingerprintKey, postbox, mailPages: config.mail.pages };
  const handlers = createUserAuthentication({ store, passwords, keys, tokens, ...own, ...time });
  const counted = { ...handlers, logIn: countLogins(registry, handlers.logIn) };
  const server = createService(NAME, counted, {
    authenticate: createVerifier({ issuer, keys }),
    isOver: createSessionCheck(store.sessions),
    origins,
    allowedOrigins: config.allowedOrigins,
    trustedProxies: config.trustedProxies,
    rateLimits: config.rateLimits,
    checkResponses: config.checkResponses,
    readiness: () => store.ping(),
    observability,
  });
  return { ...config, server };
}

/** Loads one driver only: the other one would take 30 MB for nothing. */
async function openStore(config: UsersConfig, watch?: DatabaseWatch): Promise<Store> {
  const { storeUrl: url, storePoolMax: poolMax, storeTimeoutMs: timeoutMs } = config;
  const options = { url, poolMax, timeoutMs, name: NAME, ...(watch && { watch }) };
  if (url.startsWith("mongodb")) return (await import("./store/mongo.ts")).openMongoStore(options);
  return (await import("./store/postgres.ts")).openPostgresStore(options);
}

/** Loads what sends mails only where some are sent. */
async function openPostbox({ url, from }: MailConfig, log: Log): Promise<Postbox> {
  if (url === undefined) {
    log.warn("MAIL_URL is not set: no mail is sent, so nobody can verify an email or reset a password");
    return createPostbox({ mailer: undefined, log });
  }
  const mailer = url.startsWith("file:")
    ? (await import("./file_mailer.ts")).createFileMailer(Bun.fileURLToPath(url))
    : (await import("./smtp_mailer.ts")).createSmtpMailer({ url, from });
  return createPostbox({ mailer, log });
}

async function ensureAdmin(ports: FirstAdminPorts, login: AdminLogin, log: Log): Promise<void> {
  const outcome = await ensureFirstAdmin(ports, login);
  if (outcome === "not-owned") {
    log.warn("ADMIN_EMAIL is the email of an account with another password: it is left as it is, and is no admin");
  } else if (outcome !== "is-admin") log.info(`The admin of the configuration was ${outcome}`);
}
