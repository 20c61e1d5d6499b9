import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import type { Dependencies } from "../dependencies.ts";
import { hashMailToken, invalidMailToken } from "../mail_token.ts";

/** Takes an email for verified, by the token that was sent to it. */
export function confirmEmail({
  store: { mailTokens },
  newId,
  now,
}: Pick<Dependencies, "store" | "newId" | "now">): Handler<"confirmEmail"> {
  return async ({ body: { token }, context }) => {
    const eventOf = (id: string) => {
      const user = { kind: "user", id } as const;
      return auditEvent(newId(), { caller: user, context }, { action: "email-verified", target: user });
    };
    if (!(await mailTokens.verifyEmail(hashMailToken("verify-email", token), { now: now(), eventOf }))) {
      throw invalidMailToken();
    }
    return { status: 204 };
  };
}
