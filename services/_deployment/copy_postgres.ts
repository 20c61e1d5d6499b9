/** Copies a Postgres database as it is at one moment, and writes such a copy into another one. */
import { once } from "node:events";
import postgres from "postgres";
import { type CopiedDatabase, type CopiedTable, readCopy, writeCopy } from "./copy_files.ts";

/** Writes a database as it was at one moment into a folder, under the name of its service. */
export type Snapshot = (folder: string, service: string) => Promise<CopiedDatabase>;

/** A database that is connected, so that a moment of it is seen at once. */
export interface Source {
  /** Sees from now on the database as it is now, whatever is written. */
  openSnapshot(): Promise<Snapshot>;
  /** Ends what is under way, too. */
  close(): Promise<void>;
}

interface Table {
  /** With its schema, quoted as the server does. */
  readonly name: string;
  readonly columns: readonly string[];
}

const CONNECT_S = 10;
const LOCK_MS = 3_000;
const LINE_FEED = 10;

/**
 * Keeps everybody from writing to tables (`a, b`), until it is told to let them go on.
 *
 * @param withinMs After so long at the latest the server lets them go on, should nobody tell it to.
 * @returns What lets them.
 */
export async function holdWriters(url: string, tables: string, withinMs: number): Promise<() => Promise<void>> {
  const sql = connect(url);
  try {
    await sql.unsafe("BEGIN");
    await sql.unsafe(`SET LOCAL lock_timeout = ${LOCK_MS}`);
    await sql.unsafe(`SET LOCAL idle_in_transaction_session_timeout = ${withinMs}`);
    await sql.unsafe(`LOCK TABLE ${tables} IN SHARE MODE`);
    return async () => {
      const ended = sql.unsafe("ROLLBACK").catch(() => {}); // a connection that is gone has let them go on
      await sql.end({ timeout: 1 });
      await ended;
    };
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }
}

