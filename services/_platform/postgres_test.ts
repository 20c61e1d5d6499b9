import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";

import type { Engine } from "../_stack/engines/engine.ts";
import { createPostgresDatabase, startOwnPostgres } from "../_stack/setup.ts";
import { connectPostgres, type Postgres, type PostgresOptions } from "./postgres.ts";
import { checkViolation, foreignKeyViolation, uniqueViolation } from "./postgres_faults.ts";

const UNAVAILABLE = { code: "service-unavailable", headers: { "retry-after": "1" } };
/** An engine may have to be made first. */
const START_WITHIN_MS = 30_000;
const open: Postgres[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.close()));
});

async function connect(url: string, options: Partial<PostgresOptions> = {}): Promise<Postgres> {
  const database = await connectPostgres({ url, poolMax: 4, timeoutMs: 2000, ...options });
  open.push(database);
  return database;
}

/** What a promise is rejected with, or undefined; `rejects` of Bun stops the event loop of the test. */
async function faultOf(work: PromiseLike<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error) => error,
  );
}

describe("on a database of its own", () => {
  let url: string;
  beforeAll(async () => {
    ({ url } = await createPostgresDatabase());
    const database = await connect(url);
    await database.query`
      CREATE TABLE lamps (
        id bigint PRIMARY KEY,
        list_price bigint CHECK (list_price >= 0),
        sku text UNIQUE,
        tags text[],
        details jsonb,
        parent bigint REFERENCES lamps (id)
      )`;
  }, START_WITHIN_MS);

  test("query() writes with helpers and fragments, and reads columns in camel case", async () => {
    const database = await connect(url);
    const { sql } = database;
    const lamp = { id: 1, listPrice: 2 ** 53 - 1, tags: ["a", 'b"c'], details: sql.json({ on: true }) };
    const inserted = await database.query`INSERT INTO lamps ${sql(lamp)}`;
    expect(inserted.count).toBe(1);
    const filter = sql`id = ${1} AND tags @> ${["a"]}`;
    const rows = await database.query`SELECT * FROM lamps WHERE ${filter}`;
    expect([...rows]).toEqual([
      { id: 1, listPrice: 2 ** 53 - 1, sku: null, tags: ["a", 'b"c'], details: { on: true }, parent: null },
    ]);
  });

  test("query() counts in numbers, and refuses one that would lose digits without losing the connection", async () => {
    const database = await connect(url, { poolMax: 1 });
    const [row] = await database.query<{ count: number }>`SELECT count(*) FROM lamps WHERE id = 0`;
    expect(row?.count).toBe(0);
    expect(await faultOf(database.query`SELECT 9007199254740993::bigint AS big`)).toBeInstanceOf(RangeError);
    expect(await faultOf(database.query`SELECT '{1,9007199254740993}'::bigint[] AS big`)).toBeInstanceOf(RangeError);
    expect([...(await database.query`SELECT '{1,2}'::bigint[] AS small`)]).toEqual([{ small: [1, 2] }]);
  });

  test("a violated constraint is named, and leaves the connection in use", async () => {
    const database = await connect(url, { poolMax: 1 });
    const [before] = await database.query`SELECT pg_backend_pid() AS pid`;
    await database.query`INSERT INTO lamps (id, sku) VALUES (10, 'lamp')`;
    const unique = await faultOf(database.query`INSERT INTO lamps (id, sku) VALUES (11, 'lamp')`);
    const check = await faultOf(database.query`UPDATE lamps SET list_price = -1 WHERE id = 10`);
    const foreign = await faultOf(database.transaction((sql) => sql`UPDATE lamps SET parent = 99 WHERE id = 10`));
    expect([uniqueViolation(unique), checkViolation(check), foreignKeyViolation(foreign)]).toEqual([
      "lamps_sku_key",
      "lamps_list_price_check",
      "lamps_parent_fkey",
    ]);
    expect([uniqueViolation(check), checkViolation(new Error("no")), foreignKeyViolation(null)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const [after] = await database.query`SELECT pg_backend_pid() AS pid`;
    expect(after?.pid).toBe(before?.pid);
  });

  test("transaction() takes effect as a whole, and not at all when it throws", async () => {
    const database = await connect(url);
    const [first, second] = await database.transaction((sql) => [
      sql`INSERT INTO lamps (id) VALUES (20) RETURNING id`,
      sql`SELECT count(*) FROM lamps WHERE id = 20`,
    ]);
    expect([first?.[0], second?.[0]]).toEqual([{ id: 20 }, { count: 1 }]);
    const fault = new Error("changed my mind");
    const undone = database.transaction(async (sql) => {
      await sql`DELETE FROM lamps WHERE id = 20`;
      throw fault;
    });
    expect(await faultOf(undone)).toBe(fault);
    expect([...(await database.query`SELECT id FROM lamps WHERE id = 20`)]).toEqual([{ id: 20 }]);
  });

  test("transaction() runs again after a serialization failure and after a deadlock", async () => {
    // The server notices a deadlock after one second, and on a busy machine the loser may lose again.
    const database = await connect(url, { timeoutMs: 10_000 });
    await database.query`INSERT INTO lamps (id, list_price) VALUES (30, 0), (31, 0)`;
    const increment = () =>
      database.transaction(
        async (sql) => {
          const [row] = await sql<{ listPrice: number }[]>`SELECT list_price FROM lamps WHERE id = 30`;
          await sql`UPDATE lamps SET list_price = ${(row?.listPrice ?? 0) + 1} WHERE id = 30`;
        },
        { isolation: "repeatable read" },
      );
    await Promise.all([increment(), increment(), increment()]);
    const both = (ids: number[]) =>
      database.transaction(async (sql) => {
        for (const id of ids) {
          await sql`UPDATE lamps SET list_price = list_price + 1 WHERE id = ${id}`;
          await Bun.sleep(20);
        }
      });
    await Promise.all([both([30, 31]), both([31, 30])]);
    const rows = await database.query`SELECT list_price FROM lamps WHERE id IN (30, 31) ORDER BY id`;
    expect([...rows]).toEqual([{ listPrice: 5 }, { listPrice: 2 }]);
  });

  test("a statement past its deadline is service-unavailable, and the server does not go on with it", async () => {
    const database = await connect(url, { timeoutMs: 300, poolMax: 1 });
    const startedAt = performance.now();
    expect(await faultOf(database.query`SELECT pg_sleep(20)`)).toMatchObject(UNAVAILABLE);
    expect(await faultOf(database.transaction((sql) => sql`SELECT pg_sleep(20)`))).toMatchObject(UNAVAILABLE);
    expect(performance.now() - startedAt).toBeLessThan(900);
    await Bun.sleep(200);
    const [row] = await database.query`
      SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(20)%'
        AND pid <> pg_backend_pid() AND state = 'active'`;
    expect(row).toEqual({ count: 0 });
  });

  test("a transaction past its deadline is not committed, whatever its function still does", async () => {
    const database = await connect(url, { timeoutMs: 200 });
    const slow = database.transaction(async (sql) => {
      await sql`INSERT INTO lamps (id) VALUES (40)`;
      await Bun.sleep(400);
    });
    expect(await faultOf(slow)).toMatchObject(UNAVAILABLE);
    await Bun.sleep(400);
    expect([...(await database.query`SELECT id FROM lamps WHERE id = 40`)]).toEqual([]);
  });

  test("transaction() takes a longer deadline than the usual one", async () => {
    const database = await connect(url, { timeoutMs: 200 });
    const work = database.transaction((sql) => sql`SELECT pg_sleep(0.4)`.then(() => 7), { timeoutMs: 2000 });
    expect(await work).toBe(7);
  });

  test("an exhausted pool lets a bounded number wait for a bounded time, refuses the rest at once, and recovers", async () => {
    const database = await connect(url, { poolMax: 2, waitingMax: 3, timeoutMs: 400 });
    const hold = () => faultOf(database.transaction((sql) => sql`SELECT pg_sleep(20)`));
    const holders = [hold(), hold()];
    await Bun.sleep(50);
    const startedAt = performance.now();
    const calls = Array.from({ length: 5 }, async () => {
      const fault = await faultOf(database.query`SELECT 1`);
      return { fault, afterMs: performance.now() - startedAt };
    });
    const outcomes = await Promise.all(calls);
    expect(outcomes.filter(({ afterMs }) => afterMs < 50)).toHaveLength(2);
    expect(outcomes.slice(3).map(({ fault }) => fault)).toEqual([
      expect.objectContaining(UNAVAILABLE),
      expect.objectContaining(UNAVAILABLE),
    ]);
    expect(outcomes.every(({ afterMs }) => afterMs < 480)).toBe(true);
    for (const fault of await Promise.all(holders)) expect(fault).toMatchObject(UNAVAILABLE);
    expect([...(await database.query`SELECT 1 AS one`)]).toEqual([{ one: 1 }]);
  });

  test("hundreds of calls at once on few connections are all served, transactions among them", async () => {
    const database = await connect(url, { poolMax: 3, waitingMax: 1000, name: "crowd" });
    const calls = Array.from({ length: 300 }, async (_, index) => {
      if (index % 5 > 0) return (await database.query<{ n: number }>`SELECT ${index}::int AS n`)[0]?.n;
      return database.transaction(async (sql) => (await sql<{ n: number }[]>`SELECT ${index}::int AS n`)[0]?.n);
    });
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 300 }, (_, index) => index));
    const [row] = await database.query`SELECT count(*) FROM pg_stat_activity WHERE application_name = 'crowd'`;
    expect(row?.count).toBeLessThanOrEqual(3);
  });

  test("a transaction that waits for a whole connection is not passed by for ever", async () => {
    const database = await connect(url, { poolMax: 1 });
    let isOver = false;
    const stream = Array.from({ length: 16 }, async () => {
      while (!isOver) await database.query`SELECT 1`;
    });
    const startedAt = performance.now();
    for (let round = 0; round < 5; round++) await database.transaction((sql) => sql`SELECT 1`);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    isOver = true;
    await Promise.all(stream);
  });

  test("close() lets what runs end, and refuses what comes later", async () => {
    const database = await connect(url);
    const running = database.query`SELECT pg_sleep(0.2), 7 AS seven`;
    await Bun.sleep(50);
    const closing = database.close();
    expect(await faultOf(database.query`SELECT 1`)).toMatchObject(UNAVAILABLE);
    expect((await running)[0]?.seven).toBe(7);
    await closing;
  });
});

