import type { Handler } from "#contract";
import { decodeCursor, isIdPosition, toPage } from "#platform/cursor.ts";
import type { Dependencies } from "../dependencies.ts";

/** Lists the caller's sessions that are not over, newest first. */
export function listSessions({ store: { sessions } }: Pick<Dependencies, "store">): Handler<"listSessions"> {
  return async ({ query, caller }) => {
    const before = decodeCursor(query, isIdPosition)?.[0];
    const found = await sessions.list(caller.id, { limit: query.limit + 1, before });
    return { status: 200, ...toPage({ path: "/profile/sessions", query, found, positionOf: ({ id }) => [id] }) };
  };
}
