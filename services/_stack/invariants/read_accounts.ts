/** Reads who has registered, from whichever database they are in. */
import { withPostgres } from "./read_orders.ts";
import { withMongo } from "./read_products.ts";

/** The email addresses of all accounts. */
export async function readAccounts(url: string): Promise<string[]> {
  const users = await (url.startsWith("mongodb")
    ? withMongo(url, (db) => db.collection<{ email: string }>("users").find().toArray())
    : withPostgres(url, (sql) => sql<{ email: string }[]>`SELECT email FROM users`));
  return users.map(({ email }) => email);
}
