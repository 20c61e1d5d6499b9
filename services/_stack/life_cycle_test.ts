import { afterEach, expect, test } from "bun:test";
import { copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { migrate } from "#platform/migrate.ts";
import { connectPostgres } from "#platform/postgres.ts";
import { createClient } from "#sdk";
import { databaseOf } from "./databases.ts";
import { findMongo } from "./engines/mongo.ts";
import { ROOT } from "./paths.ts";
import { freePorts } from "./ports.ts";
import { byService, SERVICE_NAMES } from "./service_names.ts";
import { createTestFolder, describeWithMongo } from "./setup.ts";
import type { Stack } from "./stack.ts";
import { startTestStack, type TestStackOptions } from "./test_stack.ts";

/** Beside the first one of each service: ten processes. */
const FURTHER = { "user-authentication": 3, "product-management": 2, "order-processing": 2 } as const;
const STARTS_WITHIN_MS = 120_000;

let stack: Stack | undefined;
afterEach(async () => {
  await stack?.stop();
  stack = undefined;
}, 30_000);

/** Ten processes at once, on databases that are empty. */
async function startTen(options: TestStackOptions = {}): Promise<Stack> {
  const ports = [...(await freePorts(7))];
  const furtherPorts = byService((name) => ports.splice(0, FURTHER[name]));
  stack = await startTestStack({ ...options, furtherPorts });
  const pids = SERVICE_NAMES.flatMap((name) => stack?.replicas[name].map(({ pid }) => pid) ?? []);
  expect(new Set(pids).size).toBe(10);
  return stack;
}

/** What replicas that start at once could make twice. */
async function expectOneStart({ origins, admin }: Stack): Promise<void> {
  const visitor = createClient({ baseUrl: origins });
  const { body: tokens } = await visitor.logIn({ body: admin });
  const { body: users } = await createClient({ baseUrl: origins, token: tokens.access_token }).listUsers({});
  expect(users.items.map(({ email }) => email)).toEqual([admin.email]);
  expect((await visitor.getJsonWebKeySet()).body.keys).toHaveLength(1);
}

test(
  "ten processes that start at once on an empty Postgres migrate once and are all ready",
  async () => {
    const running = await startTen();
    for (const name of SERVICE_NAMES) {
      const rows = await query(
        running.postgres.databaseUrl(databaseOf(name)),
        "SELECT name FROM schema_migrations ORDER BY 1",
      );
      expect(rows.map((row) => row.name)).toEqual(readdirSync(migrationsOf(name)).sort()); // each would fail if it ran twice
    }
    await expectOneStart(running);
  },
  STARTS_WITHIN_MS,
);

describeWithMongo("on MongoDB", () => {
  test(
    "ten processes that start at once on an empty database are all ready, and make one admin and one key",
    async () => {
      const mongo = await findMongo({ environment: process.env, install: true });
      if ("missing" in mongo) throw new Error(`There is ${mongo.missing}`);
      await expectOneStart(await startTen({ mongo }));
    },
    STARTS_WITHIN_MS,
  );
});

test(
  "programs go on, and start, beside a schema that the next release has expanded",
  async () => {
    stack = await startTestStack();
    const shop = await openShop(stack);
    await shop.buy();
    await expandAll(stack); // what the first replica of the next release does before it listens
    await shop.buy();
    await Promise.all(SERVICE_NAMES.map((name) => stack?.services[name].restart()));
    await shop.buy();
  },
  STARTS_WITHIN_MS,
);

/** A migration of the next release: a column, a table and an index that this release knows nothing of. */
const EXPANSIONS = {
  "user-authentication":
    "ALTER TABLE users ADD COLUMN nickname text; CREATE INDEX users_by_nickname ON users (nickname)",
  "product-management":
    "ALTER TABLE products ADD COLUMN weight integer NOT NULL DEFAULT 0; CREATE TABLE shelves (id uuid)",
  "order-processing":
    "ALTER TABLE orders ADD COLUMN gift boolean NOT NULL DEFAULT false; CREATE TABLE parcels (id uuid)",
} as const;

async function expandAll({ storeUrls }: Stack): Promise<void> {
  for (const name of SERVICE_NAMES) {
    const folder = createTestFolder();
    for (const file of readdirSync(migrationsOf(name)))
      copyFileSync(join(migrationsOf(name), file), join(folder, file));
    writeFileSync(join(folder, "9999_next_release.sql"), EXPANSIONS[name]);
    const database = await connectPostgres({ url: storeUrls[name], poolMax: 1, timeoutMs: 5_000 });
    await migrate(database, folder);
    await database.close();
  }
}

/** A new account, a new product and an order each time: every table that was expanded is written and read. */
async function openShop({ origins }: Stack): Promise<{ buy(): Promise<void> }> {
  const visitor = createClient({ baseUrl: origins });
  const buy = async (): Promise<void> => {
    const login = { email: `${crypto.randomUUID()}@example.com`, password: `pass ${crypto.randomUUID()}` };
    await visitor.registerUser({ body: { ...login, displayName: "Somebody" } });
    const client = createClient({ baseUrl: origins, token: (await visitor.logIn({ body: login })).body.access_token });
    const price = { amount: 100, currency: "USD" };
    const { body: product } = await client.createProduct({
      body: { sku: crypto.randomUUID(), name: "Kite", price, stock: 1 },
    });
    const shippingAddress = {
      name: "A",
      line1: "1 Main Street",
      city: "Arlington",
      postalCode: "22201",
      country: "US",
    };
    const { body: order } = await client.createOrder({
      body: { items: [{ productId: product.id, quantity: 1 }], shippingAddress },
    });
    expect(order.status).toBe("confirmed");
  };
  return { buy };
}

function migrationsOf(name: string): string {
  return join(ROOT, "services", name, "store/migrations");
}

async function query(url: string, statement: string): Promise<readonly postgres.Row[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
