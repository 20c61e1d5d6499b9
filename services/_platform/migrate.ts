import { readdir } from "node:fs/promises";
import { join } from "node:path";

import type { Postgres, TransactionSql } from "./postgres.ts";
import { StartFault } from "./start_fault.ts";

/** Key of the advisory lock, one for each database: the letters "trade" as a number. */
const LOCK = 500_135_224_421;
/** A migration may build an index on a large table, or wait for the replica that does. */
const TIMEOUT_MS = 300_000;

interface Migration {
  name: string;
  text: string;
  checksum: string;
}

/**
 * Applies the files `0001_name.sql`, `0002_…` of a folder that the database has not seen, in order, each in a transaction of its own. Any
 * number of replicas may do so at once: an advisory lock lets each file run once. Files of a newer release are left alone, so that an older
 * replica still starts.
 *
 * @throws {StartFault} if a file fails, an applied one has changed, a number is used twice, or a file comes before one that is applied.
 */
export async function migrate(database: Postgres, folder: string): Promise<void> {
  const migrations = await readMigrations(folder);
  if (await database.transaction((sql) => isCurrent(sql, migrations))) return;
  for (const migration of migrations) {
    await database
      .transaction((sql) => apply(sql, migration), { timeoutMs: TIMEOUT_MS })
      .catch((error) => {
        if (error instanceof StartFault) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        throw new StartFault(`migration "${migration.name}" failed: ${reason}`, { cause: error });
      });
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  names.forEach((name, index) => {
    const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
    if (!number) throw new StartFault(`migration "${name}" must be named like 0001_create_orders.sql`);
    if (names[index + 1]?.startsWith(number))
      throw new StartFault(`migrations "${name}" and "${names[index + 1]}" share a number`);
  });
  return Promise.all(
    names.map(async (name) => {
      const text = await Bun.file(join(folder, name)).text();
      return { name, text, checksum: new Bun.CryptoHasher("sha256").update(text).digest("hex") };
    }),
  );
}

/** Whether nothing is left to do; it takes no lock, for most starts change nothing. */
async function isCurrent(sql: TransactionSql, migrations: Migration[]): Promise<boolean> {
  const [table] = await sql<{ name: string | null }[]>`SELECT to_regclass('schema_migrations')::text AS name`;
  if (!table?.name) return false;
  const applied = await readApplied(sql);
  return migrations.every((migration) => isApplied(migration, applied));
}

async function apply(sql: TransactionSql, migration: Migration): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${LOCK})`;
  await sql`
    CREATE TABLE IF NOT EXISTS schema_migrations (
      name text PRIMARY KEY,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`;
  if (isApplied(migration, await readApplied(sql))) return;
  await sql.unsafe(migration.text).simple();
  await sql`INSERT INTO schema_migrations (name, checksum) VALUES (${migration.name}, ${migration.checksum})`;
}

/** Checksums by file name. */
async function readApplied(sql: TransactionSql): Promise<Map<string, string>> {
  const rows = await sql<Pick<Migration, "name" | "checksum">[]>`SELECT name, checksum FROM schema_migrations`;
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

function isApplied({ name, checksum }: Migration, applied: Map<string, string>): boolean {
  const known = applied.get(name);
  if (known === checksum) return true;
  if (known) throw new StartFault(`migration "${name}" has changed since it was applied: write a new one instead`);
  const later = [...applied.keys()].find((other) => other > name);
  if (later)
    throw new StartFault(`migration "${name}" comes before "${later}", which is applied: give it the next number`);
  return false;
}
