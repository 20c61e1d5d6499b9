import type { Handler } from "#contract";
import { decodeCursor, isIdPosition, toPage } from "#platform/cursor.ts";
import type { Dependencies } from "../dependencies.ts";
import { checkEmailFilter } from "../user.ts";

/** Lists accounts, newest first. */
export function listUsers({ store: { users } }: Pick<Dependencies, "store">): Handler<"listUsers"> {
  return async ({ query }) => {
    const email = query.email === undefined ? undefined : checkEmailFilter(query.email);
    const before = decodeCursor(query, isIdPosition)?.[0];
    const found = await users.list({ limit: query.limit + 1, email, before });
    return { status: 200, ...toPage({ path: "/users", query, found, positionOf: ({ id }) => [id] }) };
  };
}
