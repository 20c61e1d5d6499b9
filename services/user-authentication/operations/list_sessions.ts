import type { Handler } from "#contract";
import { decodeCursor, toPage } from "#platform/cursor.ts";
import type { Dependencies } from "../dependencies.ts";

/** The id of the last session of the page before. */
type Position = readonly [before: string];

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Lists the caller's sessions that are not over, newest first. */
export function listSessions({ store: { sessions } }: Pick<Dependencies, "store">): Handler<"listSessions"> {
  return async ({ query, caller }) => {
    const before = decodeCursor(query, isPosition)?.[0];
    const found = await sessions.list(caller.id, { limit: query.limit + 1, before });
    return { status: 200, ...toPage({ path: "/profile/sessions", query, found, positionOf: ({ id }) => [id] }) };
  };
}

function isPosition(value: unknown): value is Position {
  return Array.isArray(value) && value.length === 1 && typeof value[0] === "string" && ID.test(value[0]);
}