/** Connects to a database that shall be copied. */
export async function openPostgres(url: string): Promise<Source> {
  const sql = connect(url);
  try {
    await sql.unsafe("SELECT 1");
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }
  return {
    async openSnapshot() {
      await sql.unsafe("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      const tables = await readTables(sql); // the first statement: it is of this moment that the rest is
      return (folder, service) => copyAll(sql, tables, { folder, service });
    },
    close: () => sql.end({ timeout: 0 }),
  };
}

/**
 * Writes a copy into a database that has the schema of the same release.
 *
 * @param replace Empties what is there; else only empty tables are taken.
 * @throws {Error} if the schema is another one, or a table is not empty: then nothing has changed.
 */
export async function restorePostgres(
  url: string,
  copy: CopiedDatabase,
  { folder, replace }: { readonly folder: string; readonly replace: boolean },
): Promise<void> {
  const sql = connect(url);
  try {
    await sql.begin(async (transaction) => {
      const tables = await readTables(transaction);
      expectSameTables(tables, copy);
      await expectSameMigrations(transaction, copy, folder);
      const names = tables.map(({ name }) => name).join(", ");
      for (const { name } of tables) await transaction.unsafe(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
      if (replace) await transaction.unsafe(`TRUNCATE ${names}`);
      for (const table of await inOrderOfReferences(transaction, tables)) {
        await restoreTable(transaction, table, { copy, folder });
      }
      for (const { name } of tables) await transaction.unsafe(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
      for (const [name, value] of Object.entries(copy.sequences ?? {})) {
        await transaction`SELECT setval(${name}::regclass, ${value}::bigint)`;
      }
    });
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function connect(url: string): postgres.Sql {
  return postgres(url, {
    max: 1,
    connect_timeout: CONNECT_S,
    onnotice: () => {},
    connection: { search_path: "public" },
  });
}

/** All that are ours and not the server's own, with the columns that can be written. */
async function readTables(sql: postgres.ISql): Promise<Table[]> {
  const rows = await sql<Table[]>`
    SELECT format('%I.%I', n.nspname, c.relname) AS name, array_agg(format('%I', a.attname) ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND pg_has_role(c.relowner, 'USAGE')
    GROUP BY 1 ORDER BY 1`;
  return [...rows];
}

async function copyAll(
  sql: postgres.Sql,
  tables: readonly Table[],
  { folder, service }: { folder: string; service: string },
): Promise<CopiedDatabase> {
  const copied: CopiedTable[] = [];
  for (const { name, columns } of tables) {
    let rows = 0;
    const source = await sql.unsafe(`COPY ${name} (${columns.join(", ")}) TO STDOUT`).readable();
    const counted = (async function* (): AsyncGenerator<Buffer> {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        for (const byte of chunk) if (byte === LINE_FEED) rows++; // one ends each row; those within are written as \n
        yield chunk;
      }
    })();
    const file = await writeCopy(folder, `${service}/${name.replaceAll('"', "")}.copy.gz`, counted);
    source._read(0); // the driver has paused its socket if it was faster than we, and would never read the next answer
    copied.push({ name, rows, file });
  }
  // Sequences are of no moment: what they are now is at least what the rows need.
  const sequences = await sql<{ name: string; value: string }[]>`
    SELECT format('%I.%I', schemaname, sequencename) AS name, last_value::text AS value
    FROM pg_sequences WHERE last_value IS NOT NULL`;
  return {
    engine: "postgres",
    tables: copied,
    sequences: Object.fromEntries(sequences.map(({ name, value }) => [name, value])),
  };
}

function expectSameTables(tables: readonly Table[], copy: CopiedDatabase): void {
  const [there, copied] = [tables.map(({ name }) => name).join(" "), copy.tables.map(({ name }) => name).join(" ")];
  if (there === copied) return;
  const hint = there === "" ? ": start its service once, which makes its tables, and stop it" : "";
  throw new Error(`the database has other tables than the copy (${there || "none"}, not ${copied})${hint}`);
}

/** A copy fits the schema that it was made of. */
async function expectSameMigrations(sql: postgres.ISql, copy: CopiedDatabase, folder: string): Promise<void> {
  const table = copy.tables.find(({ name }) => name === MIGRATIONS);
  if (!table) return;
  const chunks = await Array.fromAsync(readCopy(folder, table.file));
  const copied = Buffer.concat(chunks).toString().split("\n").filter(Boolean);
  const there = await sql<{ name: string; checksum: string }[]>`SELECT name, checksum FROM schema_migrations`;
  const known = new Set(there.map(({ name, checksum }) => `${name}\t${checksum}`));
  const strange = copied.map((line) => line.split("\t").slice(0, 2).join("\t")).filter((line) => !known.delete(line));
  const [different] = [...strange, ...known];
  if (different) throw new Error(`the copy is of another release: see migration ${different.split("\t")[0]}`);
}

const MIGRATIONS = "public.schema_migrations";

async function restoreTable(
  sql: postgres.TransactionSql,
  { name, columns }: Table,
  { copy, folder }: { copy: CopiedDatabase; folder: string },
): Promise<void> {
  const table = copy.tables.find((it) => it.name === name);
  if (!table) throw new Error(`the copy has no table ${name}`); // expectSameTables
  if (name === MIGRATIONS) await sql.unsafe(`DELETE FROM ${name}`); // they are the same
  const [row] = await sql.unsafe(`SELECT 1 FROM ${name} LIMIT 1`);
  if (row) throw new Error(`table ${name} is not empty: --replace empties it`);
  const target = await sql.unsafe(`COPY ${name} (${columns.join(", ")}) FROM STDIN`).writable();
  const isDone = new Promise<void>((settle, fail) => {
    target.once("finish", settle);
    target.once("error", fail);
  });
  for await (const chunk of readCopy(folder, table.file)) {
    if (!target.write(chunk)) await Promise.race([once(target, "drain"), isDone]);
  }
  target.end();
  await isDone;
  const [count] = await sql.unsafe(`SELECT count(*)::int AS rows FROM ${name}`);
  if (count?.rows !== table.rows) throw new Error(`${name} has ${count?.rows} rows, and the copy ${table.rows}`);
}

/** Tables that others refer to come first. */
async function inOrderOfReferences(sql: postgres.ISql, tables: readonly Table[]): Promise<Table[]> {
  const references = await sql<{ from: string; to: string }[]>`
    SELECT format('%I.%I', fn.nspname, f.relname) AS from, format('%I.%I', tn.nspname, t.relname) AS to
    FROM pg_constraint k
    JOIN pg_class f ON f.oid = k.conrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
    JOIN pg_class t ON t.oid = k.confrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
    WHERE k.contype = 'f' AND k.conrelid <> k.confrelid`;
  const ordered: Table[] = [];
  const left = new Set(tables);
  while (left.size > 0) {
    const waiting = new Set([...left].map(({ name }) => name));
    const free = [...left].filter(({ name }) => !references.some(({ from, to }) => from === name && waiting.has(to)));
    if (free.length === 0) throw new Error(`tables refer to each other in a circle: ${[...waiting].join(", ")}`);
    for (const table of free) left.delete(table);
    ordered.push(...free);
  }
  return ordered;
}
