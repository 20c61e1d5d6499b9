import type { Handler } from "#contract";
import type { Dependencies } from "../dependencies.ts";
import { countMail, postTokenMail, tooManyMails } from "../mail_delivery.ts";
import { accountGone } from "../user.ts";

/** Has a mail sent that proves the caller's email, unless that is done. */
export function requestEmailVerification({
  store: { users, mailTokens, throttle },
  postbox,
  mailPages,
}: Pick<Dependencies, "store" | "postbox" | "mailPages">): Handler<"requestEmailVerification"> {
  return async ({ caller, context: { address } }) => {
    const account = await users.find(caller.id);
    if (!account) throw accountGone();
    const { email, emailVerified } = account.user;
    if (!emailVerified) {
      await countMail(throttle, { email, address });
      const mail = { purpose: "verify-email", find: async () => account } as const;
      if (!postTokenMail({ mailTokens, postbox, mailPages }, mail)) throw tooManyMails();
    }
    return { status: 202 };
  };
}
