import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { connectPostgres, type Postgres } from "#platform/postgres.ts";
import { expectForgetting } from "../../_stack/audit_fixture.ts";
import { createPostgresDatabase } from "../../_stack/setup.ts";
import { testOrderStore } from "./contract.ts";
import type { OrderFilter, StoreTimes } from "./mod.ts";
import { migrateOrders, PostgresOrderStore } from "./postgres.ts";
import { PostgresOutbox } from "./postgres_outbox.ts";

/** Real engines on a busy machine take their time. */
setDefaultTimeout(60_000);

const TIMES: StoreTimes = { leaseMs: 1, commandLifeMs: 1, pendingLimitMs: 1, editLimitMs: 1, purgeDelayMs: 1 };
const databases: Postgres[] = [];

async function createDatabase(): Promise<Postgres> {
  const { url } = await createPostgresDatabase();
  const database = await connectPostgres({ url, poolMax: 8, timeoutMs: 5000 });
  databases.push(database);
  await migrateOrders(database);
  return database;
}

afterAll(async () => {
  await Promise.all(databases.map((database) => database.close()));
});

testOrderStore("PostgresOrderStore", async () => {
  const database = await createDatabase();
  return (times) => ({
    orders: new PostgresOrderStore(database, times),
    outbox: new PostgresOutbox(database, times),
  });
});

test("the trail forgets what is older than it is kept", async () => {
  await expectForgetting(new PostgresOrderStore(await createDatabase(), TIMES).trail);
});

test("a key that is too old is free again, and is forgotten", async () => {
  const database = await createDatabase();
  const orders = new PostgresOrderStore(database, TIMES);
  const customerId = Bun.randomUUIDv7();
  const shippingAddress = { name: "Ada", line1: "12", city: "London", postalCode: "SW1Y", country: "GB" };
  const place = (key: string, fingerprint: string) => {
    const items = [{ productId: customerId, quantity: 1 }];
    const draft = { id: Bun.randomUUIDv7(), customerId, items, shippingAddress, at: new Date() };
    return orders.place(draft, { scope: "createOrder", key, fingerprint });
  };
  await place("a", "f1");
  await place("b", "f1");
  expect(await place("a", "f2")).toBeUndefined();
  expect(await orders.forgetKeys(10)).toBe(0);
  await database.query`UPDATE idempotency_records SET expires_at = now(), reply = '{"status":201}'`;
  expect(await orders.findClaim("createOrder", "a")).toBeUndefined();
  const again = await place("a", "f2");
  expect(await orders.findClaim("createOrder", "a")).toEqual({
    orderId: again!.lease.orderId,
    record: { scope: "createOrder", key: "a", fingerprint: "f2", reply: null },
  });
  expect(await orders.forgetKeys(10)).toBe(1);
});

