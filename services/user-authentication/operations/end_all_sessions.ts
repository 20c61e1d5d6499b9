import type { Handler } from "#contract";
import type { Dependencies } from "../dependencies.ts";

/** Ends every session of the caller's, also one that is being opened at this moment. */
export function endAllSessions({ store: { sessions } }: Pick<Dependencies, "store">): Handler<"endAllSessions"> {
  return async ({ caller }) => {
    await sessions.endAll(caller.id);
    return { status: 204 };
  };
}
