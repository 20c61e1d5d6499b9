import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import type { Dependencies } from "../dependencies.ts";
import { sessionEnded, sessionNotFound } from "../refresh_token.ts";

/** Ends one session of the caller's; somebody else's is not found. */
export function endSession({
  store: { sessions },
  newId,
}: Pick<Dependencies, "store" | "newId">): Handler<"endSession"> {
  return async ({ params: { sessionId: id }, caller, context }) => {
    const event = auditEvent(newId(), { caller, context }, sessionEnded({ id, userId: caller.id }));
    if (!(await sessions.end(caller.id, id, event))) throw sessionNotFound();
    return { status: 204 };
  };
}
