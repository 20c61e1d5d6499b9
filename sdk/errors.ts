import type { ProblemBody, ProblemCode } from "#contract";
import { parseRetryAfter } from "./retry_after.ts";

class Refusal extends Error {
  override readonly name = "ApiError";
  /** The HTTP status. */
  readonly status: number;
  readonly headers: Headers;
  /** The problem as it was sent (RFC 9457); undefined where something else than the API answered, such as a proxy. */
  readonly problem: ProblemBody | undefined;
  /** What went wrong, to decide by. */
  readonly code: ProblemCode | undefined;
  /** The body as it came: parsed if it was JSON, else text. */
  readonly body: unknown;

  constructor(response: Response, body: unknown) {
    const problem = problemIn(response, body);
    super(problem ? `${problem.code}: ${problem.detail}` : `The service answered ${response.status}`);
    this.status = response.status;
    this.headers = response.headers;
    this.problem = problem;
    this.code = problem?.code;
    this.body = body;
    for (const [member, value] of Object.entries(problem ?? {})) {
      if (!(member in this)) Object.defineProperty(this, member, { value, enumerable: true });
    }
  }

  /** Milliseconds to wait before the next attempt, if the service said so. */
  get retryAfterMs(): number | undefined {
    return parseRetryAfter(this.headers.get("retry-after"));
  }

  /** The request's id in the logs of the service: what to tell the people who run it. */
  get requestId(): string | undefined {
    return this.headers.get("x-request-id") ?? undefined;
  }
}

type ProblemWith<Code extends ProblemCode> = Extract<ProblemBody, { code: Code }>;
type Narrowed<Code extends ProblemCode | undefined> = Code extends ProblemCode
  ? Refusal & Readonly<ProblemWith<Code>> & { readonly problem: ProblemWith<Code> }
  : Refusal & { readonly code: undefined; readonly problem: undefined };

/**
 * The service answered, and it was not a success. Its `code` tells why, and what else the error has:
 *
 * ```ts
 * if (error instanceof ApiError && error.code === "version-conflict") show(error.currentVersion);
 * ```
 */
export type ApiError<Code extends ProblemCode | undefined = ProblemCode | undefined> = Narrowed<Code>;

/** The class of every `ApiError`, for `instanceof`. */
export const ApiError = Refusal as {
  readonly prototype: ApiError;
  new (response: Response, body: unknown): ApiError;
}; // its constructor copies every member of the problem

/**
 * Whether the service refused for one of these reasons; with none given, for any reason of the API's own.
 *
 * ```ts
 * if (isProblem(error, "out-of-stock")) for (const { productId, available } of error.items) show(productId, available);
 * ```
 */
export function isProblem<Code extends ProblemCode = ProblemCode>(
  error: unknown,
  ...codes: readonly Code[]
): error is ApiError<Code> {
  if (!(error instanceof ApiError) || error.code === undefined) return false;
  const wanted: readonly ProblemCode[] = codes;
  return wanted.length === 0 || wanted.includes(error.code);
}

/** What is known of a request that was not answered. */
export interface ConnectionErrorOptions {
  readonly cause?: unknown;
  /** @default true */
  readonly maybeSent?: boolean;
}

/** No answer came: the connection failed or the time was up. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** Whether the request may have reached the service and had its effect; false only where the runtime tells that it can't have. */
  readonly maybeSent: boolean;

  constructor(message: string, { cause, maybeSent = true }: ConnectionErrorOptions = {}) {
    super(message, { cause });
    this.maybeSent = maybeSent;
  }
}

function problemIn(response: Response, body: unknown): ProblemBody | undefined {
  const type = response.headers.get("content-type") ?? "";
  const isProblem = type.startsWith("application/problem+json") && typeof body === "object" && body !== null;
  return isProblem && "code" in body ? (body as ProblemBody) : undefined; // the contract says which problems there are
}
