import type { Handler } from "#contract";
import { decodeCursor, encodeCursor, linkToNext } from "#platform/cursor.ts";
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
    // One more than asked for tells whether there is a next page.
    const found = await users.list({ limit: query.limit + 1, email, before });
    const items = found.slice(0, query.limit);
    const last = found.length > items.length ? items.at(-1) : undefined;
    const nextCursor = last ? encodeCursor(query, [last.id]) : null;
    const link = linkToNext("/users", query, nextCursor);
    return { status: 200, headers: link === undefined ? {} : { link }, body: { items, nextCursor } };
  };
}

function isPosition(value: unknown): value is Position {
  return Array.isArray(value) && value.length === 1 && typeof value[0] === "string" && ID.test(value[0]);
}
