import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import type { Dependencies } from "../dependencies.ts";
import { normalizeEmail } from "../email.ts";
import { attemptPassword, renewHash } from "../password_attempt.ts";
import { openSession } from "../session.ts";
import { invalidCredentials } from "../user.ts";

/** Exchanges email and password for tokens; an unknown email takes the same way as a wrong password. */
export function logIn({ store, passwords, tokens, newId }: Dependencies): Handler<"logIn"> {
  const { users, sessions, throttle, audit } = store;
  return async ({ body: { email: typed, password }, context }) => {
    const email = normalizeEmail(typed);
    const account = email === undefined ? undefined : await users.findByEmail(email);
    const attempt = { email: email ?? typed, password, address: context.address, account };
    const isRight = await attemptPassword({ throttle, passwords }, attempt);
    const target = { kind: "user", id: account?.user.id ?? null } as const;
    if (!isRight || !account) {
      // With an account or without: the same work.
      await audit.append(auditEvent(newId(), { caller: undefined, context }, { action: "sign-in-refused", target }));
      throw invalidCredentials();
    }
    await renewHash({ users, passwords }, account, password);
    const doer = { caller: { kind: "user", id: account.user.id }, context } as const;
    const body = await openSession({ sessions, tokens, newId }, account, {
      client: context.userAgent,
      eventOf: (session) => auditEvent(newId(), doer, { action: "signed-in", target, details: { session } }),
    });
    return { status: 200, headers: { "cache-control": "no-store" }, body };
  };
}
