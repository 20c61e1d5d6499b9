import type { Schema } from "#contract";
import { type CallOptions, type Client, type ClientOptions, createClient } from "./client.ts";
import { isProblem } from "./errors.ts";
import { retry } from "./retry.ts";
import { singleFlight } from "./single_flight.ts";

/** What a signed-in user holds. Whoever has it is that user: keep it where other sites can't read it. */
export interface SessionTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token ends, in milliseconds since 1970 by this device's clock. */
  readonly endsMs: number;
}

/** Keeps the tokens of a session, for example in `localStorage`. Tabs that share one share the session. */
export interface SessionStore {
  /** What was saved last; undefined or null if there is nothing. */
  load(): SessionTokens | undefined | null | Promise<SessionTokens | undefined | null>;
  /** Keeps the tokens, or forgets them: undefined means signed out, by the user or by the service. */
  save(tokens: SessionTokens | undefined): void | Promise<void>;
}

/** How a session is kept; the rest is as for a client. */
export interface SessionOptions extends Omit<ClientOptions, "token"> {
  /** @default in memory: the session ends with the page */
  readonly store?: SessionStore;
  /** How long before its end an access token is replaced, in milliseconds. @default 30000 */
  readonly earlyMs?: number;
  /** The current time in milliseconds. @default the wall clock */
  readonly now?: () => number;
}

/** A user, signed in or not. */
export interface Session {
  /** Asks as this user while they are signed in, and as anybody else does while they are not. */
  readonly client: Client;
  /** The current access token, as the `token` of another client; undefined if nobody is signed in. */
  token(refused?: string): Promise<string | undefined>;
  isSignedIn(): Promise<boolean>;
  /** @throws {ApiError} `invalid-credentials` for an unknown email or a wrong password. */
  logIn(credentials: Schema<"Credentials">, options?: CallOptions): Promise<void>;
  /** Forgets the tokens, then has the service revoke them. */
  logOut(options?: CallOptions): Promise<void>;
}

/** A refresh token counts as stolen when it comes again more than 10 s after its first use: both attempts are within that. */
const REFRESH_TIMEOUT_MS = 4_000;

/**
 * Makes a session. Its access token is replaced before it ends and when it is refused, once for many callers; every
 * request that was refused for its token is then sent again.
 */
export function createSession(options: SessionOptions): Session {
  const { store = inMemory(), earlyMs = 30_000, now = Date.now, ...transport } = options;
  const visitor = createClient(transport);

  const keep = ({ access_token, refresh_token, expires_in }: Schema<"Tokens">): SessionTokens => ({
    accessToken: access_token,
    refreshToken: refresh_token,
    endsMs: now() + expires_in * 1000,
  });

  const refresh = singleFlight(async (): Promise<string | undefined> => {
    const old = await store.load();
    if (!old) return undefined;
    const tokens = await replaced(old);
    const current = await store.load();
    // The user signed out or in meanwhile, or another tab was faster: what is stored holds.
    if (current?.refreshToken !== old.refreshToken) return current?.accessToken;
    await store.save(tokens);
    return tokens?.accessToken;
  });

  /** Undefined if the service has ended the session. */
  async function replaced({ refreshToken }: SessionTokens): Promise<SessionTokens | undefined> {
    const body = { refresh_token: refreshToken };
    const timeoutMs = Math.min(transport.timeoutMs ?? REFRESH_TIMEOUT_MS, REFRESH_TIMEOUT_MS);
    try {
      const send = () => visitor.refreshTokens({ body }, { timeoutMs });
      return keep((await retry(send, { attempts: 2, maxMs: 1_000, repeatable: true })).body);
    } catch (error) {
      if (isProblem(error, "invalid-refresh-token")) return undefined;
      throw error;
    }
  }

  async function token(refused?: string): Promise<string | undefined> {
    const tokens = await store.load();
    if (!tokens) return undefined;
    const isGood = tokens.accessToken !== refused && now() < tokens.endsMs - earlyMs;
    return isGood ? tokens.accessToken : await refresh();
  }

  return {
    client: createClient({ ...transport, token }),
    token,
    isSignedIn: async () => Boolean(await store.load()),
    async logIn(credentials, callOptions) {
      const { body } = await visitor.logIn({ body: credentials }, callOptions);
      await store.save(keep(body));
    },
    async logOut(callOptions) {
      const tokens = await store.load();
      await store.save(undefined);
      if (tokens) await visitor.logOut({ body: { refresh_token: tokens.refreshToken } }, callOptions);
    },
  };
}

function inMemory(): SessionStore {
  let kept: SessionTokens | undefined;
  return {
    load: () => kept,
    save: (tokens) => {
      kept = tokens;
    },
  };
}
