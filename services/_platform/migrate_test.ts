import { afterEach, beforeEach, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createPostgresDatabase } from "../_stack/setup.ts";
import { createTestFolder } from "../_stack/test_folder.ts";
import { migrate } from "./migrate.ts";
import { connectPostgres, type Postgres } from "./postgres.ts";
import { StartFault } from "./start_fault.ts";

let url: string;
let database: Postgres;
let folder: string;

beforeEach(async () => {
  ({ url } = await createPostgresDatabase());
  database = await connectPostgres({ url, poolMax: 2, timeoutMs: 2000 });
  folder = createTestFolder();
}, 30_000);

afterEach(() => database.close());

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function faultOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error) => error,
  );
}

/** Tables there are, without the one of the migrations. */
async function tables(): Promise<unknown[]> {
  const rows = await database.query`
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname`;
  return rows.map(({ relname }) => relname).filter((name) => name !== "schema_migrations");
}

test("migrate() applies the files in order, and later only what is new", async () => {
  write("0002_fill.sql", "INSERT INTO lamps VALUES (1); INSERT INTO lamps VALUES (2);");
  write("0001_create_lamps.sql", "CREATE TABLE lamps (id int);");
  write("notes.md", "no migration");
  await migrate(database, folder);
  await migrate(database, folder);
  write("0003_more.sql", "INSERT INTO lamps SELECT id + 10 FROM lamps;");
  await migrate(database, folder);
  const rows = await database.query`SELECT id FROM lamps ORDER BY id`;
  expect(rows.map(({ id }) => id)).toEqual([1, 2, 11, 12]);
});

test("migrate() by ten replicas at once runs each file once", async () => {
  write("0001_create_lamps.sql", "CREATE TABLE lamps (id int); SELECT pg_sleep(0.05);");
  write("0002_fill.sql", "INSERT INTO lamps VALUES (1); SELECT pg_sleep(0.05);");
  const replicas = await Promise.all(
    Array.from({ length: 10 }, () => connectPostgres({ url, poolMax: 1, timeoutMs: 200 })),
  );
  await Promise.all(replicas.map((replica) => migrate(replica, folder)));
  expect(await database.query`SELECT id FROM lamps`).toHaveLength(1);
  await Promise.all(replicas.map((replica) => replica.close()));
});

test("migrate() outlasts the deadline of a usual call", async () => {
  const hasty = await connectPostgres({ url, poolMax: 1, timeoutMs: 150 });
  write("0001_slow.sql", "SELECT pg_sleep(0.4); CREATE TABLE lamps (id int);");
  await migrate(hasty, folder);
  expect(await tables()).toEqual(["lamps"]);
  await hasty.close();
});

test("migrate() undoes a file that fails, keeps those before it, and goes on once it is mended", async () => {
  write("0001_create_lamps.sql", "CREATE TABLE lamps (id int);");
  write("0002_wrong.sql", "CREATE TABLE shades (id int); SELECT nonsense;");
  expect(await faultOf(migrate(database, folder))).toMatchObject({
    name: "StartFault",
    message: 'Cannot start: migration "0002_wrong.sql" failed: column "nonsense" does not exist',
  });
  expect(await tables()).toEqual(["lamps"]);
  write("0002_wrong.sql", "CREATE TABLE shades (id int);");
  await migrate(database, folder);
  expect(await tables()).toEqual(["lamps", "shades"]);
});

test("migrate() refuses an applied file that has changed", async () => {
  write("0001_create_lamps.sql", "CREATE TABLE lamps (id int);");
  await migrate(database, folder);
  write("0001_create_lamps.sql", "CREATE TABLE lamps (id bigint);");
  expect(await faultOf(migrate(database, folder))).toEqual(
    new StartFault('migration "0001_create_lamps.sql" has changed since it was applied: write a new one instead'),
  );
});

test("migrate() leaves files of a newer release alone", async () => {
  write("0001_create_lamps.sql", "CREATE TABLE lamps (id int);");
  write("0002_newer.sql", "CREATE TABLE shades (id int);");
  await migrate(database, folder);
  rmSync(join(folder, "0002_newer.sql"));
  await migrate(database, folder);
  expect(await tables()).toEqual(["lamps", "shades"]);
});

test("migrate() refuses a file that comes before one that is applied", async () => {
  write("0002_create_lamps.sql", "CREATE TABLE lamps (id int);");
  await migrate(database, folder);
  write("0001_late.sql", "CREATE TABLE shades (id int);");
  expect(await faultOf(migrate(database, folder))).toMatchObject({
    message: expect.stringContaining('"0001_late.sql" comes before "0002_create_lamps.sql"'),
  });
  expect(await tables()).toEqual(["lamps"]);
});

test("migrate() refuses names without a number, and a number used twice", async () => {
  write("1_lamps.sql", "");
  expect(await faultOf(migrate(database, folder))).toMatchObject({ message: expect.stringContaining("1_lamps.sql") });
  rmSync(join(folder, "1_lamps.sql"));
  write("0001_lamps.sql", "");
  write("0001_shades.sql", "");
  expect(await faultOf(migrate(database, folder))).toMatchObject({
    message: 'Cannot start: migrations "0001_lamps.sql" and "0001_shades.sql" share a number',
  });
});
