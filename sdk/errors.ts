import type { ProblemBody } from "#contract";

/** The service answered, and it was not a success. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** The HTTP status. */
  readonly status: number;
  readonly headers: Headers;
  /** The problem (RFC 9457); undefined where something else than the API answered, such as a proxy. */
  readonly problem: ProblemBody | undefined;
  /** The body as it came: parsed if it was JSON, else text. */
  readonly body: unknown;

  constructor(response: Response, body: unknown) {
    const problem = isProblem(response, body) ? (body as ProblemBody) : undefined; // the contract says which problems there are
    super(problem ? `${problem.code}: ${problem.detail}` : `The service answered ${response.status}`);
    this.status = response.status;
    this.headers = response.headers;
    this.problem = problem;
    this.body = body;
  }

  /** Milliseconds to wait before the next attempt, if the service said so. */
  get retryAfterMs(): number | undefined {
    const seconds = Number(this.headers.get("retry-after") ?? Number.NaN);
    return Number.isFinite(seconds) ? seconds * 1000 : undefined;
  }
}

/** No answer came: the connection failed or the deadline passed. Whether the request had its effect is unknown. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}

function isProblem(response: Response, body: unknown): boolean {
  const type = response.headers.get("content-type") ?? "";
  return type.startsWith("application/problem+json") && typeof body === "object" && body !== null && "code" in body;
}
