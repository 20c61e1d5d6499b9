import type { Handler } from "#contract";
import { decodeCursor, toPage } from "#platform/cursor.ts";
import type { Dependencies } from "../dependencies.ts";
import { checkEmailFilter } from "../user.ts";

/** The id of the last account of the page before. */
type Position = readonly [before: string];

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Lists accounts, newest first. */
export function listUsers({ store: { users } }: Pick<Dependencies, "store">): Handler<"listUsers"> {
  return async ({ query }) => {
    const email = query.email === undefined ? undefined : checkEmailFilter(query.email);
    const before = decodeCursor(query, isPosition)?.[0];
    const found = await users.list({ limit: query.limit + 1, email, before });
    return { status: 200, ...toPage({ path: "/users", query, found, positionOf: ({ id }) => [id] }) };
  };
}

function isPosition(value: unknown): value is Position {
  return Array.isArray(value) && value.length === 1 && typeof value[0] === "string" && ID.test(value[0]);
}
