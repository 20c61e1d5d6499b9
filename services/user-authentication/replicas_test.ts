/** Two replicas on one database, and services that trust them: what one does holds at the other. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createVerifier } from "#platform/access_token.ts";
import type { Authenticate } from "#platform/authentication.ts";
import { createRemoteKeys } from "#platform/key_source.ts";
import type { Service } from "#platform/service.ts";
import type { Client } from "#sdk";
import { createMongoDatabase, createPostgresDatabase, describeWithMongo } from "../_stack/setup.ts";
import type { Dependencies } from "./dependencies.ts";
import { type KeyRing, type KeyRingOptions, openKeyRing, rotateKeys, withdrawKey } from "./key_ring.ts";
import { createPasswords } from "./password.ts";
import { createPostbox } from "./postbox.ts";
import { clientOf, ISSUER, openService, PASSWORD } from "./service_fixture.ts";
import { PUBLISH_EARLY_MS } from "./signing_key.ts";
import type { Store } from "./store/mod.ts";
import { openMongoStore } from "./store/mongo.ts";
import { openPostgresStore } from "./store/postgres.ts";
import { createTokenIssuer } from "./token_issuer.ts";
import { createVault } from "./vault.ts";

setDefaultTimeout(60_000);

const PERIOD_MS = 30 * 86_400_000;
const WRONG = "not the right passphrase";
const REFUSED = { status: 401 };

/** One replica, with connections, keys and a line for passwords of its own. */
interface Replica {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly keyOptions: KeyRingOptions;
  readonly service: Service;
  readonly client: Client;
}

/** A clock that all replicas share, for what time would do. */
const clock = { aheadMs: 0 };
const now = (): Date => new Date(Date.now() + clock.aheadMs);

async function openReplica(store: Store): Promise<Replica> {
  const time = { newId: Bun.randomUUIDv7, now };
  const vault = createVault("k".repeat(32));
  const keyOptions = { store: store.signingKeys, vault, rotateAfterMs: PERIOD_MS, ...time };
  const keys = await openKeyRing(keyOptions);
  const dependencies: Dependencies = {
    ...{ store, keys, clients: new Map(), issuer: ISSUER, origin: ISSUER, mailPages: {}, ...time },
    passwords: createPasswords({ running: 2, waiting: 100, waitMs: 30_000 }),
    tokens: createTokenIssuer({ keys, issuer: ISSUER, ...time }),
    postbox: createPostbox({ mailer: undefined, log: { warn() {} } }),
    fingerprintKey: vault.fingerprintKey,
  };
  const service = openService(dependencies, createVerifier({ issuer: ISSUER, keys, nowMs: () => now().getTime() }));
  return { store, keys, keyOptions, service, client: clientOf(service) };
}

/** Another service, which reads the keys of one replica; every look is far enough from the one before. */
function serviceBehind({ service }: Replica): Authenticate {
  let readMs = 0;
  const keys = createRemoteKeys({
    url: "http://localhost/.well-known/jwks.json",
    fetch: (request) => service.handle(request),
    nowMs: () => {
      readMs += 61_000;
      return readMs;
    },
  });
  return createVerifier({ issuer: ISSUER, keys, nowMs: () => now().getTime() });
}

