import type { ProblemBody, ProblemCode, ProblemExtras } from "#contract";

/** What a problem of one code always has, as the contract states it. */
export interface ProblemKind {
  status: number;
  title: string;
}

/** Every problem there is. A code of the contract without a row here does not compile; a test compares the rows. */
export const PROBLEMS: Record<ProblemCode, ProblemKind> = {
  "invalid-request": { status: 400, title: "Invalid request" },
  "mixed-currency": { status: 400, title: "Mixed currency" },
  unauthorized: { status: 401, title: "Unauthorized" },
  "invalid-credentials": { status: 401, title: "Invalid credentials" },
  "invalid-refresh-token": { status: 401, title: "Invalid refresh token" },
  forbidden: { status: 403, title: "Forbidden" },
  "incorrect-password": { status: 403, title: "Incorrect password" },
  "invalid-mail-token": { status: 403, title: "Invalid mail token" },
  "not-found": { status: 404, title: "Not found" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  "version-conflict": { status: 409, title: "Version conflict" },
  "email-taken": { status: 409, title: "Email taken" },
  "last-admin": { status: 409, title: "Last admin" },
  "sku-taken": { status: 409, title: "Sku taken" },
  "insufficient-stock": { status: 409, title: "Insufficient stock" },
  "out-of-stock": { status: 409, title: "Out of stock" },
  "product-unavailable": { status: 409, title: "Product unavailable" },
  "invalid-transition": { status: 409, title: "Invalid transition" },
  "order-pending": { status: 409, title: "Order pending" },
  "order-cancelled": { status: 409, title: "Order cancelled" },
  "edit-in-progress": { status: 409, title: "Edit in progress" },
  "request-in-progress": { status: 409, title: "Request in progress" },
  "precondition-failed": { status: 412, title: "Precondition failed" },
  "content-too-large": { status: 413, title: "Content too large" },
  "unsupported-media-type": { status: 415, title: "Unsupported media type" },
  "idempotency-key-reused": { status: 422, title: "Idempotency key reused" },
  "too-many-requests": { status: 429, title: "Too many requests" },
  "internal-error": { status: 500, title: "Internal error" },
  "service-unavailable": { status: 503, title: "Service unavailable" },
};

/** The codes whose problems have members of their own. */
type ExtendedCode = { [Code in ProblemCode]: keyof ProblemExtras<Code> extends never ? never : Code }[ProblemCode];

const EXTENDED: Record<ExtendedCode, true> = {
  "invalid-request": true,
  "version-conflict": true,
  "precondition-failed": true,
  "insufficient-stock": true,
  "out-of-stock": true,
  "product-unavailable": true,
  "invalid-transition": true,
};

/** What a problem may carry besides its body. */
export interface ProblemOptions {
  /** Response headers, such as `retry-after`; names in lower case. */
  headers?: Record<string, string>;
  /** The fault behind it: for the log, never for the caller. */
  cause?: unknown;
}

/** The parts of a problem that was kept. */
export interface ProblemParts {
  detail: string;
  extras: object;
  headers: Record<string, string>;
}

/** `[extras, options?]` for a code that has members of its own, else `[options?]`. */
export type ProblemArguments<Code extends ProblemCode> = [Code] extends [ExtendedCode]
  ? [extras: ProblemExtras<Code>, options?: ProblemOptions]
  : [options?: ProblemOptions];

/**
 * An error of the contract (RFC 9457). Thrown by anything, answered by the binder.
 *
 * ```ts
 * new Problem("version-conflict", `Cannot update …`, { currentVersion: 2 });
 * new Problem("service-unavailable", "The database …", { headers: { "retry-after": "1" }, cause });
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9457 | RFC 9457}
 */
export class Problem<Code extends ProblemCode = ProblemCode> extends Error {
  override readonly name = "Problem";
  readonly code: Code;
  readonly status: number;
  /** The members that only problems of this code have. */
  readonly extras: ProblemExtras<Code>;
  /** Response headers; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail The action, the wish, the state; shown to the caller: no secret, no value that was sent, no period. */
  constructor(code: Code, detail: string, ...rest: ProblemArguments<Code>) {
    const extended = code in EXTENDED;
    // ProblemArguments proved which of the two shapes belongs to the code; without members of its own, none are its extras.
    const extras = (extended ? rest[0] : {}) as ProblemExtras<Code>;
    const options = (extended ? rest[1] : rest[0]) as ProblemOptions | undefined;
    super(detail, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = PROBLEMS[code].status;
    this.extras = extras;
    this.headers = options?.headers ?? {};
  }

  /** Makes a problem of its parts again; they come from {@link Problem.toBody}. */
  static restore(code: ProblemCode, { detail, extras, headers }: ProblemParts): Problem {
    // The parts belong together: they were one problem of this code.
    const rest = (code in EXTENDED ? [extras, { headers }] : [{ headers }]) as ProblemArguments<ProblemCode>;
    return new Problem(code, detail, ...rest);
  }

  /** What happened this time, for the caller. */
  get detail(): string {
    return this.message;
  }

  /** The body to answer with. @param instance The path of the request. */
  toBody(instance: string): ProblemBody {
    const { code, status, detail, extras } = this;
    const { title } = PROBLEMS[code];
    // The constructor's types proved that the extras are those of the code; the test proves the rows.
    return { type: `/problems/${code}`, title, status, detail, instance, code, ...extras } as unknown as ProblemBody;
  }
}
