/** What the service keeps, whatever database it is kept in. Every adapter passes `contract.ts` on its real engine. */
import type { AuditEvent, AuditStore } from "#platform/audit.ts";
import type { IdempotencyRecord, IdempotencyStore } from "#platform/idempotency.ts";
import type { RefreshDecision, RefreshState, Session } from "../refresh_token.ts";
import type { StoredKey } from "../signing_key.ts";
import type { ThrottleKey } from "../throttle.ts";
import type { Role, User } from "../user.ts";

/** An account with what nobody is shown. */
export interface Account {
  readonly user: User;
  readonly passwordHash: string;
  /** One more with each change of password or roles: sessions of an earlier epoch are over. */
  readonly sessionEpoch: number;
}

export type NewAccount = Pick<Account, "user" | "passwordHash">;

/** What is written to the trail together with its effect; nothing without one. */
export interface Audited {
  readonly event?: AuditEvent | undefined;
}

/** An edit at the version that was read. */
export interface Edit extends Audited {
  readonly version: number;
  readonly now: Date;
}
export interface ProfileEdit extends Edit {
  readonly displayName?: string | undefined;
}
export interface RolesEdit extends Edit {
  /** As `sortRoles` gives them. */
  readonly roles: readonly Role[];
}

/** Replaces a password only where it is still the one that was checked. */
export interface PasswordEdit extends Audited {
  readonly from: string;
  readonly to: string;
}

export interface UserQuery {
  readonly limit: number;
  /** Normalised. */
  readonly email?: string | undefined;
  /** Only ids before this one. */
  readonly before?: string | undefined;
}

export interface UserStore {
  /**
   * Keeps an account, and with it the record and the event, if there are any.
   *
   * @throws {Problem} `email-taken`.
   * @throws {KeyTaken} if there is another record of the same scope and key.
   */
  insert(account: NewAccount, record?: IdempotencyRecord, event?: AuditEvent): Promise<void>;
  find(id: string): Promise<Account | undefined>;
  /** @param email Normalised. */
  findByEmail(email: string): Promise<Account | undefined>;
  /** Newest first, by id. */
  list(query: UserQuery): Promise<User[]>;
  /** @throws {Problem} `not-found`, `version-conflict`. */
  updateProfile(id: string, edit: ProfileEdit): Promise<User>;
  /** Ends every session of the account. @throws {Problem} `not-found`, `version-conflict`, `last-admin`. */
  replaceRoles(id: string, edit: RolesEdit): Promise<User>;
  /** Ends every session of the account. @returns Whether the password was still the one that was checked. */
  replacePassword(id: string, edit: PasswordEdit): Promise<boolean>;
  /** Keeps another hash of the same password, if nobody has changed it meanwhile: sessions go on. */
  replaceHash(id: string, edit: PasswordEdit): Promise<void>;
}

export interface NewSession extends Audited {
  /** A UUIDv7. */
  readonly id: string;
  readonly userId: string;
  /** The account's epoch when its password was checked. */
  readonly epoch: number;
  readonly tokenHash: string;
  /** Until it expires, by the clock of the database. */
  readonly lifetimeMs: number;
  /** What the client called itself. @default null */
  readonly client?: string | null;
}

export interface SessionQuery {
  readonly limit: number;
  /** Only ids before this one. */
  readonly before?: string | undefined;
}

/** A session that something is told of. */
export interface SessionKey {
  readonly id: string;
  readonly userId: string;
}

/** How one token takes the place of another. */
export interface RefreshOptions {
  readonly nextHash: string;
  /** Makes the event of a session that is ended because a token of it was used again. */
  readonly reused?: (session: SessionKey) => AuditEvent;
  readonly decide: (state: RefreshState) => RefreshDecision;
}

/** What became of a token, and of whose. An unknown token is refused without an account. */
export type RefreshOutcome =
  | { readonly decision: "renew"; readonly user: Pick<User, "id" | "roles">; readonly sessionId: string }
  | { readonly decision: "refuse" | "revoke"; readonly user?: Pick<User, "id" | "roles"> };

