import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createClient } from "#sdk";
import { mainsIn } from "../_stack/main_fixture.ts";
import { createMongoDatabase, createPostgresDatabase, describeWithMongo, type TestDatabase } from "../_stack/setup.ts";
import { openKeyRing, rotateKeys } from "./key_ring.ts";
import { openMongoStore } from "./store/mongo.ts";
import { openPostgresStore } from "./store/postgres.ts";
import { createVault } from "./vault.ts";

setDefaultTimeout(60_000);

const ADMIN = { email: "admin@example.com", password: "a long enough passphrase" };
const SETTINGS = {
  KEYS_SECRET: "k".repeat(32),
  ADMIN_EMAIL: ADMIN.email,
  ADMIN_PASSWORD: ADMIN.password,
  SERVICE_CLIENTS: `order-processing:${"s".repeat(32)}`,
};

const mains = mainsIn(import.meta.dir);
afterEach(() => mains.killAll());

const start = (environment: Record<string, string>) => mains.start({ ...SETTINGS, ...environment });
const startReady = (storeUrl: string) => mains.startReady({ ...SETTINGS, STORE_URL: storeUrl });

/** Runs a command of the process about its keys. */
async function manage(
  url: string,
  command: readonly string[],
  secret = SETTINGS.KEYS_SECRET,
): Promise<[code: number, line: string]> {
  const env = { PATH: process.env.PATH, ...SETTINGS, STORE_URL: url, KEYS_SECRET: secret };
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/main.ts`, ...command], {
    ...{ env, stdout: "pipe", stderr: "pipe" },
  });
  const texts = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return [await child.exited, texts.join("")];
}

/** A key of two days ago, and the one that followed it. @returns Their ids. */
async function makeOldKeys(url: string): Promise<[retired: string, current: string]> {
  const open = url.startsWith("mongodb") ? openMongoStore : openPostgresStore;
  const store = await open({ url, poolMax: 2, timeoutMs: 10_000 });
  const before = () => new Date(Date.now() - 2 * 86_400_000);
  const options = {
    ...{ store: store.signingKeys, vault: createVault(SETTINGS.KEYS_SECRET), rotateAfterMs: 90 * 86_400_000 },
    ...{ newId: Bun.randomUUIDv7, now: before },
  };
  await openKeyRing(options);
  await rotateKeys(options);
  const keys = await store.signingKeys.list();
  await store.close();
  const kidOf = (wanted: number) => keys.find(({ generation }) => generation === wanted)!.kid;
  return [kidOf(1), kidOf(2)];
}

function testProcess(createDatabase: () => Promise<TestDatabase>): void {
  test("serves, ends cleanly, and knows its users, keys and admin after a restart", async () => {
    const { url } = await createDatabase();
    const first = await startReady(url);
    const client = createClient({ baseUrl: first.baseUrl });
    const ada = { email: "ada@example.com", password: "quiet lanterns over the harbour" };
    await client.registerUser({ body: { ...ada, displayName: "Ada" } });
    const { body: tokens } = await client.logIn({ body: ada });
    const profile = await client.getProfile({}, { token: tokens.access_token });
    expect(profile.body.email).toBe(ada.email);

    first.child.kill("SIGTERM");
    expect(await first.child.exited).toBe(0);
    const log = await new Response(first.child.stdout).text();
    for (const secret of [
      ada.password,
      ADMIN.password,
      SETTINGS.KEYS_SECRET,
      tokens.access_token,
      tokens.refresh_token,
    ]) {
      expect(log).not.toContain(secret);
    }
    expect(log).toContain('"operationId":"logIn"');

    const again = createClient({ baseUrl: (await startReady(url)).baseUrl });
    const { body } = await again.getProfile({}, { token: tokens.access_token });
    expect(body).toEqual(profile.body);
    const renewed = await again.refreshTokens({ body: { refresh_token: tokens.refresh_token } });
    await again.logOut({ body: { refresh_token: renewed.body.refresh_token } });
    const admin = await again.logIn({ body: ADMIN });
    const { body: users } = await again.listUsers({}, { token: admin.body.access_token });
    expect(users.items.map(({ email }) => email).sort()).toEqual([ada.email, ADMIN.email].sort());
  });

  test("rotate-keys publishes the next key once, and tokens of before go on", async () => {
    const { url } = await createDatabase();
    const rotate = (secret: string) => manage(url, ["rotate-keys"], secret);
    const first = createClient({ baseUrl: (await startReady(url)).baseUrl });
    const { body: tokens } = await first.logIn({ body: ADMIN });
    expect(await rotate(SETTINGS.KEYS_SECRET)).toEqual([0, expect.stringContaining("signs from")]);
    expect(await rotate(SETTINGS.KEYS_SECRET)).toEqual([0, expect.stringContaining("Nothing to do")]);
    expect(await rotate("l".repeat(32))).toEqual([1, expect.stringContaining("KEYS_SECRET does not open")]);

    const second = createClient({ baseUrl: (await startReady(url)).baseUrl });
    const [{ body: before }, { body: after }] = [await first.getJsonWebKeySet(), await second.getJsonWebKeySet()];
    expect(after.keys).toHaveLength(2);
    expect(after.keys[0]).toEqual(before.keys[0]!);
    expect((await second.getProfile({}, { token: tokens.access_token })).status).toBe(200);
  });

  test("withdraw-key ends every token by the key that signs, and another one signs", async () => {
    const { url } = await createDatabase();
    const first = createClient({ baseUrl: (await startReady(url)).baseUrl });
    const { body: tokens } = await first.logIn({ body: ADMIN });
    const { kid } = (await first.getJsonWebKeySet()).body.keys[0]!;
    expect(await manage(url, ["withdraw-key", "unknown"])).toEqual([1, expect.stringContaining("no such key")]);
    expect(await manage(url, ["withdraw-key"])).toEqual([0, expect.stringContaining(`The key ${kid} is withdrawn`)]);
    expect(await manage(url, ["withdraw-key", kid])).toEqual([1, expect.stringContaining("withdrawn already")]);
    const second = createClient({ baseUrl: (await startReady(url)).baseUrl });
    const { keys } = (await second.getJsonWebKeySet()).body;
    expect(keys).toHaveLength(1);
    expect(keys[0]?.kid).not.toBe(kid);
    await expect(second.getProfile({}, { token: tokens.access_token })).rejects.toMatchObject({ status: 401 });
    const renewed = await second.refreshTokens({ body: { refresh_token: tokens.refresh_token } });
    expect((await second.getProfile({}, { token: renewed.body.access_token })).status).toBe(200);
  });

  test("withdraw-key does not bring back a key that has retired", async () => {
    const { url } = await createDatabase();
    const [retired, current] = await makeOldKeys(url);
    const first = createClient({ baseUrl: (await startReady(url)).baseUrl });
    expect((await first.getJsonWebKeySet()).body.keys.map(({ kid }) => kid)).toEqual([current]);
    expect(await manage(url, ["withdraw-key"])).toEqual([
      0,
      expect.stringContaining(`The key ${current} is withdrawn`),
    ]);
    const second = createClient({ baseUrl: (await startReady(url)).baseUrl });
    const { keys } = (await second.getJsonWebKeySet()).body;
    expect(keys).toHaveLength(1);
    expect([retired, current]).not.toContain(keys[0]!.kid);
    const { body: tokens } = await second.logIn({ body: ADMIN });
    expect((await second.getProfile({}, { token: tokens.access_token })).status).toBe(200);
  });

  test("does not start with another KEYS_SECRET than its keys were made with", async () => {
    const { url } = await createDatabase();
    const { child } = await startReady(url);
    child.kill("SIGTERM");
    await child.exited;
    const other = start({ PORT: "0", STORE_URL: url, KEYS_SECRET: "l".repeat(32) });
    expect(await other.exited).toBe(1);
    expect(await new Response(other.stderr).text()).toBe(
      "Cannot start: KEYS_SECRET does not open the stored signing keys: it must be the one they were made with\n",
    );
  });
}

describe("the process on Postgres", () => testProcess(createPostgresDatabase));
describeWithMongo("the process on MongoDB", () => testProcess(createMongoDatabase));

test("the process names every fault of its settings in one line, and ends", async () => {
  const child = start({ STORE_URL: "mysql://localhost/users", KEYS_SECRET: "short" });
  expect(await child.exited).toBe(1);
  const line = await new Response(child.stderr).text();
  expect(line).toMatch(/^Cannot start: .*STORE_URL.*KEYS_SECRET.*\n$/);
});
