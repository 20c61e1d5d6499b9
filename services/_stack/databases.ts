import postgres from "postgres";
import type { Engine } from "./engines/engine.ts";
import { type ByService, byService, SERVICE_NAMES } from "./service_names.ts";
import { StackError } from "./stack_error.ts";

const ANSWER_MS = 4_000;
/** Making three databases copies some hundred files to the disk. */
const MAKE_MS = 60_000;

/**
 * Gives each service a database and a role of its own on one server, so that none can read another's; tells their URLs.
 *
 * @throws {StackError} if the server does not answer.
 */
export async function keepDatabases(engine: Engine, passwords: ByService<string>): Promise<ByService<string>> {
  const sql = postgres(engine.databaseUrl("postgres"), {
    max: 1,
    connect_timeout: ANSWER_MS / 1_000,
    onnotice: () => {},
  });
  try {
    await Promise.race([sql`SELECT 1`, failAfter(ANSWER_MS)]);
    await Promise.race([makeDatabases(sql, passwords), failAfter(MAKE_MS)]);
  } finally {
    await sql.end({ timeout: 0 });
  }
  return byService((name) => {
    const database = databaseOf(name);
    const url = new URL(engine.databaseUrl(database));
    url.username = database;
    url.password = passwords[name];
    return url.href;
  });
}

/** `product_management`: what a service's database and role are called. */
export function databaseOf(name: string): string {
  return name.replaceAll("-", "_");
}

/** Each step asks first: an interrupted first start goes on where it was. */
async function makeDatabases(sql: postgres.Sql, passwords: ByService<string>): Promise<void> {
  const [roles, databases] = await Promise.all([
    sql<{ rolname: string }[]>`SELECT rolname FROM pg_roles`,
    sql<{ datname: string }[]>`SELECT datname FROM pg_database`,
  ]);
  for (const name of SERVICE_NAMES) {
    const id = databaseOf(name);
    if (!roles.some(({ rolname }) => rolname === id)) {
      await sql.unsafe(`CREATE ROLE "${id}" LOGIN PASSWORD '${passwords[name]}'`); // our own random letters
    }
    if (databases.some(({ datname }) => datname === id)) continue;
    await sql.unsafe(`CREATE DATABASE "${id}" OWNER "${id}"`);
    await sql.unsafe(`REVOKE ALL ON DATABASE "${id}" FROM PUBLIC`);
  }
}

async function failAfter(milliseconds: number): Promise<never> {
  await Bun.sleep(milliseconds);
  throw new StackError(`PostgreSQL does not answer within ${milliseconds / 1_000} s`);
}