/** Sessions with their refresh tokens. Nothing else of one session happens while one of these runs. */
export interface SessionStore {
  open(session: NewSession): Promise<void>;
  /** Lets the rule decide about a token, and carries the decision out. */
  refresh(tokenHash: string, options: RefreshOptions): Promise<RefreshOutcome>;
  /** Ends the session of a token, whether it was replaced or not; an unknown token is no error. */
  revoke(tokenHash: string, ended?: (session: SessionKey) => AuditEvent): Promise<void>;
  /** The sessions of an account that are not over, newest first, by id. */
  list(userId: string, query: SessionQuery): Promise<Session[]>;
  /** Whether a session of an account is there and not over. */
  isLive(session: SessionKey): Promise<boolean>;
  /** Ends a session of an account. @returns Whether it was one, and not over. */
  end(userId: string, id: string, event?: AuditEvent): Promise<boolean>;
  /** Ends every session of an account, also those that are opened for a password that was checked before. */
  endAll(userId: string, event?: AuditEvent): Promise<void>;
}

export interface NewMailToken extends Audited {
  readonly hash: string;
  readonly userId: string;
  /** The account's epoch now: a password or roles that change since end the token. */
  readonly epoch: number;
  /** Until it expires, by the clock of the database. */
  readonly lifetimeMs: number;
}

export interface PasswordReset extends Audited {
  /** The hash of the new password. */
  readonly to: string;
  readonly now: Date;
}

export interface EmailVerification {
  readonly now: Date;
  /** Makes the event of an email that was not verified before. */
  readonly eventOf: (userId: string) => AuditEvent;
}

/** Tokens that were sent by mail: each is good once, and until it expires. */
export interface MailTokenStore {
  issue(token: NewMailToken): Promise<void>;
  /** Whose password a token lets set. Uses nothing up. */
  findUser(hash: string): Promise<string | undefined>;
  /** Uses a token up, sets the password, and ends every session of the account. @returns Whether it was good. */
  resetPassword(hash: string, reset: PasswordReset): Promise<boolean>;
  /** Uses a token up, whatever the account's epoch is now. @returns Whether it was good. */
  verifyEmail(hash: string, verification: EmailVerification): Promise<boolean>;
}

/** Failed attempts, counted and timed by the clock of the database. */
export interface ThrottleStore {
  /** Milliseconds until the last of these keys lets an attempt in; 0 if all do. Counts nothing. */
  waitMs(keys: readonly ThrottleKey[]): Promise<number>;
  /** Counts an attempt as failed beforehand, so that many at once are as slow as one after the other. @returns 0; or the wait, and counts nothing. */
  attempt(key: ThrottleKey): Promise<number>;
  /** Takes one attempt back that did not fail; earlier failures stay. */
  forgive(key: ThrottleKey): Promise<void>;
  /** Forgets all failures. */
  clear(key: ThrottleKey): Promise<void>;
}

export interface SigningKeyStore {
  list(): Promise<StoredKey[]>;
  /** @returns Whether it was kept: of all keys of one generation the first one is. */
  add(key: StoredKey, event?: AuditEvent): Promise<boolean>;
  /** Takes a key out of use. @returns Whether there is such a key that was in use. */
  withdraw(kid: string, event?: AuditEvent): Promise<boolean>;
}

/** Everything the service keeps. */
export interface Store {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly mailTokens: MailTokenStore;
  readonly throttle: ThrottleStore;
  readonly signingKeys: SigningKeyStore;
  readonly idempotency: IdempotencyStore;
  readonly audit: AuditStore;
  /** @throws {Problem} `service-unavailable` if the database does not answer. */
  ping(): Promise<void>;
  /** Deletes what has expired, where the database does not do it by itself. */
  purge(): Promise<void>;
  close(): Promise<void>;
}
