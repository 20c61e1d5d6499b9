import type { Handler } from "#contract";
import type { Dependencies } from "../dependencies.ts";
import { refreshSession } from "../session.ts";

/** Exchanges a refresh token for new tokens. */
export function refreshTokens({ store: { sessions }, tokens, newId }: Dependencies): Handler<"refreshTokens"> {
  return async ({ body }) => {
    const renewed = await refreshSession({ sessions, tokens, newId }, body.refresh_token);
    return { status: 200, headers: { "cache-control": "no-store" }, body: renewed };
  };
}
