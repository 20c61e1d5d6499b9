import type { Caller, RequestContext } from "#contract";
import { checkQuota, type QuotaState, type RateLimits } from "./rate_limit.ts";

/** Finds the address of the peer. */
export type FindAddress = (request: Request) => string;

const SANE_ID = /^[A-Za-z0-9._-]{1,128}$/;
/** W3C Trace Context, 3.2.2: version 00; a trace or parent of zeros is not valid. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

const USER_AGENT_MAX_LENGTH = 200;

/** What a client calls itself: what can't be seen is left out, and the rest is cut. Null if nothing is left. */
export function clientName(userAgent: string | null): string | null {
  const shown = (userAgent ?? "")
    .replace(/[^\x20-\x7E]/g, "")
    .trim()
    .slice(0, USER_AGENT_MAX_LENGTH);
  return shown === "" ? null : shown;
}

/** Where a request comes from and how it is followed; the address is found when it is asked for. */
export class IncomingContext implements RequestContext {
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly #request: Request;
  readonly #findAddress: FindAddress;
  readonly #limits: RateLimits | undefined;
  #quota: QuotaState | undefined;

  constructor(request: Request, findAddress: FindAddress, limits?: RateLimits) {
    const id = request.headers.get("x-request-id");
    const trace = request.headers.get("traceparent");
    this.requestId = id !== null && SANE_ID.test(id) ? id : crypto.randomUUID();
    this.traceparent = trace !== null && TRACEPARENT.test(trace) ? trace : undefined;
    this.#request = request;
    this.#findAddress = findAddress;
    this.#limits = limits;
  }

  /** What is left for the caller; undefined until the request was counted, and where there is no limit. */
  get quota(): QuotaState | undefined {
    return this.#quota;
  }

  /** Counts the request for its caller, else for its address. @throws {Problem} `too-many-requests` if nothing is left. */
  count(caller?: Caller): void {
    if (this.#limits === undefined) return;
    this.#quota = this.#limits.take(caller, () => this.address);
    checkQuota(this.#quota);
  }

  get userAgent(): string | null {
    return clientName(this.#request.headers.get("user-agent"));
  }

  get address(): string {
    return this.#findAddress(this.#request);
  }
}
