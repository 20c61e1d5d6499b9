import { afterAll, beforeAll, setDefaultTimeout } from "bun:test";
import { createVerifier } from "#platform/access_token.ts";
import type { Authenticate } from "#platform/authentication.ts";
import { connectPostgres, type Postgres } from "#platform/postgres.ts";
import { createService, type Service } from "#platform/service.ts";
import { type Client, createClient } from "#sdk";
import { createPostgresDatabase } from "../_stack/setup.ts";
import type { Dependencies } from "./dependencies.ts";
import { openKeyRing } from "./key_ring.ts";
import { createUserAuthentication } from "./mod.ts";
import { createPasswords } from "./password.ts";
import { createPostbox } from "./postbox.ts";
import { parseServiceClients } from "./service_client.ts";
import { createSessionCheck } from "./session.ts";
import { type ReceivedMail, type SmtpServer, startSmtpServer } from "./smtp_fixture.ts";
import { createSmtpMailer } from "./smtp_mailer.ts";
import { openPostgresStore } from "./store/postgres.ts";
import { createTokenIssuer } from "./token_issuer.ts";
import { createUser, type Role, type User } from "./user.ts";
import { createVault } from "./vault.ts";

/** The first test waits for the engine to start. */
const TIMEOUT_MS = 60_000;

/** The password of every account of a fixture. */
export const PASSWORD = "quiet lanterns over the harbour";
export const CLIENT = { id: "order-processing", secret: "a secret of a service, 32 or more".replaceAll(" ", "-") };
export const SENDER = "Tradepost <no-reply@tradepost.example>";
export const ISSUER = "http://issuer.example";

const CUSTOMER: readonly Role[] = ["customer"];

/** An account with a session. */
export interface SignedIn {
  readonly user: User;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Calls as this user. */
  readonly client: Client;
}

/** The real service over a real store on a database of its own. */
export interface Fixture {
  readonly service: Service;
  readonly dependencies: Dependencies;
  /** For what time would do. */
  readonly database: Postgres;
  readonly authenticate: Authenticate;
  /** Calls without a token, once. */
  readonly client: Client;
  /** The mails that were sent to an email. */
  mails(email: string): Promise<readonly ReceivedMail[]>;
  readonly smtp: SmtpServer;
  /** What the log was told of mails that could not be sent. */
  readonly warnings: readonly object[];
  /** Keeps an account without the work of hashing its password. */
  addUser(options?: { roles?: readonly Role[]; displayName?: string }): Promise<User>;
  /** The same, and logs in. */
  signIn(options?: { roles?: readonly Role[]; displayName?: string }): Promise<SignedIn>;
}

/** Makes a fixture before the tests of a file, and closes it after them. */
export function useFixture(): Fixture {
  setDefaultTimeout(TIMEOUT_MS);
  let open: Fixture | undefined;
  beforeAll(async () => {
    open = await openFixture();
  });
  afterAll(async () => {
    await open?.dependencies.postbox.close();
    await open?.smtp.stop();
    await open?.dependencies.store.close();
    await open?.database.close();
  });
  return new Proxy({} as Fixture, {
    // Only tests look at it, and they run after beforeAll.
    get: (_, name) => Reflect.get(open!, name),
  });
}

async function openFixture(): Promise<Fixture> {
  const { url } = await createPostgresDatabase();
  const smtp = await startSmtpServer();
  const warnings: object[] = [];
  const options = { url, poolMax: 5, timeoutMs: 10_000 };
  const store = await openPostgresStore(options);
  const database = await connectPostgres({ ...options, poolMax: 1 });
  const time = { newId: Bun.randomUUIDv7, now: () => new Date() };
  const vault = createVault("k".repeat(32));
  const keys = await openKeyRing({ store: store.signingKeys, vault, rotateAfterMs: 86_400_000, ...time });
  const read = parseServiceClients(`${CLIENT.id}:${CLIENT.secret}`);
  if ("fault" in read) throw new Error(read.fault);
  const dependencies: Dependencies = {
    ...{ store, keys, clients: read.clients, issuer: ISSUER, origin: "http://origin.example", ...time },
    passwords: createPasswords({ running: 2, waiting: 100, waitMs: 30_000 }),
    tokens: createTokenIssuer({ keys, issuer: ISSUER, ...time }),
    fingerprintKey: vault.fingerprintKey,
    postbox: createPostbox({
      mailer: createSmtpMailer({ url: smtp.url, from: SENDER }),
      log: { warn: (message, fields) => warnings.push({ message, ...fields }) },
      delaysMs: [10, 50],
    }),
    mailPages: { passwordReset: "https://shop.example/reset" },
  };
  const authenticate = createVerifier({ issuer: ISSUER, keys });
  const service = openService(dependencies, authenticate);
  const client = clientOf(service);
  const passwordHash = await dependencies.passwords.hash(PASSWORD);

  const addUser: Fixture["addUser"] = async ({ roles = CUSTOMER, displayName = "Ada" } = {}) => {
    const id = Bun.randomUUIDv7();
    const user = createUser({ id, email: `${id}@example.com`, displayName, roles, now: new Date() });
    await store.users.insert({ user, passwordHash });
    return user;
  };
  const signIn: Fixture["signIn"] = async (person) => {
    const user = await addUser(person);
    const { body } = await client.logIn({ body: { email: user.email, password: PASSWORD } });
    const { access_token: accessToken, refresh_token: refreshToken } = body;
    return { user, accessToken, refreshToken, client: clientOf(service, accessToken) };
  };
  const mails: Fixture["mails"] = async (email) => {
    await dependencies.postbox.idle();
    return smtp.received.filter(({ to }) => to.includes(email));
  };
  return { service, dependencies, database, authenticate, client, addUser, signIn, mails, smtp, warnings };
}

/** The service of these dependencies; every reply is checked against the contract. */
export function openService(dependencies: Dependencies, authenticate: Authenticate): Service {
  const origins = {
    "user-authentication": "http://localhost:3000",
    "product-management": "http://localhost:3001",
    "order-processing": "http://localhost:3002",
  };
  const handlers = createUserAuthentication(dependencies);
  const isOver = createSessionCheck(dependencies.store.sessions);
  return createService("user-authentication", handlers, { authenticate, isOver, origins, checkResponses: true });
}

/** A client that sends each request once. */
export function clientOf({ handle }: Service, token?: string): Client {
  return createClient({
    baseUrl: "http://localhost",
    fetch: handle,
    retry: { attempts: 1 },
    timeoutMs: 30_000,
    ...(token !== undefined && { token }),
  });
}
