/**
 * The client of Tradepost: one typed method for each operation of the contract.
 *
 * ```ts
 * const shop = createClient({ baseUrl: "https://shop.example", token: accessToken });
 * const { body: lamp } = await shop.getProduct({ params: { productId } });
 * ```
 */
import { type Call, OPERATIONS, type OperationId, type Reply, type ServiceName } from "#contract";
import { ApiError, ConnectionError } from "./errors.ts";
import { type RetryOptions, retry } from "./retry.ts";

export type { Call, OperationId, ProblemBody, ProblemCode, ProblemOf, Reply, Schema, ServiceName } from "#contract";
export { ApiError, ConnectionError } from "./errors.ts";
export type { RetryOptions } from "./retry.ts";
export { type ClientCredentials, clientCredentials } from "./token.ts";

/** An access token, or a function that gives the current one. */
export type TokenSource = string | (() => string | Promise<string>);

export interface ClientOptions {
  /** Where the API is: one origin for everything, or one for each service. */
  readonly baseUrl: string | Readonly<Record<ServiceName, string>>;
  /** Sent with every operation that can use a user's or a service's token. */
  readonly token?: TokenSource;
  /** The `fetch` to send with. Default: the global one. */
  readonly fetch?: (request: Request) => Response | Promise<Response>;
  /** How long one attempt may take, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  readonly retry?: RetryOptions;
}

/** What one call may change of the client's options. */
export interface CallOptions {
  /** Ends the call, its waits and its attempts. */
  readonly signal?: AbortSignal;
  readonly token?: TokenSource;
  readonly timeoutMs?: number;
  readonly retry?: RetryOptions;
  /** Further headers, such as `traceparent`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer to a call. Headers are named in lower case. */
export type Result<Id extends OperationId> = Reply<Id> & { readonly response: Response };

type Arguments<Id extends OperationId> =
  Record<never, never> extends Call<Id>
    ? [call?: Call<Id>, options?: CallOptions]
    : [call: Call<Id>, options?: CallOptions];

/** One method for each operation. Each throws `ApiError` if the service refuses and `ConnectionError` if it can't be reached. */
export type Client = {
  readonly [Id in keyof typeof OPERATIONS]: (...args: Arguments<Id>) => Promise<Result<Id>>;
};

interface AnyCall {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}
interface Row {
  readonly service: ServiceName;
  readonly method: string;
  readonly path: string;
  readonly access: string;
  readonly mediaType?: string;
  readonly idempotent?: boolean;
}

/**
 * Makes a client.
 *
 * It sends an `Idempotency-Key` with every operation that takes one, and repeats only requests that are safe to repeat:
 * reads, and writes with such a key.
 */
export function createClient(options: ClientOptions): Client {
  const methods = Object.entries<Row>(OPERATIONS).map(([id, row]) => [
    id,
    (call: AnyCall = {}, callOptions: CallOptions = {}) => perform(row, call, { ...options, ...callOptions }),
  ]);
  return Object.fromEntries(methods); // the mapped type has a method for each row of the same table
}

async function perform(row: Row, call: AnyCall, options: ClientOptions & CallOptions): Promise<unknown> {
  const headers = new Headers(options.headers);
  for (const [name, value] of Object.entries(call.headers ?? {})) if (value !== undefined) headers.set(name, value);
  if (row.idempotent && !headers.has("idempotency-key")) headers.set("idempotency-key", crypto.randomUUID());
  if (row.mediaType) headers.set("content-type", row.mediaType);

  const url = address(row, call, options.baseUrl);
  const body = row.mediaType ? encode(row.mediaType, call.body) : null;
  const attempt = async (): Promise<unknown> => {
    const token = row.access === "public" || row.access === "client" ? undefined : await current(options.token);
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    return await send(url, { method: row.method, headers, body }, options);
  };
  const repeatable = row.method === "GET" || row.idempotent === true;
  const limits = { ...options.retry, ...(options.signal && { signal: options.signal }) };
  return await retry(attempt, repeatable ? limits : { ...limits, attempts: 1 });
}

async function send(url: string, init: RequestInit, options: ClientOptions & CallOptions): Promise<unknown> {
  const { fetch: fetcher = globalThis.fetch, signal, timeoutMs = 10_000 } = options;
  signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(timeoutMs);
  const combined = signal ? AbortSignal.any([signal, deadline]) : deadline;
  try {
    const response = await fetcher(new Request(url, { ...init, signal: combined }));
    const text = await response.text();
    const body = parse(response, text);
    if (response.status >= 400) throw new ApiError(response, body);
    const headers = Object.fromEntries([...response.headers].map(([name, value]) => [name, typed(name, value)]));
    return { status: response.status, headers, body, response };
  } catch (error) {
    if (error instanceof ApiError) throw error;
    signal?.throwIfAborted();
    const why = deadline.aborted ? `no answer within ${timeoutMs} ms` : "the connection failed";
    throw new ConnectionError(`Cannot reach the service: ${why}`, { cause: error });
  }
}

function address(row: Row, call: AnyCall, baseUrl: ClientOptions["baseUrl"]): string {
  const origin = typeof baseUrl === "string" ? baseUrl : baseUrl[row.service];
  const path = row.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(call.params?.[name] ?? ""));
  const given = Object.entries(call.query ?? {}).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return `${origin.replace(/\/$/, "")}${path}${query.size > 0 ? `?${query}` : ""}`;
}

function encode(mediaType: string, body: unknown): string {
  if (!mediaType.endsWith("x-www-form-urlencoded")) return JSON.stringify(body);
  return new URLSearchParams(body as Record<string, string>).toString(); // the contract's form bodies are flat strings
}

function parse(response: Response, text: string): unknown {
  if (text === "") return undefined;
  return /[/+]json\b/.test(response.headers.get("content-type") ?? "") ? JSON.parse(text) : text;
}

/** `Retry-After` is the one header of the contract that is a number. */
function typed(name: string, value: string): string | number {
  return name === "retry-after" ? Number(value) : value;
}

async function current(token: TokenSource | undefined): Promise<string | undefined> {
  return typeof token === "function" ? await token() : token;
}
