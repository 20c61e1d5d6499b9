import { type Call as ContractCall, OPERATIONS, type OperationId, type Reply, type ServiceName } from "#contract";
import { type Answer, exchange, type Fetch } from "./exchange.ts";
import { type AnyCall, type Operation, writeBody, writeHeaders, writePath } from "./request.ts";
import { type RetryOptions, retry } from "./retry.ts";
import { authorize, type TokenSource } from "./token_source.ts";

/** How every call is made, unless it says otherwise itself. */
export interface ClientOptions {
  /** Where the API is: one URL for everything, with its path if it is below one, or a URL for each service. */
  readonly baseUrl: string | Readonly<Record<ServiceName, string>>;
  /** Sent with every operation that can use a user's or a service's token. */
  readonly token?: TokenSource;
  /** Sends the requests. @default the global one */
  readonly fetch?: Fetch;
  /** How long one attempt may take, in milliseconds. @default 10000 */
  readonly timeoutMs?: number;
  readonly retry?: RetryOptions;
}

/** What one call may change of the client's options. */
export interface CallOptions {
  /** Ends the call, its waits and its attempts. `AbortSignal.timeout(ms)` is a deadline for all of it. */
  readonly signal?: AbortSignal;
  readonly token?: TokenSource;
  /** How long one attempt may take, in milliseconds. */
  readonly timeoutMs?: number;
  readonly retry?: RetryOptions;
  /** Further headers, such as `traceparent`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One method for each operation. Each throws `ApiError` if the service refuses and `ConnectionError` if it can't be reached. */
export type Client = { readonly [Id in keyof typeof OPERATIONS]: Method<Id> };

/** The method of an operation. Only a call with `if-none-match` can be answered 304, without a body. */
export type Method<Id extends OperationId> = 304 extends Reply<Id>["status"]
  ? {
      (call: Unconditional<Call<Id>>, options?: CallOptions): Promise<Exclude<Result<Id>, { status: 304 }>>;
      (call: Call<Id>, options?: CallOptions): Promise<Result<Id>>;
    }
  : (...args: Arguments<Call<Id>>) => Promise<Result<Id>>;

/** What a method takes. */
export type Call<Id extends OperationId> = Lenient<ContractCall<Id>>;

/** What a method answers. Headers are named in lower case. */
export type Result<Id extends OperationId> = Answered<Reply<Id>>;

/** Takes read-only values, and undefined for what may be left out. */
type Lenient<T> = T extends object
  ? { readonly [K in keyof T]: Lenient<T[K]> | (Record<never, never> extends Pick<T, K> ? undefined : never) }
  : T;
type Unconditional<C> = Omit<C, "headers"> & { readonly headers?: { readonly "if-none-match"?: never } };
type Arguments<C> =
  Record<never, never> extends C ? [call?: C, options?: CallOptions] : [call: C, options?: CallOptions];
type Answered<R> = R extends { readonly headers?: infer H }
  ? Omit<R, "headers"> & { readonly headers: NonNullable<H>; readonly response: Response }
  : never;

/**
 * Makes a client.
 *
 * It sends an `Idempotency-Key` with every operation that takes one, the same in each attempt, and repeats only what is
 * safe to repeat: reads, writes with such a key, and what certainly did not arrive.
 */
export function createClient(options: ClientOptions): Client {
  const methods = Object.entries<Operation>(OPERATIONS).map(([id, operation]) => [
    id,
    (call: AnyCall = {}, own: CallOptions = {}) => perform(operation, call, { ...options, ...own }),
  ]);
  return Object.fromEntries(methods); // the mapped type has a method for each row of the same table
}

async function perform(operation: Operation, call: AnyCall, options: ClientOptions & CallOptions): Promise<Answer> {
  const { baseUrl, signal, timeoutMs = 10_000 } = options;
  const { method } = operation;
  const origin = typeof baseUrl === "string" ? baseUrl : baseUrl[operation.service];
  const url = origin.replace(/\/$/, "") + writePath(operation, call);
  const headers = writeHeaders(operation, { headers: { ...options.headers, ...call.headers } });
  const body = writeBody(operation, call);

  const send = (token?: string): Promise<Answer> => {
    const sent = new Headers(headers);
    if (token !== undefined) sent.set("authorization", `Bearer ${token}`);
    return exchange(url, { method, headers: sent, body }, { fetch: options.fetch, signal, timeoutMs });
  };
  const needsNoToken = operation.access === "public" || operation.access === "client";
  const attempt = needsNoToken ? send : () => authorize(options.token, send, signal);
  const repeatable = method === "GET" || operation.idempotent === true;
  return await retry(attempt, { ...options.retry, repeatable, signal });
}
