import type { AuditEvent } from "#platform/audit.ts";
import type { Problem } from "#platform/problem.ts";
import { unavailable } from "#platform/unavailable.ts";
import { emailVerificationMail, type Mail, type MailContent, type MailPages, passwordResetMail } from "./mail.ts";
import { createMailToken, hashMailToken, MAIL_TOKEN_LIFETIMES_MS, type MailPurpose } from "./mail_token.ts";
import type { Postbox } from "./postbox.ts";
import type { Account, MailTokenStore, ThrottleStore } from "./store/mod.ts";
import { mailAddressKey, mailKey, tooManyAttempts } from "./throttle.ts";

/** What mails with tokens need. */
export interface MailPorts {
  readonly mailTokens: MailTokenStore;
  readonly postbox: Postbox;
  readonly mailPages: MailPages;
}

/** A mail with a token, and to whom. */
export interface TokenMail {
  readonly purpose: MailPurpose;
  /** Finds the account; in the background, so that an answer says nothing of it. */
  readonly find: () => Promise<Account | undefined>;
  /** Makes the event that is written with the token. */
  readonly eventOf?: (account: Account) => AuditEvent;
}

const WRITERS: Readonly<Record<MailPurpose, (content: MailContent) => Mail>> = {
  "verify-email": emailVerificationMail,
  "reset-password": passwordResetMail,
};

/** Writes and sends a mail in the background, if there is an account for it. @returns False if too many wait: nothing will be sent. */
export function postTokenMail({ mailTokens, postbox, mailPages: pages }: MailPorts, mail: TokenMail): boolean {
  const { purpose, find, eventOf } = mail;
  return postbox.post(async () => {
    const account = await find();
    if (!account) return undefined;
    const token = createMailToken();
    const { user, sessionEpoch: epoch } = account;
    const lifetimeMs = MAIL_TOKEN_LIFETIMES_MS[purpose];
    const event = eventOf?.(account);
    await mailTokens.issue({ hash: hashMailToken(purpose, token), userId: user.id, epoch, lifetimeMs, event });
    return WRITERS[purpose]({ to: user.email, token, pages });
  });
}

export function tooManyMails(): Problem {
  return unavailable("Too many mails wait to be sent");
}

/** Counts a mail that is asked for. @throws {Problem} `too-many-requests` if there were too many, to this receiver or from this address. */
export async function countMail(
  throttle: ThrottleStore,
  { email, address }: { readonly email: string; readonly address: string },
): Promise<void> {
  const [ofReceiver, ofAddress] = [mailKey(email), mailAddressKey(address)];
  for (const key of ofAddress ? [ofAddress, ofReceiver] : [ofReceiver]) {
    const waitMs = await throttle.attempt(key);
    if (waitMs > 0) throw tooManyAttempts(waitMs, "mails");
  }
}
