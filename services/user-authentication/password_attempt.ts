import { Problem } from "#platform/problem.ts";
import type { Passwords } from "./password.ts";
import type { Account, ThrottleStore, UserStore } from "./store/mod.ts";
import { accountKey, addressKey, tooManyAttempts } from "./throttle.ts";

/** What an attempt at a password needs. */
export interface AttemptPorts {
  readonly throttle: ThrottleStore;
  readonly passwords: Passwords;
}

/** Somebody says that they are the owner of an account. */
export interface Attempt {
  /** As normalised, or as typed where that can't be: what is not there is slowed down as well. */
  readonly email: string;
  readonly password: string;
  /** Of the peer; empty where there is no socket. */
  readonly address: string;
  /** Undefined if there is no such account: the attempt fails, in the same way. */
  readonly account: Pick<Account, "passwordHash"> | undefined;
}

/**
 * Checks a password. Failures of the account and of the address make later attempts wait. Each attempt counts as failed before the password is
 * looked at, so that a thousand at once gain nothing.
 *
 * @returns Whether it is the account's password.
 * @throws {Problem} `too-many-requests` if it is too early; `service-unavailable` if too many hashes wait.
 */
export async function attemptPassword({ throttle, passwords }: AttemptPorts, attempt: Attempt): Promise<boolean> {
  const { email, password, address, account } = attempt;
  const [ofAccount, ofAddress] = [accountKey(email), addressKey(address)];
  const keys = ofAddress ? [ofAddress, ofAccount] : [ofAccount];
  // Those who have to wait don't get into the line for the processor.
  refuseEarly(await throttle.waitMs(keys));
  const isRight = await passwords.verify(password, account?.passwordHash, async () => {
    for (const key of keys) refuseEarly(await throttle.attempt(key));
  });
  if (!isRight) return false;
  // Of the address only this attempt: else an attacker could clear it with an account of their own.
  await Promise.all([throttle.clear(ofAccount), ofAddress && throttle.forgive(ofAddress)]);
  return true;
}

/**
 * Hashes a password that was just found right again, if its hash is of other parameters than those of now. Where there is no room for that, the next
 * sign-in does it.
 */
export async function renewHash(
  { users, passwords }: { readonly users: Pick<UserStore, "replaceHash">; readonly passwords: Passwords },
  { user: { id }, passwordHash: from }: Account,
  password: string,
): Promise<void> {
  if (!passwords.isOutdated(from)) return;
  const to = await passwords.hash(password).catch((error: unknown) => {
    if (error instanceof Problem) return undefined;
    throw error;
  });
  if (to !== undefined) await users.replaceHash(id, { from, to });
}

function refuseEarly(waitMs: number): void {
  if (waitMs > 0) throw tooManyAttempts(waitMs);
}
