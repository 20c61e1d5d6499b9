import type { Handler } from "#contract";
import type { Dependencies } from "../dependencies.ts";
import { sessionNotFound } from "../refresh_token.ts";

/** Ends one session of the caller's; somebody else's is not found. */
export function endSession({ store: { sessions } }: Pick<Dependencies, "store">): Handler<"endSession"> {
  return async ({ params, caller }) => {
    if (!(await sessions.end(caller.id, params.sessionId))) throw sessionNotFound();
    return { status: 204 };
  };
}
