import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import type { Dependencies } from "../dependencies.ts";
import { normalizeEmail } from "../email.ts";
import { countMail, postTokenMail, type TokenMail, tooManyMails } from "../mail_delivery.ts";

/** Has a mail sent that lets a password be set, if there is such an account; which is not said. */
export function requestPasswordReset({
  store: { users, mailTokens, throttle },
  postbox,
  mailPages,
  newId,
}: Pick<Dependencies, "store" | "postbox" | "mailPages" | "newId">): Handler<"requestPasswordReset"> {
  return async ({ body: { email: typed }, context }) => {
    const email = normalizeEmail(typed);
    await countMail(throttle, { email: email ?? typed, address: context.address });
    // Read now: in the background there is no request any more.
    const doer = { caller: undefined, context: { ...context, address: context.address, userAgent: context.userAgent } };
    const mail: TokenMail = {
      purpose: "reset-password",
      find: async () => (email === undefined ? undefined : users.findByEmail(email)),
      eventOf: ({ user: { id } }) =>
        auditEvent(newId(), doer, { action: "password-reset-requested", target: { kind: "user", id } }),
    };
    if (!postTokenMail({ mailTokens, postbox, mailPages }, mail)) throw tooManyMails();
    return { status: 202 };
  };
}
