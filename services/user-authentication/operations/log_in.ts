import type { Handler } from "#contract";
import type { Dependencies } from "../dependencies.ts";
import { normalizeEmail } from "../email.ts";
import { attemptPassword, renewHash } from "../password_attempt.ts";
import { openSession } from "../session.ts";
import { invalidCredentials } from "../user.ts";

/** Exchanges email and password for tokens; an unknown email takes the same way as a wrong password. */
export function logIn({ store, passwords, tokens, newId }: Dependencies): Handler<"logIn"> {
  const { users, sessions, throttle } = store;
  return async ({ headers, body: { email: typed, password }, context: { address } }) => {
    const email = normalizeEmail(typed);
    const account = email === undefined ? undefined : await users.findByEmail(email);
    const attempt = { email: email ?? typed, password, address, account };
    const isRight = await attemptPassword({ throttle, passwords }, attempt);
    if (!isRight || !account) throw invalidCredentials();
    await renewHash({ users, passwords }, account, password);
    const body = await openSession({ sessions, tokens, newId }, account, headers["user-agent"]);
    return { status: 200, headers: { "cache-control": "no-store" }, body };
  };
}
