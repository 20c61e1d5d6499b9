import { createHash } from "node:crypto";
import { networkOf } from "#platform/client_address.ts";
import { Problem } from "#platform/problem.ts";

/** How attempts are slowed down after failures in a row. */
export interface ThrottleRule {
  /** The wait after so many failures, in milliseconds; the last one holds for all that follow. Plain data, so that a database can apply it. */
  readonly delaysMs: readonly number[];
  /** Failures are forgotten when there was no attempt for so long, in milliseconds. */
  readonly forgetAfterMs: number;
}

/** One thing whose failures are counted. */
export interface ThrottleKey {
  readonly key: string;
  readonly rule: ThrottleRule;
}

/** How a row of delays grows. */
export interface DelayOptions {
  /** Failures that cost nothing. */
  free: number;
  /** The first wait; each further one is twice as long. */
  firstMs: number;
  /** The longest wait: there is no lock-out for good. */
  longestMs: number;
}

const DAY_MS = 86_400_000;

/** People mistype; nobody does so for long. At the longest delay that is 96 guesses a day (NIST SP 800-63B-4, 3.2.2). */
export const ACCOUNT_RULE: ThrottleRule = {
  delaysMs: growingDelays({ free: 5, firstMs: 1000, longestMs: 900_000 }),
  forgetAfterMs: DAY_MS,
};

/** Many people can share an address, so it has more failures free and a shorter wait. */
export const ADDRESS_RULE: ThrottleRule = {
  delaysMs: growingDelays({ free: 50, firstMs: 1000, longestMs: 60_000 }),
  forgetAfterMs: 3_600_000,
};

/** Mails to one receiver: a few at once, then a minute and more between two. */
export const MAIL_RULE: ThrottleRule = {
  delaysMs: growingDelays({ free: 3, firstMs: 60_000, longestMs: 3_600_000 }),
  forgetAfterMs: DAY_MS,
};

/** Mails that are asked for from one address. */
export const MAIL_ADDRESS_RULE: ThrottleRule = {
  delaysMs: growingDelays({ free: 30, firstMs: 1000, longestMs: 60_000 }),
  forgetAfterMs: 3_600_000,
};

/** The delay after n failures is at index n. */
export function growingDelays({ free, firstMs, longestMs }: DelayOptions): number[] {
  const delays = Array<number>(free + 1).fill(0);
  for (let delayMs = firstMs; delayMs < longestMs; delayMs *= 2) delays.push(delayMs);
  return [...delays, longestMs];
}

/** The key of an account, made of what was typed, so that an unknown email is slowed down like a known one. Emails are not kept: only hashes. */
export function accountKey(email: string): ThrottleKey {
  return { key: `account:${digest(email)}`, rule: ACCOUNT_RULE };
}

/** The key of mails to a receiver, whether there is such an account or not. */
export function mailKey(email: string): ThrottleKey {
  return { key: `mail:${digest(email)}`, rule: MAIL_RULE };
}

/** The key of mails that are asked for from an address, if there is one. */
export function mailAddressKey(address: string): ThrottleKey | undefined {
  return address === "" ? undefined : { key: `mail-address:${networkOf(address)}`, rule: MAIL_ADDRESS_RULE };
}

/** The key of an address, if there is one. A home has a /64 of IPv6 addresses, so that counts as one. */
export function addressKey(address: string): ThrottleKey | undefined {
  if (address === "") return undefined;
  return { key: `address:${networkOf(address)}`, rule: ADDRESS_RULE };
}

/** @param waitMs Until the next attempt is let in. */
export function tooManyAttempts(waitMs: number, what = "failed attempts"): Problem<"too-many-requests"> {
  const headers = { "retry-after": String(Math.max(1, Math.ceil(waitMs / 1000))) };
  return new Problem("too-many-requests", `Too many ${what}: wait as long as Retry-After says`, { headers });
}

function digest(email: string): string {
  return createHash("sha256").update(email).digest("base64url");
}
