import { abortable } from "./abort.ts";
import { ApiError, ConnectionError } from "./errors.ts";
import { parseRetryAfter } from "./retry_after.ts";

/** Sends a request: the global `fetch`, or something in its place. */
export type Fetch = (request: Request) => Response | Promise<Response>;

/** How one request is sent. */
export interface ExchangeOptions {
  readonly fetch?: Fetch | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
}

/** A success as it came. */
export interface Answer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: unknown;
  readonly response: Response;
}

/**
 * Sends one request and reads its answer.
 *
 * @throws {ApiError} if the answer is no success.
 * @throws {ConnectionError} if there is none in time. The signal's reason if that ends it.
 */
export async function exchange(url: string, init: RequestInit, options: ExchangeOptions): Promise<Answer> {
  const { fetch: fetcher = globalThis.fetch, signal, timeoutMs } = options;
  signal?.throwIfAborted();
  const stop = new AbortController();
  const request = new Request(url, { ...init, signal: stop.signal });
  const forward = (): void => stop.abort(signal?.reason);
  const deadline = setTimeout(() => stop.abort(), timeoutMs);
  signal?.addEventListener("abort", forward);
  try {
    return await abortable(receive(fetcher, request), stop.signal);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    signal?.throwIfAborted();
    const why = stop.signal.aborted ? `no answer within ${timeoutMs} ms` : "the connection failed";
    throw new ConnectionError(`Cannot reach the service: ${why}`, { cause: error, maybeSent: !wasRefused(error) });
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener("abort", forward);
  }
}

async function receive(fetcher: Fetch, request: Request): Promise<Answer> {
  const response = await fetcher(request);
  const { status } = response;
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get("content-type") ?? "");
  if (status >= 400) throw new ApiError(response, isJson ? (parsed(text) ?? text) : text);
  const body: unknown = text === "" ? undefined : isJson ? JSON.parse(text) : text;
  const headers = Object.fromEntries([...response.headers].map(([name, value]) => [name, typed(name, value)]));
  return { status, headers, body, response };
}

/** A failure may come from a proxy that is broken itself: its body is told, whatever it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `Retry-After` is the one header of the contract that is a number. */
function typed(name: string, value: string): string | number {
  const waitMs = name === "retry-after" ? parseRetryAfter(value) : undefined;
  return waitMs === undefined ? value : Math.ceil(waitMs / 1000);
}

/** Faults that come before anything is sent. Browsers and Deno don't tell them apart from the others. */
const UNSENT = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"];

function wasRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown }; // only compared
  return UNSENT.includes(String(code)) || wasRefused(error.cause);
}
