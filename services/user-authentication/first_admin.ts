import { operatorEvent } from "#platform/audit.ts";
import { Problem } from "#platform/problem.ts";
import { normalizeEmail } from "./email.ts";
import type { Passwords } from "./password.ts";
import type { Account, UserStore } from "./store/mod.ts";
import { createUser, sortRoles } from "./user.ts";

/** Who shall be able to administer, from the configuration. */
export interface AdminLogin {
  readonly email: string;
  readonly password: string;
}

export interface FirstAdminPorts {
  readonly users: UserStore;
  readonly passwords: Passwords;
  readonly newId: () => string;
  readonly now: () => Date;
}

/**
 * What was done: `created` the account; found that it `is-admin` already; `promoted` it; or left alone an account that is `not-owned`, because its
 * password is another one.
 */
export type FirstAdminOutcome = "created" | "is-admin" | "promoted" | "not-owned";

const ATTEMPTS = 5;

/**
 * Sees to it that there is an admin. An account that has the email already becomes one only if the password is its own: somebody else may have
 * registered the email. A password that was changed since is never set back. Any number of replicas may do this at once.
 */
export async function ensureFirstAdmin(ports: FirstAdminPorts, login: AdminLogin): Promise<FirstAdminOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryEnsure(ports, login);
    } catch (error) {
      const lost = error instanceof Problem && (error.code === "email-taken" || error.code === "version-conflict");
      if (!lost || attempt === ATTEMPTS) throw error;
    }
  }
}

async function tryEnsure(ports: FirstAdminPorts, login: AdminLogin): Promise<FirstAdminOutcome> {
  const { users, passwords, newId, now } = ports;
  const email = normalizeEmail(login.email) ?? login.email;
  const account = await users.findByEmail(email);
  if (account) return promote(ports, account, login.password);
  const roles = ["customer", "admin"] as const;
  const user = createUser({ id: newId(), email, displayName: "Administrator", roles, now: now() });
  const event = operatorEvent(newId(), { action: "user-registered", target: { kind: "user", id: user.id } });
  await users.insert({ user, passwordHash: await passwords.hash(login.password) }, undefined, event);
  return "created";
}

async function promote(
  { users, passwords, newId, now }: FirstAdminPorts,
  { user, passwordHash }: Account,
  password: string,
): Promise<FirstAdminOutcome> {
  if (user.roles.includes("admin")) return "is-admin";
  if (!(await passwords.verify(password, passwordHash))) return "not-owned";
  const roles = sortRoles([...user.roles, "admin"]);
  const deed = {
    action: "roles-replaced",
    target: { kind: "user", id: user.id },
    details: { roles: roles.join(" ") },
  } as const;
  const event = operatorEvent(newId(), deed);
  await users.replaceRoles(user.id, { version: user.version, roles, now: now(), event });
  return "promoted";
}
