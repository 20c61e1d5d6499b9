import type { QuotaState } from "./rate_limit.ts";
import type { OutgoingReply } from "./reply_check.ts";

/** What the response to a request depends on besides the reply. */
export interface Exchange {
  readonly request: Request;
  readonly requestId: string;
  /** What is left for the caller, if that is limited. */
  readonly quota?: QuotaState | undefined;
}

/** Turns a reply into a response. */
export interface ReplySender {
  send(exchange: Exchange, reply: OutgoingReply): Response;
}

const ALLOWED_HEADERS =
  "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, traceparent, X-Request-Id";
const EXPOSED_HEADERS =
  "Deprecation, ETag, Idempotent-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, Sunset, WWW-Authenticate, X-Request-Id";
const PREFLIGHT_MAX_AGE_S = "600";

/**
 * What OPTIONS answers: the methods of the path, and what a page may send if the response also allows its origin.
 *
 * @see {@link https://fetch.spec.whatwg.org/#cors-preflight-fetch | Fetch, 4.8}
 */
export function preflightHeaders(allow: string): Record<string, string> {
  return {
    allow,
    "access-control-allow-methods": allow,
    "access-control-allow-headers": ALLOWED_HEADERS,
    "access-control-max-age": PREFLIGHT_MAX_AGE_S,
  };
}

/** What nearly every response has. Copying a list of headers and adding a few is faster than making one. */
function commonHeaders(contentType: string | undefined, cacheControl: string): Headers {
  const headers = new Headers({
    "cache-control": cacheControl,
    vary: "Origin",
    "x-content-type-options": "nosniff",
  });
  if (contentType !== undefined) headers.set("content-type", contentType);
  return headers;
}

/** By whether there is an ETag: what has one may be kept by its caller, to be asked about again; nothing else may be kept. */
function commonByEtag(contentType?: string): Readonly<Record<"with" | "without", Headers>> {
  return {
    with: commonHeaders(contentType, "private, no-cache"),
    without: commonHeaders(contentType, "no-store"),
  };
}

const PROBLEM = commonByEtag("application/problem+json");
const JSON_BODY = commonByEtag("application/json");
const NO_JSON = commonByEtag();

/** Makes the sender of a service. @param origins Of the pages that may call it from a browser. */
export function createSender(origins: readonly string[]): ReplySender {
  const trusted = new Set(origins);
  return {
    send({ request, requestId, quota }, { status, headers: own, body, raw }) {
      const common = body === undefined ? NO_JSON : status >= 400 ? PROBLEM : JSON_BODY;
      const payload = body === undefined ? (raw ?? null) : JSON.stringify(body);
      const response = new Response(payload, {
        status,
        headers: own?.etag === undefined ? common.without : common.with,
      });
      const { headers } = response;
      headers.set("x-request-id", requestId);
      if (quota !== undefined) {
        headers.set("ratelimit", quota.state);
        headers.set("ratelimit-policy", quota.policy);
      }
      for (const name in own) {
        const value = own[name];
        if (value !== undefined) headers.set(name, String(value));
      }
      const origin = request.headers.get("origin");
      if (origin !== null && trusted.has(origin)) {
        headers.set("access-control-allow-origin", origin);
        headers.set("access-control-expose-headers", EXPOSED_HEADERS);
      }
      return response;
    },
  };
}
