import type { Schema } from "#contract";
import { Problem } from "#platform/problem.ts";
import { normalizeEmail, wordsOfEmail } from "./email.ts";
import { weaknessOf } from "./password_policy.ts";

export type User = Schema<"User">;
export type Role = Schema<"Role">;
type RequestFault = Schema<"RequestFault">;

/** What an account is made of. */
export interface NewUser {
  /** A UUIDv7. */
  id: string;
  /** As {@link normalizeEmail} makes it. */
  email: string;
  displayName: string;
  roles: readonly Role[];
  now: Date;
}

/** What a password must not be made of: words of the account. */
export type PasswordContext = Pick<User, "email" | "displayName">;

/** Makes an account at its first version. */
export function createUser({ id, email, displayName, roles, now }: NewUser): User {
  const createdAt = now.toISOString();
  const user = { id, email, emailVerified: false, displayName, roles: sortRoles(roles), version: 1 };
  return { ...user, createdAt, updatedAt: createdAt };
}

/** Roles in the order of the contract, whatever the order they were given in. */
export function sortRoles(roles: readonly Role[]): Role[] {
  return (["customer", "admin"] as const).filter((role) => roles.includes(role));
}

/**
 * Checks a registration by the rules that the contract can't say, and normalises its email.
 *
 * @throws {Problem} `invalid-request` with every fault.
 */
export function checkRegistration(registration: Schema<"Registration">): { email: string; displayName: string } {
  const { displayName, password } = registration;
  const email = normalizeEmail(registration.email);
  const faults: RequestFault[] = [];
  if (email === undefined) faults.push(emailFault("body"));
  const weakness = weaknessOf(password, contextWords({ email: email ?? registration.email, displayName }));
  if (weakness) faults.push({ in: "body", pointer: "#/password", detail: weakness });
  // An email that is undefined has left a fault.
  if (email === undefined || faults.length > 0) throw invalidRequest(faults);
  return { email, displayName };
}

/** @throws {Problem} `invalid-request` at `#/newPassword` if it is too easy to guess. */
export function checkNewPassword(password: string, user: PasswordContext): void {
  const weakness = weaknessOf(password, contextWords(user));
  if (weakness) throw invalidRequest([{ in: "body", pointer: "#/newPassword", detail: weakness }]);
}

/** The email to look for. @throws {Problem} `invalid-request` if there can't be an account with it. */
export function checkEmailFilter(text: string): string {
  const email = normalizeEmail(text);
  if (email === undefined) throw invalidRequest([emailFault("query")]);
  return email;
}

/** The words of an account that must not make up its password. */
export function contextWords({ email, displayName }: PasswordContext): string[] {
  return [...wordsOfEmail(email), ...displayName.split(/[^\p{L}\p{N}]+/u), displayName.replace(/\s/g, "")];
}

export function emailTaken(): Problem<"email-taken"> {
  return new Problem("email-taken", "Cannot register this email: another account has it");
}

export function userNotFound(): Problem<"not-found"> {
  return new Problem("not-found", "There is no such user");
}

export function lastAdmin(): Problem<"last-admin"> {
  return new Problem("last-admin", "Cannot demote the last admin");
}

/** The token is good, but its account is gone. */
export function accountGone(): Problem<"unauthorized"> {
  return new Problem("unauthorized", "The account of this access token is gone", {
    headers: { "www-authenticate": 'Bearer realm="tradepost", error="invalid_token"' },
  });
}

export function invalidCredentials(): Problem<"invalid-credentials"> {
  return new Problem("invalid-credentials", "Cannot sign in with this email and password", {
    headers: { "www-authenticate": 'Bearer realm="tradepost"' },
  });
}

export function incorrectPassword(): Problem<"incorrect-password"> {
  return new Problem("incorrect-password", "Cannot change the password: the current one is wrong");
}

/** The version that was read is not the current one any more. */
export function versionConflict(expected: number, current: number): Problem<"version-conflict"> {
  const detail = `Cannot update the user at version ${expected}: current version is ${current}`;
  return new Problem("version-conflict", detail, { currentVersion: current });
}

function emailFault(place: RequestFault["in"]): RequestFault {
  return { in: place, pointer: "#/email", detail: "must not contain control, bidi, zero-width or space characters" };
}

function invalidRequest(errors: RequestFault[]): Problem<"invalid-request"> {
  const places = errors.length === 1 ? "1 place" : `${errors.length} places`;
  return new Problem("invalid-request", `The request breaks a rule in ${places}`, { errors });
}
