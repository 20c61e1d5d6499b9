import { createHash, randomBytes } from "node:crypto";
import { Problem } from "#platform/problem.ts";

/** What a token that is sent by mail is good for, and nothing else. */
export type MailPurpose = "verify-email" | "reset-password";

/** OWASP's advice for a reset is "short"; a mail can be late. */
export const MAIL_TOKEN_LIFETIMES_MS: Readonly<Record<MailPurpose, number>> = {
  "verify-email": 86_400_000,
  "reset-password": 1_800_000,
};

const TOKEN_BYTES = 32;

/** Makes a token: 256 random bits. */
export function createMailToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** The form in which a token is stored: a token of one purpose is unknown for the other. */
export function hashMailToken(purpose: MailPurpose, token: string): string {
  return createHash("sha256").update(`${purpose}:${token}`).digest("base64url");
}

/** Says the same of every token that is not good. */
export function invalidMailToken(): Problem<"invalid-mail-token"> {
  return new Problem("invalid-mail-token", "The token is unknown, too old, or was used before");
}