describe("on a server of its own", () => {
  let engine: Engine;
  let url: string;
  beforeAll(async () => {
    engine = await startOwnPostgres();
    url = engine.databaseUrl("postgres");
  }, START_WITHIN_MS);
  afterAll(() => engine.stop());

  test("every call rejects within its deadline while the server is frozen, and works again when it goes on", async () => {
    const database = await connect(url, { timeoutMs: 500, poolMax: 3, waitingMax: 5 });
    await database.query`CREATE TABLE IF NOT EXISTS frozen (id int)`;
    const inside = Promise.withResolvers<void>();
    const half = faultOf(
      database.transaction(async (sql) => {
        await sql`SELECT 1`;
        inside.resolve();
        await Bun.sleep(50);
        await sql`INSERT INTO frozen VALUES (1)`;
      }),
    );
    await inside.promise;
    engine.freeze();
    try {
      // Twice, because the second round opens new connections, which nobody accepts.
      for (const round of [1, 2]) {
        const startedAt = performance.now();
        const calls = Array.from({ length: 12 }, (_, index) =>
          faultOf(index % 3 ? database.query`SELECT ${round}::int` : database.transaction((sql) => sql`SELECT 1`)),
        );
        for (const fault of await Promise.all([...calls, half])) expect(fault).toMatchObject(UNAVAILABLE);
        expect(performance.now() - startedAt).toBeLessThan(700);
      }
    } finally {
      engine.thaw();
    }
    for (let call = 0; call < 20; call++) expect((await database.query`SELECT 7 AS n`)[0]?.n).toBe(7);
    expect([...(await database.query`SELECT * FROM frozen`)]).toEqual([]);
  });

  test("restarts under load end no process and strand no call", async () => {
    const database = await connect(url, { timeoutMs: 2000 });
    const { faults, longestMs } = await restartUnderLoad((index) => {
      if (index % 3) return database.query`SELECT 1`;
      return database.transaction(async (sql) => {
        await sql`SELECT 1`;
        await sql`SELECT pg_sleep(0.005)`;
      });
    });
    expect(faults.size).toBeGreaterThan(0);
    for (const fault of faults) expect(fault).toMatchObject(UNAVAILABLE);
    expect(longestMs).toBeLessThan(2100);
    expect((await database.query`SELECT 7 AS n`)[0]?.n).toBe(7);
  }, 20_000);

  test("restarts under load make the driver itself throw nothing that nobody can catch", async () => {
    // Without the patch of nextWrite() this fails with "null is not an object (evaluating 'socket.write')".
    const driver = postgres(url, { max: 10, onnotice: () => {}, backoff: () => 0.05 });
    const { faults } = await restartUnderLoad((index) => {
      return index % 3 ? driver`SELECT 1` : driver.begin((sql) => [sql`SELECT 1`, sql`SELECT pg_sleep(0.005)`]);
    });
    expect(faults.size).toBeGreaterThan(0);
    expect([...(await driver`SELECT 7 AS n`)]).toEqual([{ n: 7 }]);
    await driver.end({ timeout: 1 });
  }, 20_000);

  /** Runs 40 loops of calls through three restarts: what was rejected, and how long the longest call took. */
  async function restartUnderLoad(call: (index: number) => PromiseLike<unknown>) {
    let isOver = false;
    let longestMs = 0;
    const faults = new Set<unknown>();
    const loops = Array.from({ length: 40 }, async (_, index) => {
      while (!isOver) {
        const startedAt = performance.now();
        const fault = await faultOf(call(index));
        longestMs = Math.max(longestMs, performance.now() - startedAt);
        if (!fault) continue;
        faults.add(fault);
        await Bun.sleep(5);
      }
    });
    for (let restart = 0; restart < 3; restart++) {
      await Bun.sleep(150);
      await engine.restart();
    }
    await Bun.sleep(300);
    isOver = true;
    await Promise.all(loops);
    return { faults, longestMs };
  }

  test.each(["fsync", "full_page_writes", "synchronous_commit"])(
    "connectPostgres() refuses a server with %s off",
    async (name) => {
      const admin = postgres(url, { max: 1 });
      const change = async (command: string): Promise<void> => {
        await admin.unsafe(`ALTER SYSTEM ${command}`);
        await admin`SELECT pg_reload_conf()`;
        await Bun.sleep(100);
      };
      await change(`SET ${name} = off`);
      try {
        expect(await faultOf(connect(url))).toMatchObject({
          message: `Cannot start: Postgres would lose acknowledged writes: ${name} must be on: current value is off`,
        });
      } finally {
        await change(`RESET ${name}`);
        await admin.end();
      }
      await connect(url);
    },
  );
});

