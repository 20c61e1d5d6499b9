/** What is known of accounts: which passwords are theirs, and which refresh tokens must be good. */
import type { OperationId } from "#contract";
import { PASSWORD } from "./people.ts";

interface KnownAccount {
  /** As the service has it; undefined if it was never told. */
  readonly email: string | undefined;
  readonly password: string;
}

interface KnownToken {
  readonly accountId: string;
  readonly sessionId: string;
  /** Whether nothing has ended it, so that it must be taken. */
  isLive: boolean;
}

/** What an access token tells of its account and session. */
interface Claims {
  readonly sub: string;
  readonly sid: string;
}

/** A request that an account took part in, and what came of it. */
export interface AccountDeed {
  readonly operation: OperationId;
  readonly senderId: string;
  readonly params: Readonly<Record<string, string>>;
  /** What was sent: the members of a JSON object or a form. */
  readonly sent: Readonly<Record<string, unknown>>;
  readonly status: number;
  /** The body that was answered. */
  readonly body: unknown;
}

export class Accounts {
  readonly #accounts = new Map<string, KnownAccount>();
  /** All that were given: nobody can guess another one. */
  readonly #tokens = new Map<string, KnownToken>();

  /** Whether this is the password of an account that sends requests. */
  isPasswordOf(id: string, password: unknown): boolean {
    return isSame(this.#accounts.get(id)?.password ?? PASSWORD, password);
  }

  /** Whether this is the password of the account that has an email; not, if none is known. */
  isPasswordOfEmail(email: unknown, password: unknown): boolean {
    const wanted = String(email).toLowerCase();
    const known = [...this.#accounts.values()].find((account) => account.email === wanted);
    return known !== undefined && isSame(known.password, password);
  }

  /** Whether a refresh token must be taken. */
  isLive(refreshToken: unknown): boolean {
    return this.#tokens.get(String(refreshToken))?.isLive === true;
  }

  /** One that is known stays as it is: a reply that was stored tells how it was then. */
  register(id: string, account: KnownAccount): void {
    if (!this.#accounts.has(id)) this.#accounts.set(id, account);
  }

  /** Takes from an answer what becomes of passwords and sessions. */
  learn(deed: AccountDeed): void {
    const { operation, senderId, params, sent, status } = deed;
    if (operation === "refreshTokens") this.#noteRefresh(sent.refresh_token, status);
    if (status >= 400) return;
    const body = Object(deed.body);
    if (operation === "registerUser") this.register(body.id, { email: body.email, password: String(sent.password) });
    if (operation === "logIn" || operation === "refreshTokens") this.#learnTokens(body);
    if (operation === "changePassword") {
      this.#accounts.set(senderId, { email: this.#accounts.get(senderId)?.email, password: String(sent.newPassword) });
    }
    this.#endWhere(endedBy({ operation, senderId, params, sent }, (token) => this.#tokens.get(String(token))));
  }

  /** Once it was replaced it may be refused; and if it is, its session ends. */
  #noteRefresh(refreshToken: unknown, status: number): void {
    const known = this.#tokens.get(String(refreshToken));
    if (known === undefined) return;
    known.isLive = false;
    if (status >= 400) this.#endWhere(({ sessionId }) => sessionId === known.sessionId);
  }

  #learnTokens({ access_token, refresh_token }: { access_token: string; refresh_token: string }): void {
    const { sub: accountId, sid: sessionId } = claimsOf(access_token);
    this.#tokens.set(refresh_token, { accountId, sessionId, isLive: true });
  }

  #endWhere(isOver: (token: KnownToken) => boolean): void {
    for (const token of this.#tokens.values()) if (isOver(token)) token.isLive = false;
  }
}

/** Which tokens a success ends. */
function endedBy(
  { operation, senderId, params, sent }: Pick<AccountDeed, "operation" | "senderId" | "params" | "sent">,
  find: (token: unknown) => KnownToken | undefined,
): (token: KnownToken) => boolean {
  const ofSession = (ended: string | undefined) => (token: KnownToken) => token.sessionId === ended;
  const ofAccount = (ended: string | undefined) => (token: KnownToken) => token.accountId === ended;
  if (operation === "logOut") return ofSession(find(sent.refresh_token)?.sessionId);
  if (operation === "revokeToken") return ofSession(find(sent.token)?.sessionId);
  if (operation === "endSession") return ofSession(params.sessionId);
  if (operation === "endAllSessions" || operation === "changePassword") return ofAccount(senderId);
  return operation === "replaceUserRoles" ? ofAccount(params.userId) : () => false;
}

/** As the service compares them: however their characters are composed. */
function isSame(known: string, password: unknown): boolean {
  return known.normalize("NFC") === String(password).normalize("NFC");
}

function claimsOf(accessToken: string): Claims {
  const payload = Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString();
  return JSON.parse(payload); // made by our own service, held against the contract elsewhere
}
