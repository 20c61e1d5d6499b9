import type { Schema, UserCaller } from "#contract";
import { ACCESS_TOKEN_SECONDS } from "#platform/access_token.ts";
import type { AuditEvent } from "#platform/audit.ts";
import {
  createRefreshToken,
  decideRefresh,
  hashRefreshToken,
  invalidRefreshToken,
  SESSION_LIFETIME_MS,
} from "./refresh_token.ts";
import type { Account, SessionKey, SessionStore } from "./store/mod.ts";
import type { TokenIssuer } from "./token_issuer.ts";
import type { User } from "./user.ts";

/** What sessions need. */
export interface SessionPorts {
  readonly sessions: SessionStore;
  readonly tokens: TokenIssuer;
  readonly newId: () => string;
}

/** What is kept of a new session. */
export interface NewSessionOptions {
  /** What the client calls itself. */
  readonly client: string | null;
  readonly eventOf: (sessionId: string) => AuditEvent | undefined;
}

/** Signs an account in whose password was just checked. */
export async function openSession(
  { sessions, tokens, newId }: SessionPorts,
  account: Account,
  { client, eventOf }: NewSessionOptions,
): Promise<Schema<"Tokens">> {
  const { user, sessionEpoch: epoch } = account;
  const refreshToken = createRefreshToken();
  const tokenHash = hashRefreshToken(refreshToken);
  const id = newId();
  const event = eventOf(id);
  await sessions.open({ id, userId: user.id, epoch, tokenHash, lifetimeMs: SESSION_LIFETIME_MS, client, event });
  return toTokens({ user, id }, refreshToken, tokens);
}

/** Makes what tells whether a caller's session is over; one that names none is. */
export function createSessionCheck(sessions: Pick<SessionStore, "isLive">): (caller: UserCaller) => Promise<boolean> {
  return async ({ id: userId, sessionId: id }) => id === undefined || !(await sessions.isLive({ id, userId }));
}

/** Puts new tokens in the place of a refresh token. @throws {Problem} `invalid-refresh-token`. */
export async function refreshSession(
  { sessions, tokens }: SessionPorts,
  refreshToken: string,
  reused: (session: SessionKey) => AuditEvent,
): Promise<Schema<"Tokens">> {
  const next = createRefreshToken();
  const options = { nextHash: hashRefreshToken(next), decide: decideRefresh, reused };
  const outcome = await sessions.refresh(hashRefreshToken(refreshToken), options);
  if (outcome.decision !== "renew") throw invalidRefreshToken();
  return toTokens({ user: outcome.user, id: outcome.sessionId }, next, tokens);
}

async function toTokens(
  { user, id }: { readonly user: Pick<User, "id" | "roles">; readonly id: string },
  refreshToken: string,
  tokens: TokenIssuer,
): Promise<Schema<"Tokens">> {
  return {
    access_token: await tokens.userToken(user, id),
    token_type: "Bearer",
    expires_in: ACCESS_TOKEN_SECONDS,
    refresh_token: refreshToken,
  };
}
