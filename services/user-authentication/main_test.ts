import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createClient } from "#sdk";
import { freePort } from "../_stack/ports.ts";
import { createMongoDatabase, createPostgresDatabase, describeWithMongo, type TestDatabase } from "../_stack/setup.ts";

setDefaultTimeout(60_000);

const ADMIN = { email: "admin@example.com", password: "a long enough passphrase" };
const SETTINGS = {
  KEYS_SECRET: "k".repeat(32),
  ADMIN_EMAIL: ADMIN.email,
  ADMIN_PASSWORD: ADMIN.password,
  SERVICE_CLIENTS: `order-processing:${"s".repeat(32)}`,
  CHECK_RESPONSES: "true",
};

const children = new Set<Bun.Subprocess>();

afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

function start(environment: Record<string, string>) {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/main.ts`], {
    env: { PATH: process.env.PATH, ...SETTINGS, ...environment },
    stdout: "pipe",
    stderr: "pipe",
  });
  children.add(child);
  return child;
}

async function startReady(storeUrl: string) {
  const port = await freePort();
  const child = start({ PORT: String(port), STORE_URL: storeUrl });
  const baseUrl = `http://127.0.0.1:${port}`;
  while (!(await isReady(baseUrl))) {
    if (child.exitCode !== null) throw new Error(await new Response(child.stderr).text());
    await Bun.sleep(20);
  }
  return { child, baseUrl };
}

async function isReady(baseUrl: string): Promise<boolean> {
  try {
    return (await fetch(`${baseUrl}/readyz`)).ok;
  } catch {
    return false;
  }
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
