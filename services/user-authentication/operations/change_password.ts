import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import type { Dependencies } from "../dependencies.ts";
import { attemptPassword } from "../password_attempt.ts";
import { accountGone, checkNewPassword, incorrectPassword } from "../user.ts";

/** Changes the caller's password, if they know the current one, and ends all of their sessions. */
export function changePassword({
  store,
  passwords,
  newId,
}: Pick<Dependencies, "store" | "passwords" | "newId">): Handler<"changePassword"> {
  const { users, throttle, audit } = store;
  return async ({ body: { currentPassword, newPassword }, caller, context }) => {
    const eventOf = (action: "password-changed" | "password-change-refused") =>
      auditEvent(newId(), { caller, context }, { action, target: { kind: "user", id: caller.id } });
    const refuse = async (): Promise<never> => {
      await audit.append(eventOf("password-change-refused"));
      throw incorrectPassword();
    };
    const account = await users.find(caller.id);
    if (!account) throw accountGone();
    checkNewPassword(newPassword, account.user);
    const attempt = { email: account.user.email, password: currentPassword, address: context.address, account };
    if (!(await attemptPassword({ throttle, passwords }, attempt))) return refuse();
    const event = eventOf("password-changed");
    const edit = { from: account.passwordHash, to: await passwords.hash(newPassword), event };
    // Somebody else was faster: the one that was checked is not the current one any more.
    if (!(await users.replacePassword(caller.id, edit))) return refuse();
    return { status: 204 };
  };
}
