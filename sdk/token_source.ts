import { abortable } from "./abort.ts";
import { ApiError } from "./errors.ts";

/**
 * An access token, or a function that gives the current one; undefined sends without a token.
 *
 * After a 401 the function is called again with the token that was refused. If it answers another one, the request is
 * sent once more.
 */
export type TokenSource = string | ((refused?: string) => string | undefined | Promise<string | undefined>);

/**
 * Sends with the current token; if that is refused, once more with another one if there is any. A refused token had no
 * effect, so this is safe for every request.
 */
export async function authorize<T>(
  source: TokenSource | undefined,
  send: (token: string | undefined) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const ask = async (refused?: string): Promise<string | undefined> =>
    typeof source === "function" ? await source(refused) : source;
  const token = await abortable(ask(), signal);
  try {
    return await send(token);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error;
    const other = await abortable(ask(token), signal);
    if (other === token) throw error;
    return await send(other);
  }
}
