import { Counter, Gauge, type Registry } from "prom-client";
import { Problem } from "./problem.ts";
import { type Timing, Timings } from "./timing_metrics.ts";

/** A route, as it is mounted: one object for each, so the labels made from it are bounded. */
export interface Route {
  /** `ALL` for what answers every method. */
  readonly method: string;
  /** With parameters in braces. */
  readonly path: string;
}

/** As much of an answered request as is counted. */
export interface Countable {
  readonly operationId: string;
  readonly route: Route;
  readonly status: number;
  readonly durationMs: number;
  readonly error: unknown;
}

/** Counts requests. */
export interface RequestMetrics {
  enter(): void;
  count(request: Countable): void;
}

/** Seconds; a request should take a few milliseconds, and every deadline is below ten seconds. */
const DURATION_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Rate, errors and duration by operation: the labels are the contract's, so their number is bounded.
 *
 * @see {@link https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ | Semantic conventions for HTTP metrics}
 */
export function createRequestMetrics(registry: Registry): RequestMetrics {
  const registers = [registry];
  const name = "http_server_request_duration_seconds";
  const help = "Time from the head of a request to its reply.";
  const durations = new Timings({ name, help, bucketsS: DURATION_BUCKETS_S }, registry);
  const problems = new Counter({
    name: "http_server_problems_total",
    help: "Requests that were answered by a problem, by its code.",
    labelNames: ["operation", "code"],
    registers,
  });
  let active = 0;
  new Gauge({
    name: "http_server_active_requests",
    help: "Requests that are being answered.",
    registers,
    collect() {
      this.set(active);
    },
  });

  /** By status. */
  const known = new WeakMap<Route, Map<number, Timing>>();
  const timingOf = ({ operationId: operation, route, status }: Countable): Timing => {
    const before = known.get(route)?.get(status);
    if (before) return before;
    const timing = durations.of({
      operation,
      http_request_method: route.method === "ALL" ? "_OTHER" : route.method,
      http_route: route.path,
      http_response_status_code: String(status),
    });
    known.set(route, (known.get(route) ?? new Map<number, Timing>()).set(status, timing));
    return timing;
  };
  return {
    enter() {
      active++;
    },
    count(request) {
      active--;
      timingOf(request).observe(request.durationMs / 1000);
      const { operationId: operation, error } = request;
      if (error instanceof Problem) problems.inc({ operation, code: error.code });
    },
  };
}
