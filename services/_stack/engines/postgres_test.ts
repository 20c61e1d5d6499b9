import { afterEach, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import postgres from "postgres";
import { CACHE_FOLDER } from "../paths.ts";
import { createTestFolder } from "../setup.ts";
import type { Engine } from "./engine.ts";
import { preparePostgresTemplate, startPostgres } from "./postgres.ts";

const engines: Engine[] = [];
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.stop()));
});

async function start(folder = createTestFolder()): Promise<Engine> {
  const engine = await startPostgres({ folder, template: await preparePostgresTemplate(CACHE_FOLDER) });
  engines.push(engine);
  return engine;
}

async function query(engine: Engine, statement: string): Promise<postgres.Row[]> {
  const sql = postgres(engine.databaseUrl("postgres"), { max: 1, connect_timeout: 3 });
  try {
    return await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 0 });
  }
}

test("an acknowledged row outlives kill(), also of a frozen server", async () => {
  const engine = await start();
  await query(engine, "CREATE TABLE lamps AS SELECT 1 AS id");
  engine.freeze();
  await engine.kill();
  expect(await engine.exited).toBe("SIGKILL");
  await engine.restart();
  expect(await query(engine, "SELECT id FROM lamps")).toEqual([{ id: 1 }] as postgres.Row[]);
});

test("freeze() lets nothing answer until thaw()", async () => {
  const engine = await start();
  const sql = postgres(engine.databaseUrl("postgres"), { max: 1 });
  await sql`SELECT 1`;
  engine.freeze();
  const answer = sql`SELECT 2 AS two`.then(() => "answered");
  expect(await Promise.race([answer, Bun.sleep(150).then(() => "silent")])).toBe("silent");
  engine.thaw();
  expect(await answer).toBe("answered");
  await sql.end();
});

test("a start ends the server that a crash left on the same data, and finds the data", async () => {
  const folder = createTestFolder();
  const left = await start(folder);
  await query(left, "CREATE TABLE lamps AS SELECT 1 AS id");
  const next = await start(folder);
  expect(await left.exited).toBe("exit code 0");
  expect(next.url).toBe(left.url);
  expect(await query(next, "SELECT id FROM lamps")).toEqual([{ id: 1 }] as postgres.Row[]);
});

test("a pid file that names another program by now does not keep Postgres from starting, nor harm that program", async () => {
  const folder = createTestFolder();
  await (await start(folder)).stop();
  writeFileSync(join(folder, "data", "postmaster.pid"), `${process.pid}\n${folder}/data\n1\n1\n\n\n\nready\n`);
  const engine = await start(folder);
  expect(engine.pid).not.toBe(process.pid);
  expect(await query(engine, "SELECT 1 AS one")).toEqual([{ one: 1 }] as postgres.Row[]);
});

test("a kept port that somebody has taken is replaced", async () => {
  const folder = createTestFolder();
  const first = await start(folder);
  await first.stop();
  const port = Number(new URL(first.url).port);
  const server = createServer().listen(port, "127.0.0.1");
  const second = await start(folder);
  expect(second.url).not.toBe(first.url);
  server.close();
});

test("only the password lets one in, over the loopback, and no socket lies about", async () => {
  const engine = await start();
  const [settings] = await query(
    engine,
    `SELECT current_setting('listen_addresses') AS host, current_setting('unix_socket_directories') AS sockets,
      current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
      current_setting('full_page_writes') AS pages`,
  );
  expect(settings).toEqual({ host: "127.0.0.1", sockets: "", fsync: "on", commit: "on", pages: "on" });
  const url = new URL(engine.databaseUrl("postgres"));
  url.password = "guessed";
  const intruder = postgres(url.href, { max: 1 });
  await expect(intruder`SELECT 1`.execute()).rejects.toMatchObject({ code: "28P01" });
  await intruder.end({ timeout: 0 });
});

test("a server that cannot start says why in one line", async () => {
  const folder = createTestFolder();
  await (await start(folder)).stop();
  writeFileSync(join(folder, "data", "global", "pg_control"), "broken");
  await expect(start(folder)).rejects.toThrow(/^Postgres does not start: could not read file "global\/pg_control"/);
  expect(readFileSync(join(folder, "server.log"), "utf8")).toContain("PANIC");
});
