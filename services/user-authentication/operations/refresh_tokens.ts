import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import type { Dependencies } from "../dependencies.ts";
import { refreshSession } from "../session.ts";

/** Exchanges a refresh token for new tokens. */
export function refreshTokens({ store: { sessions }, tokens, newId }: Dependencies): Handler<"refreshTokens"> {
  return async ({ body, context }) => {
    const renewed = await refreshSession({ sessions, tokens, newId }, body.refresh_token, ({ id, userId }) => {
      const target = { kind: "user", id: userId } as const;
      const deed = { action: "refresh-token-reused", target, details: { session: id } } as const;
      return auditEvent(newId(), { caller: undefined, context }, deed);
    });
    return { status: 200, headers: { "cache-control": "no-store" }, body: renewed };
  };
}
