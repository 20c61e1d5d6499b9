import { type ClientOptions, createClient } from "./client.ts";
import { singleFlight } from "./single_flight.ts";

/** Who a service is, for `POST /token`. */
export interface ClientCredentials extends Pick<ClientOptions, "baseUrl" | "fetch" | "timeoutMs"> {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  /** How long before its end a token is replaced, in milliseconds. @default 30000 */
  readonly earlyMs?: number;
  /** The current time in milliseconds. @default the wall clock */
  readonly now?: () => number;
}

/**
 * Gives a service's access token, as the `token` of a client. It is renewed before it ends and when it is refused, once
 * for many callers.
 *
 * @throws {ApiError} if the client is refused; the next call asks again.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.4 | RFC 6749, 4.4}
 */
export function clientCredentials(options: ClientCredentials): (refused?: string) => Promise<string> {
  const { clientId, clientSecret, scope, earlyMs = 30_000, now = Date.now, ...transport } = options;
  const client = createClient(transport);
  let token: { value: string; endsMs: number } | undefined;

  const renew = singleFlight(async () => {
    const body = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope };
    const { body: issued } = await client.issueServiceToken({ body });
    token = { value: issued.access_token, endsMs: now() + issued.expires_in * 1000 };
    return token.value;
  });

  return async (refused) => {
    const isGood = token !== undefined && token.value !== refused && now() < token.endsMs - earlyMs;
    return isGood ? token!.value : await renew();
  };
}
