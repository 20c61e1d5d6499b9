import { afterAll, describe, expect, test } from "bun:test";
import { connectPostgres, type Postgres } from "#platform/postgres.ts";
import { createPostgresAudit } from "#platform/postgres_audit.ts";
import { createPostgresDatabase } from "../../_stack/setup.ts";
import { testStore } from "./contract.ts";
import { openPostgresStore } from "./postgres.ts";
import { createPostgresUsers } from "./postgres_users.ts";
import type { OpenReplicas } from "./replicas_fixture.ts";
import { sampleAccount } from "./samples.ts";

const open: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const close of open.reverse()) await close();
});

async function openDatabase(): Promise<{ url: string; database: Postgres }> {
  const { url } = await createPostgresDatabase();
  const database = await connectPostgres({ url, poolMax: 2, timeoutMs: 10_000 });
  open.push(() => database.close());
  return { url, database };
}

const openReplicas: OpenReplicas = async () => {
  const { url, database } = await openDatabase();
  const options = { url, poolMax: 5, timeoutMs: 10_000 };
  // At once, as replicas start.
  const [first, second] = await Promise.all([openPostgresStore(options), openPostgresStore(options)]);
  open.push(
    () => first.close(),
    () => second.close(),
  );
  return {
    first,
    second,
    async ageRecords() {
      await database.query`UPDATE idempotency_records SET created_at = created_at - interval '25 hours'`;
    },
  };
};

interface Plan {
  "Node Type": string;
  "Index Name"?: string;
  Plans?: Plan[];
}

/** The database, with the plans of all that is asked through it. */
function watchPlans(database: Postgres): { watched: Postgres; plans: Promise<string>[] } {
  const plans: Promise<string>[] = [];
  const query: Postgres["query"] = (template, ...parameters) => {
    const texts = ["EXPLAIN (FORMAT JSON) ".concat(template[0]!), ...template.slice(1)];
    const explain = Object.assign(texts, { raw: texts });
    plans.push(
      database.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(explain, ...parameters).then(([row]) => {
        const [{ Plan: plan }] = Object.values(row!)[0] as [{ Plan: Plan }]; // what EXPLAIN answers
        return describePlan(plan);
      }),
    );
    return database.query(template, ...parameters);
  };
  const watched = new Proxy(database, {
    get: (target, key) => (key === "query" ? query : Reflect.get(target, key, target)),
  });
  return { watched, plans };
}

function describePlan(plan: Plan): string {
  const inner = (plan.Plans ?? []).map(describePlan);
  return [`${plan["Node Type"]}${plan["Index Name"] ? ` ${plan["Index Name"]}` : ""}`, ...inner].join(" > ");
}

describe("Postgres", () => {
  testStore(openReplicas);

  test("accounts are found and listed in the order of an index", async () => {
    const { url, database } = await openDatabase();
    await (await openPostgresStore({ url, poolMax: 1, timeoutMs: 10_000 })).close();
    const { user } = sampleAccount();
    await database.query`
      INSERT INTO users (id, email, display_name, roles, password_hash, version, created_at, updated_at)
      SELECT uuidv7(), n || '@example.com', 'A', '{customer}', 'hash', 1, now(), now() FROM generate_series(1, 5000) AS n`;
    await database.query`ANALYZE users`;
    const { watched, plans } = watchPlans(database);
    const users = createPostgresUsers(watched);
    await users.list({ limit: 20 });
    await users.list({ limit: 20, before: user.id });
    await users.list({ limit: 20, email: user.email });
    await users.find(user.id);
    await users.findByEmail(user.email);
    expect(await Promise.all(plans)).toEqual([
      "Limit > Index Scan users_pkey",
      "Limit > Index Scan users_pkey",
      "Limit > Sort > Index Scan users_email",
      "Index Scan users_pkey",
      "Index Scan users_email",
    ]);
  });

  test("the trail is append-only, and read in the order of an index", async () => {
    const { url, database } = await openDatabase();
    const store = await openPostgresStore({ url, poolMax: 1, timeoutMs: 10_000 });
    open.push(() => store.close());
    await database.query`
      INSERT INTO audit_events (id, action, actor_kind, actor_id, target_kind, target_id, address, request_id, details)
      SELECT uuidv7(), 'signed-in', 'user', 'a' || n % 100, 'user', 't' || n % 100, '', '', '{}'
      FROM generate_series(1, 5000) AS n`;
    await database.query`ANALYZE audit_events`;
    const appendOnly = { code: "42501" };
    await expect(database.query`UPDATE audit_events SET actor_id = 'b'`).rejects.toMatchObject(appendOnly);
    await expect(database.query`DELETE FROM audit_events WHERE actor_id = 'a1'`).rejects.toMatchObject(appendOnly);
    await expect(database.query`TRUNCATE audit_events`).rejects.toMatchObject(appendOnly);
    const { watched, plans } = watchPlans(database);
    const trail = createPostgresAudit(watched);
    const before = Bun.randomUUIDv7();
    await trail.list({ limit: 20, before });
    await trail.list({ limit: 20, before, actorId: "a7" });
    await trail.list({ limit: 20, before, targetId: "t7" });
    expect((await Promise.all(plans)).map((plan) => plan.replace("Index Only Scan", "Index Scan"))).toEqual([
      "Limit > Index Scan audit_events_pkey",
      "Limit > Index Scan audit_events_by_actor",
      "Limit > Index Scan audit_events_by_target",
    ]);
  });

  test("purge() deletes what has expired, and nothing else", async () => {
    const { url, database } = await openDatabase();
    const store = await openPostgresStore({ url, poolMax: 2, timeoutMs: 10_000 });
    open.push(() => store.close());
    const account = sampleAccount();
    const userId = account.user.id;
    await store.users.insert(account);
    for (const [tokenHash, lifetimeMs] of [
      ["old", -1],
      ["new", 60_000],
    ] as const) {
      await store.sessions.open({ id: Bun.randomUUIDv7(), userId, epoch: 1, tokenHash, lifetimeMs });
    }
    for (const [hash, lifetimeMs] of [
      ["old", -1],
      ["new", 60_000],
    ] as const) {
      await store.mailTokens.issue({ hash, userId, epoch: 1, lifetimeMs });
    }
    await store.throttle.attempt({ key: "old", rule: { delaysMs: [0, 0], forgetAfterMs: -1 } });
    await store.throttle.attempt({ key: "new", rule: { delaysMs: [0, 0], forgetAfterMs: 60_000 } });
    const record = { scope: "s", fingerprint: "f", reply: null };
    await store.idempotency.save({ ...record, key: "old" });
    await database.query`UPDATE idempotency_records SET created_at = now() - interval '25 hours'`;
    await store.idempotency.save({ ...record, key: "new" });
    await store.purge();
    const left = await database.query<{ name: string }>`
      SELECT hash AS name FROM refresh_tokens UNION ALL SELECT key FROM throttle UNION ALL SELECT key FROM idempotency_records
      UNION ALL SELECT 'session' FROM sessions UNION ALL SELECT hash FROM mail_tokens`;
    expect(left.map(({ name }) => name)).toEqual(["new", "new", "new", "session", "new"]);
  });
});
