import { Histogram, type Registry } from "prom-client";
import { currentSpan, type Step } from "./trace.ts";

/** Sends a request. */
export type ServiceFetch = (request: Request) => Promise<Response>;

/** Seconds; every call has a deadline of a few. */
const DURATION_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * A `fetch` for calls to other services: it measures them, passes the trace on, and makes each a step of it.
 *
 * @see {@link https://opentelemetry.io/docs/specs/semconv/http/ | Semantic conventions for HTTP}
 */
export function createServiceFetch(
  registry: Registry,
  { fetch = globalThis.fetch }: { fetch?: ServiceFetch } = {},
): ServiceFetch {
  const durations = new Histogram({
    name: "http_client_request_duration_seconds",
    help: "Time of a request to another service; without a status where none came.",
    labelNames: ["server_address", "http_request_method", "http_response_status_code"],
    buckets: DURATION_BUCKETS_S,
    registers: [registry],
  });
  return async (request) => {
    const parent = currentSpan();
    const span = parent?.begin(() => stepOf(request));
    const onward = span ?? parent;
    if (onward) request.headers.set("traceparent", onward.traceparent);
    const startedMs = performance.now();
    let status = "";
    let fault: unknown;
    try {
      const response = await fetch(request);
      status = String(response.status);
      if (response.status >= 400) fault = new StatusFault(status);
      return response;
    } catch (error) {
      fault = error;
      throw error;
    } finally {
      const attributes = status === "" ? {} : { "http.response.status_code": Number(status) };
      span?.end({ attributes, ...(fault !== undefined && { error: fault }) });
      const labels = { server_address: new URL(request.url).hostname, http_request_method: request.method };
      durations.observe({ ...labels, http_response_status_code: status }, (performance.now() - startedMs) / 1000);
    }
  };
}

/** An answer that is no success, by its status. */
class StatusFault extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`The service answered ${code}`);
    this.code = code;
  }
}

/** The paths that services call at each other have no ids. */
function stepOf({ method, url }: Request): Step {
  const { hostname, port, pathname } = new URL(url);
  const attributes = {
    "http.request.method": method,
    "server.address": hostname,
    "server.port": Number(port) || 80,
    "url.template": pathname,
  };
  return { name: `${method} ${pathname}`, kind: "client", attributes };
}
