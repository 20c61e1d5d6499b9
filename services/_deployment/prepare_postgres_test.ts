import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import postgres from "postgres";

import { createPostgresDatabase } from "../_stack/setup.ts";
import { preparePostgres } from "./prepare_postgres.ts";

test("preparePostgres() makes role and database of a service, and gives the role a new password when run again", async () => {
  const { url: rootUrl } = await createPostgresDatabase();
  const name = `Odd-name-${randomUUID()}`;
  const serviceUrl = (password: string): string => {
    const url = new URL(rootUrl);
    Object.assign(url, { username: name, password, pathname: `/${name}` });
    return url.href;
  };

  await preparePostgres({ rootUrl, serviceUrls: [serviceUrl("it's the first")], withinMs: 10_000 });
  expect(await whoCreates(serviceUrl("it's the first"))).toBe(name);
  await preparePostgres({ rootUrl, serviceUrls: [serviceUrl("the second")], withinMs: 10_000 });
  expect(await whoCreates(serviceUrl("the second"))).toBe(name);
});

test("preparePostgres() keeps every other role out of a service's database", async () => {
  const { url: rootUrl } = await createPostgresDatabase();
  const [mine, other] = [`mine_${Date.now()}`, `other_${Date.now()}`];
  const serviceUrl = (role: string, database: string): string => {
    const url = new URL(rootUrl);
    Object.assign(url, { username: role, password: "secret", pathname: `/${database}` });
    return url.href;
  };
  await preparePostgres({ rootUrl, serviceUrls: [serviceUrl(mine, mine), serviceUrl(other, other)], withinMs: 10_000 });
  await expect(whoCreates(serviceUrl(other, mine))).rejects.toThrow(/permission denied for database/);
});

test("preparePostgres() gives up a server that does not answer, in one line", async () => {
  const rootUrl = "postgres://postgres:secret@127.0.0.1:1/postgres";
  const outcome = preparePostgres({ rootUrl, serviceUrls: [rootUrl], withinMs: 200 });
  await expect(outcome).rejects.toThrow(/^Cannot start: cannot reach Postgres within 200 ms/);
});

/** Signs in, makes a table, and tells as whom. */
async function whoCreates(url: string): Promise<unknown> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql`CREATE TABLE IF NOT EXISTS notes (id int)`;
    const [row] = await sql`SELECT current_user`;
    return row?.current_user;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