describe("the plans on a filled table", () => {
  const CUSTOMER = "00000000-0000-7000-8000-000000000003";
  const EVERYTHING: OrderFilter = { customerId: undefined, status: undefined, afterId: undefined, limit: 11 };
  let database: Postgres;

  beforeAll(async () => {
    database = await createDatabase();
    await fill(database);
  });

  const listed = (filter: Partial<OrderFilter>) =>
    planOf(database, (explained) => new PostgresOrderStore(explained, TIMES).list({ ...EVERYTHING, ...filter }));

  test.each([
    ["everything", {}, "orders_pkey"],
    ["everything of a status", { status: "fulfilled" }, "orders_by_status"],
    ["a customer's", { customerId: CUSTOMER }, "orders_by_customer"],
    ["a customer's of a status", { customerId: CUSTOMER, status: "cancelled" }, "orders_by_customer_status"],
  ] as const)("list() of %s reads its page from an index, in its order", async (_, filter, index) => {
    for (const afterId of [undefined, "00000000-0000-7000-8000-000000001fff"]) {
      const plan = await listed({ ...filter, afterId });
      expect(plan).toMatch(new RegExp(`Index Scan Backward using ${index} `));
      expect(plan).not.toMatch(/Sort|Seq Scan/);
    }
  });

  test("the background looks only at what is undecided, due, settled or expired", async () => {
    const orders = (explained: Postgres) => new PostgresOrderStore(explained, TIMES);
    const outbox = (explained: Postgres) => new PostgresOutbox(explained, TIMES);
    const plans = await Promise.all([
      planOf(database, (explained) => orders(explained).leaseUndecided(10)),
      planOf(database, (explained) => outbox(explained).leaseStock(10)),
      planOf(database, (explained) => outbox(explained).leaseEvents(10)),
      planOf(database, (explained) => outbox(explained).discardEvents(10)),
      planOf(database, (explained) => outbox(explained).leasePurge(10)),
      planOf(database, (explained) => outbox(explained).forgetEvents(10)),
      planOf(database, (explained) => outbox(explained).listDead(10)),
      planOf(database, (explained) => orders(explained).forgetKeys(10)),
    ]);
    const indexes = [
      "orders_undecided",
      "outbox_undone",
      "outbox_undone",
      "outbox_undone",
      "outbox_done",
      "outbox_done",
      "outbox_dead",
      "by_expiry",
    ];
    for (const [position, plan] of plans.entries()) {
      expect(plan).toContain(indexes[position]!);
      expect(plan).not.toContain("Seq Scan on o");
    }
  });

  test("what is looked up by id, key or order is looked up in an index", async () => {
    const orders = (explained: Postgres) => new PostgresOrderStore(explained, TIMES);
    const plans = await Promise.all([
      planOf(database, (explained) => orders(explained).find(CUSTOMER)),
      planOf(database, (explained) => orders(explained).findClaim("createOrder", "7")),
      planOf(database, (explained) => orders(explained).takeOver(CUSTOMER)),
    ]);
    for (const plan of plans) expect(plan).toMatch(/Index Scan using (orders|idempotency_records)_pkey/);
  });
});

/** 10,000 orders of 101 customers, most of them long done, with their keys and messages. */
async function fill(database: Postgres): Promise<void> {
  await database.query`
    INSERT INTO orders (id, customer_id, status, items, total, shipping_address, version, status_history, created_at, updated_at,
      not_after, lease_until)
    SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
      ('00000000-0000-7000-8000-' || lpad(to_hex(n % 101), 12, '0'))::uuid,
      CASE WHEN n % 1000 = 0 THEN 'pending' WHEN n % 100 = 0 THEN 'fulfilled' WHEN n % 2 = 0 THEN 'cancelled' ELSE 'confirmed' END,
      '[]', '{}', '{}', 1, '[]', now(), now(), now(), CASE WHEN n % 1000 = 0 THEN now() END
    FROM generate_series(1, 10000) AS n`;
  await database.query`
    INSERT INTO idempotency_records (scope, key, fingerprint, order_id, expires_at)
    SELECT 'createOrder', number::text, '', id, now() + number * interval '1 second' FROM orders`;
  await database.query`
    INSERT INTO outbox (order_id, channel, command, revision, items, event, due_at, done_at, dead_at)
    SELECT id, channel, CASE channel WHEN 'stock' THEN 'consume' END, 1, '[]', CASE channel WHEN 'event' THEN '{}'::json END,
      now() + (number - 100) * interval '1 second', CASE WHEN number % 100 > 0 THEN now() END,
      CASE WHEN number % 5000 = 0 THEN now() END
    FROM orders, unnest(ARRAY['stock', 'event']) AS channel`;
  await database.query`ANALYZE`;
}

/** How Postgres would run what a store asks for. */
async function planOf(database: Postgres, ask: (explained: Postgres) => Promise<unknown>): Promise<string> {
  let plan = "";
  const explained: Pick<Postgres, "sql" | "query"> = {
    sql: database.sql,
    async query<Row extends object>(
      template: TemplateStringsArray,
      ...parameters: Parameters<Postgres["query"]> extends [unknown, ...infer Rest] ? Rest : never
    ) {
      const [first = "", ...rest] = template;
      const strings = [`EXPLAIN ${first}`, ...rest];
      const rows = await database.query<Record<string, string>>(
        Object.assign(strings, { raw: strings }),
        ...parameters,
      );
      plan = rows.flatMap((row) => Object.values(row)).join("\n");
      return Object.assign([] as Row[], { count: 0 }) as never; // no rows of any type
    },
  };
  await ask(explained as Postgres); // the stores use no more of it
  return plan;
}
