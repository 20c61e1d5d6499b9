import type { Handler } from "#contract";
import type { Dependencies } from "../dependencies.ts";
import { hashRefreshToken } from "../refresh_token.ts";
import { checkRevocation } from "../service_client.ts";

/** Ends the session of a refresh token, if there is one, as RFC 7009 has it. */
export function revokeToken({ store, clients }: Pick<Dependencies, "store" | "clients">): Handler<"revokeToken"> {
  return async ({ headers: { authorization }, body: form }) => {
    const token = checkRevocation(clients, { authorization, form });
    await store.sessions.revoke(hashRefreshToken(token));
    return { status: 200, headers: { "cache-control": "no-store" } };
  };
}
