/** Gives each service a role and a database of its own on one Postgres server; does no harm when run again. */
import postgres from "postgres";

import { Env } from "#platform/config.ts";
import { reach } from "#platform/first_connection.ts";
import { runOnce } from "./run_once.ts";

/** What is made on the server. */
export interface PostgresDesign {
  /** `postgres://root:password@host:port/database`, of a role that may create roles and databases. */
  rootUrl: string;
  /** The stores of the services: role, password and database of each are made. */
  serviceUrls: readonly string[];
  /** How long to wait for the server, in milliseconds. */
  withinMs: number;
}

/** @throws {StartFault} if it cannot be done within the time. */
export async function preparePostgres({ rootUrl, serviceUrls, withinMs }: PostgresDesign): Promise<void> {
  // A server that initializes itself refuses a login that it takes a second later.
  const isRefusal = (): boolean => false;
  await reach("Postgres", () => keepDatabases(rootUrl, serviceUrls), { withinMs, isRefusal });
}

async function keepDatabases(rootUrl: string, serviceUrls: readonly string[]): Promise<void> {
  const sql = postgres(rootUrl, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    for (const url of serviceUrls) await keepDatabase(sql, new URL(url));
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function keepDatabase(sql: postgres.Sql, url: URL): Promise<void> {
  const [role, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  const database = decodeURIComponent(url.pathname.slice(1));
  const roles = await sql`SELECT 1 FROM pg_roles WHERE rolname = ${role}`;
  await run(
    sql,
    sql`SELECT format(${`${roles.count > 0 ? "ALTER" : "CREATE"} ROLE %I LOGIN PASSWORD %L`}, ${role}::text, ${password}::text)`,
  );
  const databases = await sql`SELECT 1 FROM pg_database WHERE datname = ${database}`;
  if (databases.count === 0)
    await run(sql, sql`SELECT format('CREATE DATABASE %I OWNER %I', ${database}::text, ${role}::text)`);
  await run(sql, sql`SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', ${database}::text)`);
}

/** Runs a statement that takes no parameters, from the text the server has quoted itself. */
async function run(sql: postgres.Sql, text: postgres.PendingQuery<postgres.Row[]>): Promise<void> {
  const [row] = await text;
  await sql.unsafe(row?.format);
}

if (import.meta.main) {
  await runOnce(() => {
    const env = new Env(process.env);
    const rootUrl = env.url("ROOT_URL", { schemes: ["postgres", "postgresql"] });
    const serviceUrls = env.string("SERVICE_URLS").split(" ");
    const withinMs = env.integer("WITHIN_MS", { fallback: 120_000, min: 1 });
    env.check();
    return preparePostgres({ rootUrl, serviceUrls, withinMs });
  });
}
