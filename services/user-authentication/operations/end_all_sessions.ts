import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import type { Dependencies } from "../dependencies.ts";

/** Ends every session of the caller's, also one that is being opened at this moment. */
export function endAllSessions({
  store: { sessions },
  newId,
}: Pick<Dependencies, "store" | "newId">): Handler<"endAllSessions"> {
  return async ({ caller, context }) => {
    const target = { kind: "user", id: caller.id } as const;
    const event = auditEvent(newId(), { caller, context }, { action: "all-sessions-ended", target });
    await sessions.endAll(caller.id, event);
    return { status: 204 };
  };
}
