import type { ServiceName } from "#contract";
import type { OutgoingReply } from "./reply_check.ts";

/** What the response to a request depends on besides the reply. */
export interface Exchange {
  readonly request: Request;
  readonly requestId: string;
}

/** Turns a reply into a response. */
export interface ReplySender {
  send(exchange: Exchange, reply: OutgoingReply): Response;
}

const ALLOWED_HEADERS =
  "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, traceparent, X-Request-Id";
const EXPOSED_HEADERS =
  "ETag, Idempotent-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id";
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

/** Makes the sender of a service. @param origins The pages that may call it from a browser: the docs pages of all services. */
export function createSender(origins: Readonly<Record<ServiceName, string>>): ReplySender {
  const trusted = new Set(Object.values(origins));

  const baseHeaders = ({ request, requestId }: Exchange): Record<string, string> => {
    const headers: Record<string, string> = {
      "x-request-id": requestId,
      "x-content-type-options": "nosniff",
      vary: "Origin",
    };
    const origin = request.headers.get("origin");
    if (origin !== null && trusted.has(origin)) {
      headers["access-control-allow-origin"] = origin;
      headers["access-control-expose-headers"] = EXPOSED_HEADERS;
    }
    return headers;
  };

  return {
    send(exchange, reply) {
      const headers = baseHeaders(exchange);
      const sent = reply.headers;
      if (sent !== undefined) {
        for (const name in sent) {
          const value = sent[name];
          if (value !== undefined) headers[name] = String(value);
        }
      }
      // What has an ETag may be kept by its caller, to be asked about again; nothing else may be kept unless its handler says so.
      headers["cache-control"] ??= headers.etag === undefined ? "no-store" : "private, no-cache";
      return new Response(payloadOf(reply, headers), { status: reply.status, headers });
    },
  };
}

function payloadOf({ status, body, raw }: OutgoingReply, headers: Record<string, string>): BodyInit | null {
  if (raw !== undefined) return raw;
  if (body === undefined) return null;
  headers["content-type"] ??= status >= 400 ? "application/problem+json" : "application/json";
  return JSON.stringify(body);
}
