import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";

import { createPostgresDatabase } from "../_stack/setup.ts";
import { clashes, meantBy, readSchema, type Schema } from "./schema.ts";

const SERVICES = ["user-authentication", "product-management", "order-processing"] as const;

const opened: postgres.Sql[] = [];
afterAll(async () => {
  await Promise.all(opened.map((sql) => sql.end({ timeout: 1 })));
});

/** A database of its own, by one connection. */
async function openDatabase(): Promise<postgres.Sql> {
  const { url } = await createPostgresDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  opened.push(sql);
  return sql;
}

describe.each(SERVICES)("the migrations of %s", (service) => {
  const folder = join(import.meta.dirname, "..", service, "store/migrations");
  const names = readdirSync(folder).sort();

  test("let programs of the release before go on, each as far as it does not say otherwise", async () => {
    const sql = await openDatabase();
    let before: Schema | undefined;
    for (const name of names) {
      const text = readFileSync(join(folder, name), "utf8");
      await sql.unsafe(text).simple();
      const after = await readSchema(sql);
      expect({ name, clashes: before ? clashes(before, after) : [] }).toEqual({ name, clashes: meantBy(text) });
      before = after;
    }
  });
});

describe("clashes() finds", () => {
  let database: Promise<postgres.Sql>;
  beforeAll(() => {
    database = openDatabase();
  });
  const FIRST = `
    CREATE TABLE notes (id uuid PRIMARY KEY, text text NOT NULL, mood text, rank integer NOT NULL DEFAULT 0);
    CREATE UNIQUE INDEX notes_by_mood ON notes (mood);
    CREATE TABLE pages (id uuid PRIMARY KEY)`;
  const planted: readonly (readonly [migration: string, clash: string])[] = [
    ["DROP TABLE notes", "table notes is gone"],
    ["ALTER TABLE notes RENAME TO remarks", "table notes is gone"],
    ["ALTER TABLE notes DROP COLUMN text", "notes.text is gone"],
    ["ALTER TABLE notes RENAME COLUMN text TO words", "notes.text is gone"],
    ["ALTER TABLE notes ALTER COLUMN rank TYPE bigint", "notes.rank was integer and is bigint"],
    ["ALTER TABLE notes ALTER COLUMN mood SET NOT NULL", "notes.mood can't be left out any more"],
    ["ALTER TABLE notes ALTER COLUMN rank DROP DEFAULT", "notes.rank can't be left out any more"],
    ["ALTER TABLE notes ADD COLUMN size integer NOT NULL", "notes.size is new, and rows can't be written without it"],
    ["ALTER TABLE notes ADD CHECK (rank > 0)", "notes.notes_rank_check is new, and rows may break it"],
    ["CREATE UNIQUE INDEX notes_by_text ON notes (text)", "notes.notes_by_text is new, and rows may break it"],
    ["ALTER TABLE notes ADD FOREIGN KEY (id) REFERENCES pages", "notes.notes_id_fkey is new, and rows may break it"],
    ["DROP INDEX notes_by_mood", "notes.notes_by_mood does not hold any more"], // ON CONFLICT needs it
    [
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
       CREATE TRIGGER refused BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION refuse()`,
      "notes.refused is a new trigger",
    ],
  ];
  test.each(planted)("%s", async (migration, clash) => {
    expect(await clashesOf(migration)).toContain(clash);
  });

  test("nothing in what only adds", async () => {
    const migration = `
      ALTER TABLE notes ADD COLUMN author uuid;
      ALTER TABLE notes ADD COLUMN size integer NOT NULL DEFAULT 1;
      CREATE INDEX notes_by_author ON notes (author);
      CREATE TABLE tags (name text PRIMARY KEY, note uuid NOT NULL REFERENCES notes)`;
    expect(await clashesOf(migration)).toEqual([]);
  });

  /** In a transaction that is taken back: all of them share a database. */
  async function clashesOf(migration: string): Promise<string[]> {
    const sql = await database;
    await sql.unsafe("BEGIN");
    try {
      await sql.unsafe(FIRST).simple();
      const before = await readSchema(sql);
      await sql.unsafe(migration).simple();
      return clashes(before, await readSchema(sql));
    } finally {
      await sql.unsafe("ROLLBACK");
    }
  }
});

test("meantBy() reads what a migration says it takes away", () => {
  expect(meantBy("-- Notes have no mood.\n-- contract: notes.mood is gone\nALTER TABLE …")).toEqual([
    "notes.mood is gone",
  ]);
});