function testReplicas(createDatabase: () => Promise<{ url: string }>, openStore: typeof openPostgresStore): void {
  let [first, second] = [] as unknown as [Replica, Replica]; // opened before the tests

  beforeAll(async () => {
    const { url } = await createDatabase();
    const open = async () => openReplica(await openStore({ url, poolMax: 5, timeoutMs: 10_000 }));
    [first, second] = await Promise.all([open(), open()]);
  });
  afterAll(async () => {
    await first?.store.close();
    await second?.store.close();
  });

  async function newAccount(): Promise<{ email: string; password: string }> {
    const login = { email: `${crypto.randomUUID()}@example.com`, password: PASSWORD };
    await first.client.registerUser({ body: { ...login, displayName: "Ada" } });
    return login;
  }

  test("failures at one replica slow down the account at the other, and so does guessing at both at once", async () => {
    const [guessed, both] = [await newAccount(), await newAccount()];
    for (let count = 0; count < 6; count++) {
      await expect(first.client.logIn({ body: { ...guessed, password: WRONG } })).rejects.toMatchObject(REFUSED);
    }
    await expect(second.client.logIn({ body: guessed })).rejects.toMatchObject({ status: 429 });
    const guesses = Array.from({ length: 20 }, (_, at) =>
      (at % 2 === 0 ? first : second).client
        .logIn({ body: { ...both, password: WRONG } })
        .catch(({ status }) => status),
    );
    const statuses = await Promise.all(guesses);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(6);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
  });

  test("a refresh token used at both replicas at once, or again at the other, is found out", async () => {
    const { body } = await first.client.logIn({ body: await newAccount() });
    const refresh = (replica: Replica, refresh_token: string) =>
      replica.client.refreshTokens({ body: { refresh_token } });
    const old = body.refresh_token;
    const { body: next } = await refresh(first, old);
    const { body: youngest } = await refresh(second, next.refresh_token);
    await expect(refresh(second, old)).rejects.toMatchObject(REFUSED);
    for (const token of [youngest.refresh_token, next.refresh_token]) {
      await expect(refresh(first, token)).rejects.toMatchObject(REFUSED);
    }
  });

  test("what one replica revokes the other refuses: refresh tokens, and what is sensitive at once", async () => {
    const login = await newAccount();
    const { body: mine } = await first.client.logIn({ body: login });
    const { body: theirs } = await second.client.logIn({ body: login });
    const as = ({ access_token: token }: { access_token: string }) => ({ token });
    expect((await second.client.listSessions({}, as(mine))).body.items).toHaveLength(2);
    await first.client.logOut({ body: { refresh_token: theirs.refresh_token } });
    await expect(second.client.listSessions({}, as(theirs))).rejects.toMatchObject(REFUSED);
    const refreshing = second.client.refreshTokens({ body: { refresh_token: theirs.refresh_token } });
    await expect(refreshing).rejects.toMatchObject(REFUSED);
    await second.client.endAllSessions({}, as(mine));
    await expect(first.client.listSessions({}, as(mine))).rejects.toMatchObject(REFUSED);
    expect((await first.client.getProfile({}, as(mine))).status).toBe(200);
  });

  test("a key that is rotated at one replica signs at both when its turn comes, and every service verifies by it", async () => {
    const login = await newAccount();
    const others = [serviceBehind(first), serviceBehind(second)];
    const { body: before } = await second.client.logIn({ body: login });
    await rotateKeys(first.keyOptions);
    await Promise.all([first.keys.reload(), second.keys.reload()]);
    const kids = first.keys.published.keys.map(({ kid }) => kid);
    expect(kids).toHaveLength(2);
    expect(second.keys.published).toEqual(first.keys.published);
    for (const verify of others) expect(await verify(before.access_token, "user")).toMatchObject({ kind: "user" });
    clock.aheadMs = PUBLISH_EARLY_MS + 1000;
    await Promise.all([first.keys.reload(), second.keys.reload()]);
    for (const replica of [first, second]) {
      const { body: after } = await replica.client.logIn({ body: login });
      expect(Buffer.from(after.access_token.split(".")[0]!, "base64url").toString()).toContain(kids[1]!);
      for (const verify of others) expect(await verify(after.access_token, "user")).toMatchObject({ kind: "user" });
    }
    clock.aheadMs = 0;
    await Promise.all([first.keys.reload(), second.keys.reload()]);
  });

  test("a key that is withdrawn at one replica is of no use at the other and at every service", async () => {
    const login = await newAccount();
    const others = [serviceBehind(first), serviceBehind(second)];
    const { body: stolen } = await first.client.logIn({ body: login });
    for (const verify of others) await verify(stolen.access_token, "user");
    await withdrawKey(second.keyOptions);
    await Promise.all([first.keys.reload(), second.keys.reload()]);
    for (const replica of [first, second]) {
      const profile = replica.client.getProfile({}, { token: stolen.access_token });
      await expect(profile).rejects.toMatchObject(REFUSED);
    }
    const refused = async (verify: Authenticate): Promise<boolean> => {
      // The first look has the keys read again, behind the request.
      await Promise.resolve(verify(stolen.access_token, "user")).catch(() => {});
      await Bun.sleep(50);
      return Promise.resolve()
        .then(() => verify(stolen.access_token, "user"))
        .then(() => false)
        .catch(() => true);
    };
    expect(await Promise.all(others.map(refused))).toEqual([true, true]);
    const { body: fresh } = await second.client.logIn({ body: login });
    for (const verify of others) expect(await verify(fresh.access_token, "user")).toMatchObject({ kind: "user" });
  });

  test("mails to one receiver are counted by both", async () => {
    const { email } = await newAccount();
    const ask = (replica: Replica) => replica.client.requestPasswordReset({ body: { email } });
    for (const replica of [first, second, first, second]) await ask(replica);
    await expect(ask(first)).rejects.toMatchObject({ status: 429 });
    await expect(ask(second)).rejects.toMatchObject({ status: 429 });
  });
}

describe("two replicas on Postgres", () => testReplicas(createPostgresDatabase, openPostgresStore));
describeWithMongo("two replicas on MongoDB", () => testReplicas(createMongoDatabase, openMongoStore));
