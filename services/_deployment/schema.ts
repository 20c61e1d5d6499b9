/** What programs rely on in a Postgres database, and which changes of it a program of the release before would stumble over. */
import type postgres from "postgres";

/** A schema as programs see it. */
export interface Schema {
  readonly columns: readonly Column[];
  /** Constraints and unique indexes. */
  readonly rules: readonly Rule[];
  readonly triggers: readonly Named[];
}

interface Named {
  readonly table: string;
  readonly name: string;
}

interface Column extends Named {
  readonly type: string;
  /** Rows may be written without it. */
  readonly isOptional: boolean;
}

interface Rule extends Named {
  /** As the server writes it down. */
  readonly definition: string;
}

/** Reads the tables of programs; those of migrations themselves are left out. */
export async function readSchema(sql: postgres.Sql): Promise<Schema> {
  const columns = await sql<Column[]>`
    SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
      (NOT a.attnotnull OR a.atthasdef OR a.attidentity <> '') AS "isOptional"
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
      AND c.relname <> 'schema_migrations'
    ORDER BY 1, 2`;
  const rules = await sql<Rule[]>`
    SELECT c.relname AS table, k.conname AS name, pg_get_constraintdef(k.oid) AS definition
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE c.relnamespace = 'public'::regnamespace AND k.contype <> 'n' AND c.relname <> 'schema_migrations'
    UNION ALL
    SELECT tablename, indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND indexdef LIKE 'CREATE UNIQUE%' AND tablename <> 'schema_migrations'
      AND indexname NOT IN (SELECT conname FROM pg_constraint)
    ORDER BY 1, 2, 3`;
  const triggers = await sql<Named[]>`
    SELECT c.relname AS table, t.tgname AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace ORDER BY 1, 2`;
  return { columns: [...columns], rules: [...rules], triggers: [...triggers] };
}

/**
 * Why programs of the release before could not go on beside those of this one, one line each. A change of that kind takes two releases: one
 * that adds what is new and uses both (expand), and a later one that takes away what nobody uses any more (contract).
 */
export function clashes(before: Schema, after: Schema): string[] {
  const tables = new Set(before.columns.map(({ table }) => table));
  const left = new Set(after.columns.map(({ table }) => table));
  const gone = [...tables].filter((table) => !left.has(table)).map((table) => `table ${table} is gone`);
  const isOld = ({ table }: Named): boolean => tables.has(table) && left.has(table);
  return [
    ...gone,
    ...before.columns.filter(isOld).flatMap((column) => columnClashes(column, after)),
    ...after.columns.filter(isOld).flatMap((column) => {
      const isNew = !find(before.columns, column);
      return isNew && !column.isOptional ? [`${label(column)} is new, and rows can't be written without it`] : [];
    }),
    ...before.rules.filter(isOld).flatMap((rule) => {
      return find(after.rules, rule)?.definition === rule.definition ? [] : [`${label(rule)} does not hold any more`];
    }),
    ...after.rules.filter(isOld).flatMap((rule) => {
      return find(before.rules, rule)?.definition === rule.definition
        ? []
        : [`${label(rule)} is new, and rows may break it`];
    }),
    ...after.triggers.filter(isOld).flatMap((trigger) => {
      return find(before.triggers, trigger) ? [] : [`${label(trigger)} is a new trigger`];
    }),
  ];
}

function columnClashes(column: Column, after: Schema): string[] {
  const now = find(after.columns, column);
  if (!now) return [`${label(column)} is gone`];
  const faults: string[] = [];
  if (now.type !== column.type) faults.push(`${label(column)} was ${column.type} and is ${now.type}`);
  if (column.isOptional && !now.isOptional) faults.push(`${label(column)} can't be left out any more`);
  return faults;
}

function find<Item extends Named>(items: readonly Item[], { table, name }: Named): Item | undefined {
  return items.find((item) => item.table === table && item.name === name);
}

function label({ table, name }: Named): string {
  return `${table}.${name}`;
}

/**
 * Clashes that a migration says are meant: the release before does not use any more what it takes away.
 *
 *     -- contract: orders.note is gone
 */
export function meantBy(migration: string): string[] {
  return [...migration.matchAll(/^-- contract: (.+)$/gm)].map(([, clash = ""]) => clash.trim());
}
