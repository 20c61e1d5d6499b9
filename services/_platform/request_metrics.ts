import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { Batch } from "./batch.ts";
import { Problem } from "./problem.ts";

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
  /** Counts what waits to be counted. */
  settle(): void;
}

/** Seconds; a request should take a few milliseconds, and every deadline is below ten seconds. */
const DURATION_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type Observe = (seconds: number) => void;

/**
 * Rate, errors and duration by operation: the labels are the contract's, so their number is bounded.
 *
 * @see {@link https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ | Semantic conventions for HTTP metrics}
 */
export function createRequestMetrics(registry: Registry): RequestMetrics {
  const registers = [registry];
  const durations = new Histogram({
    name: "http_server_request_duration_seconds",
    help: "Time from the head of a request to its reply.",
    labelNames: ["operation", "http_request_method", "http_route", "http_response_status_code"],
    buckets: DURATION_BUCKETS_S,
    registers,
  });
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

  const children = new WeakMap<Route, Map<number, Observe>>();
  const observeOf = ({ operationId: operation, route, status }: Countable): Observe => {
    let byStatus = children.get(route);
    if (!byStatus) {
      byStatus = new Map();
      children.set(route, byStatus);
    }
    let observe = byStatus.get(status);
    if (!observe) {
      observe = durations.labels({
        operation,
        http_request_method: route.method === "ALL" ? "_OTHER" : route.method,
        http_route: route.path,
        http_response_status_code: String(status),
      }).observe;
      byStatus.set(status, observe);
    }
    return observe;
  };
  const batch = new Batch<Countable>((request) => {
    observeOf(request)(request.durationMs / 1000);
    if (request.error instanceof Problem) problems.inc({ operation: request.operationId, code: request.error.code });
  });
  return {
    enter() {
      active++;
    },
    count(request) {
      active--;
      batch.add(request);
    },
    settle: () => batch.settle(),
  };
}
