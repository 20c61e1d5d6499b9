import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import type { Dependencies } from "../dependencies.ts";
import { hashMailToken, invalidMailToken } from "../mail_token.ts";
import { accountKey } from "../throttle.ts";
import { checkNewPassword } from "../user.ts";

/** Sets a password by the token of a mail, ends every session, and lets the owner in at once. */
export function resetPassword({
  store: { users, mailTokens, throttle },
  passwords,
  newId,
  now,
}: Pick<Dependencies, "store" | "passwords" | "newId" | "now">): Handler<"resetPassword"> {
  return async ({ body: { token, newPassword }, context }) => {
    const hash = hashMailToken("reset-password", token);
    // Looked at first, so that guesses cost no work, and a password that is refused no token.
    const id = await mailTokens.findUser(hash);
    const account = id === undefined ? undefined : await users.find(id);
    if (!account) throw invalidMailToken();
    checkNewPassword(newPassword, account.user);
    const target = { kind: "user", id: account.user.id } as const;
    const event = auditEvent(newId(), { caller: target, context }, { action: "password-reset", target });
    const to = await passwords.hash(newPassword);
    if (!(await mailTokens.resetPassword(hash, { to, now: now(), event }))) throw invalidMailToken();
    await throttle.clear(accountKey(account.user.email));
    return { status: 204 };
  };
}
