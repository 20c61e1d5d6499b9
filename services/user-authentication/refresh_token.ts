import { createHash, randomBytes } from "node:crypto";
import type { Schema } from "#contract";
import type { Deed } from "#platform/audit.ts";
import { Problem } from "#platform/problem.ts";

/** NIST SP 800-63B-4, 2.1.3: sign in again at least every 30 days. */
export const SESSION_LIFETIME_MS = 30 * 86_400_000;
/** A reply can be lost and two tabs can refresh at once: for so long, the token that was replaced last still works. */
export const REFRESH_GRACE_MS = 10_000;
const TOKEN_BYTES = 32;

export type Session = Schema<"Session">;

/** A session is a family of refresh tokens: one sign-in, and all that came from it. */
export interface SessionState {
  /** The age of the youngest token; that of the sign-in is 1. */
  readonly generation: number;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  /** The account's epoch at sign-in. */
  readonly epoch: number;
}

/** A refresh token and all that decides about it, read in one transaction that keeps others out. */
export interface RefreshState {
  /** By the clock of the database, which all replicas share. */
  readonly now: Date;
  readonly token: { readonly generation: number; readonly replacedAt: Date | null };
  readonly session: SessionState;
  /** The account's epoch now: a change of password or roles adds one, which ends every session from before. */
  readonly accountEpoch: number;
}

/** `renew`: give a new token. `refuse`: it is over. `revoke`: it was used again, so it may be stolen: end the session. */
export type RefreshDecision = "renew" | "refuse" | "revoke";

/**
 * Decides about a refresh token that is presented. One that was replaced is taken for stolen (RFC 9700, 4.14.2), unless it is the parent of the
 * youngest and was replaced within the grace: then the caller has not got the answer, or asked twice.
 */
export function decideRefresh(
  { now, token, session, accountEpoch }: RefreshState,
  graceMs = REFRESH_GRACE_MS,
): RefreshDecision {
  if (session.revokedAt !== null || session.expiresAt <= now || session.epoch !== accountEpoch) return "refuse";
  if (token.replacedAt === null) return "renew";
  const isParent = token.generation === session.generation - 1;
  const inGrace = now.getTime() - token.replacedAt.getTime() < graceMs;
  return isParent && inGrace ? "renew" : "revoke";
}

/** Makes a token: 256 random bits. */
export function createRefreshToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** The form in which a token is stored. One round of SHA-256 is enough: nobody can try out 2^256 tokens. */
export function hashRefreshToken(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** What the trail tells of a session that its owner has ended. */
export function sessionEnded({ id, userId }: { readonly id: string; readonly userId: string }): Deed {
  return { action: "session-ended", target: { kind: "user", id: userId }, details: { session: id } };
}

export function sessionNotFound(): Problem<"not-found"> {
  return new Problem("not-found", "There is no such session");
}

export function invalidRefreshToken(): Problem<"invalid-refresh-token"> {
  const headers = { "www-authenticate": 'Bearer realm="tradepost", error="invalid_token"' };
  return new Problem("invalid-refresh-token", "Cannot refresh with this token", { headers });
}