describe("connectPostgres()", () => {
  test("gives up in time where nobody answers, without telling the password", async () => {
    using silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const places = [`127.0.0.1:${silent.port}`, "127.0.0.1:1"];
    const startedAt = performance.now();
    const faults = await Promise.all(
      places.map((place) => faultOf(connect(`postgres://u:hunter2@${place}/db`, { connectWithinMs: 700 }))),
    );
    expect(performance.now() - startedAt).toBeLessThan(1500);
    expect(faults.map((fault) => (fault instanceof Error ? fault.message : ""))).toEqual([
      `Cannot start: cannot reach Postgres at ${places[0]}/db within 700 ms: no answer`,
      `Cannot start: cannot reach Postgres at 127.0.0.1:1/db within 700 ms: connect ECONNREFUSED 127.0.0.1:1`,
    ]);
  });

  test("does not try again what cannot help: login, missing database, nonsense", async () => {
    const { url } = await createPostgresDatabase();
    const login = url.replace(/:[^:@]+@/, ":wrong@");
    const startedAt = performance.now();
    for (const wrong of [login, url.replace(/[^/]+$/, "missing"), "nonsense"]) {
      const fault = await faultOf(connect(wrong));
      expect(fault).toMatchObject({ name: "StartFault" });
    }
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});
