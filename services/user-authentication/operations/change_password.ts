import type { Handler } from "#contract";
import type { Dependencies } from "../dependencies.ts";
import { attemptPassword } from "../password_attempt.ts";
import { accountGone, checkNewPassword, incorrectPassword } from "../user.ts";

/** Changes the caller's password, if they know the current one, and ends all of their sessions. */
export function changePassword({
  store,
  passwords,
}: Pick<Dependencies, "store" | "passwords">): Handler<"changePassword"> {
  const { users, throttle } = store;
  return async ({ body: { currentPassword, newPassword }, caller, context: { address } }) => {
    const account = await users.find(caller.id);
    if (!account) throw accountGone();
    checkNewPassword(newPassword, account.user);
    const attempt = { email: account.user.email, password: currentPassword, address, account };
    if (!(await attemptPassword({ throttle, passwords }, attempt))) throw incorrectPassword();
    const edit = { from: account.passwordHash, to: await passwords.hash(newPassword) };
    // Somebody else was faster: the one that was checked is not the current one any more.
    if (!(await users.replacePassword(caller.id, edit))) throw incorrectPassword();
    return { status: 204 };
  };
}
