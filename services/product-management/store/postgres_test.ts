import { afterAll, describe } from "bun:test";
import { connectPostgres, type Postgres } from "#platform/postgres.ts";
import { createPostgresDatabase } from "../../_stack/setup.ts";
import { testProductStore } from "./contract.ts";
import { migrateProducts, PostgresProductStore } from "./postgres.ts";

const databases: Postgres[] = [];

async function connect(): Promise<Postgres> {
  const { url } = await createPostgresDatabase();
  const database = await connectPostgres({ url, poolMax: 10, timeoutMs: 20_000 });
  databases.push(database);
  await migrateProducts(database);
  return database;
}

afterAll(async () => {
  for (const database of databases) await database.close();
});

describe("PostgresProductStore", () => {
  testProductStore(async () => new PostgresProductStore(await connect()));
});
