import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import type { Dependencies } from "../dependencies.ts";
import { hashRefreshToken, sessionEnded } from "../refresh_token.ts";
import { checkRevocation } from "../service_client.ts";

/** Ends the session of a refresh token, if there is one, as RFC 7009 has it. */
export function revokeToken({
  store,
  clients,
  newId,
}: Pick<Dependencies, "store" | "clients" | "newId">): Handler<"revokeToken"> {
  return async ({ headers: { authorization }, body: form, context }) => {
    const token = checkRevocation(clients, { authorization, form });
    await store.sessions.revoke(hashRefreshToken(token), (session) =>
      auditEvent(newId(), { caller: { kind: "user", id: session.userId }, context }, sessionEnded(session)),
    );
    return { status: 200, headers: { "cache-control": "no-store" } };
  };
}
