import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import type { Dependencies } from "../dependencies.ts";
import { hashRefreshToken, sessionEnded } from "../refresh_token.ts";

/** Ends the session of a refresh token, if there is one. */
export function logOut({ store: { sessions }, newId }: Pick<Dependencies, "store" | "newId">): Handler<"logOut"> {
  return async ({ body, context }) => {
    await sessions.revoke(hashRefreshToken(body.refresh_token), (session) =>
      auditEvent(newId(), { caller: { kind: "user", id: session.userId }, context }, sessionEnded(session)),
    );
    return { status: 204 };
  };
}
