import pino from "pino";
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import type { ServiceName } from "#contract";
import { createLineWriter, type LineWriter } from "./line_writer.ts";

/** One answered request, for the log and the metrics. */
export interface RequestRecord {
  /** The operationId, or `none` for what is not in the contract. */
  operationId: string;
  method: string;
  status: number;
  durationMs: number;
  requestId: string;
  traceparent: string | undefined;
  /** What was thrown, if something was. */
  error: unknown;
}

/** Facts of a log line. Never a secret, a token or a body. An `error` is told with its causes and without its other members. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes log lines. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Where a service tells what it does. */
export interface Observability {
  readonly log: Log;
  /** Where metrics of a service's own are registered. */
  readonly registry: Registry;
  /** Records one answered request. */
  recordRequest(record: RequestRecord): void;
  /** The metrics in Prometheus' text format. */
  metrics(): Promise<{ contentType: string; text: string }>;
}

/** What is told, and where. */
export interface ObservabilityOptions {
  service: ServiceName;
  /** Least level of the lines that are written. @default "info" */
  logLevel?: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  /** @default standard output, many lines at once */
  destination?: LineWriter;
}

/** What the binder needs of it. */
export type Recorder = Pick<Observability, "recordRequest">;

/** What a service without observability does, such as one in a test: an internal error should not go unseen. */
export const FAULTS_ONLY: Recorder = {
  recordRequest({ operationId, status, error }) {
    if (status === 500) console.error(`${operationId} answered 500:`, error);
  },
};

/** Seconds; a request should take a few milliseconds, and every deadline is below ten seconds. */
const DURATION_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** prom-client's metrics of V8's heap spaces and libuv's handles, which are zero in Bun. */
const MEANINGLESS = /^nodejs_(heap_space|active|external|gc|version)|^process_(heap|virtual_memory)_bytes$/;
const CAUSES_MAX = 5;
const COUNTED_AT_ONCE = 256;
/** The operationId of what is not in the contract. */
const UNNAMED = "none";

/** Makes the log and the metrics of a service. */
export function createObservability(options: ObservabilityOptions): Observability {
  const { service, logLevel = "info", destination = createLineWriter() } = options;
  const logger = pino(
    {
      level: logLevel,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      serializers: { error: describeError },
    },
    destination,
  );
  const { registry, countRequest, read } = createMetrics(service);
  return {
    log: {
      debug: (message, fields = {}) => logger.debug(fields, message),
      info: (message, fields = {}) => logger.info(fields, message),
      warn: (message, fields = {}) => logger.warn(fields, message),
      error: (message, fields = {}) => logger.error(fields, message),
    },
    registry,
    recordRequest(record) {
      countRequest(record);
      if (!isRoutine(record)) logRequest(logger, record);
      else if (logger.isLevelEnabled("info")) destination.write(routineLine(service, record));
    },
    metrics: async () => ({ contentType: registry.contentType, text: await read() }),
  };
}

interface Metrics {
  registry: Registry;
  countRequest(record: RequestRecord): void;
  read(): Promise<string>;
}

/** Rate, errors and duration by operation: the labels are the contract's, so their number is bounded. */
function createMetrics(service: ServiceName): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) if (MEANINGLESS.test(name)) registry.removeSingleMetric(name);

  const registers = [registry];
  const requests = new Counter({
    name: "http_requests_total",
    help: "Answered requests by operation and status.",
    labelNames: ["operation", "status"],
    registers,
  });
  const durations = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time from the head of a request to its reply, by operation.",
    labelNames: ["operation"],
    buckets: DURATION_BUCKETS_S,
    registers,
  });
  let uncounted: RequestRecord[] = [];
  const count = (): void => {
    for (const { operationId: operation, status, durationMs } of uncounted) {
      requests.inc({ operation, status });
      durations.observe({ operation }, durationMs / 1000);
    }
    uncounted = [];
  };
  return {
    registry,
    countRequest(record) {
      // Many at once cost a fraction: prom-client's code is then in the processor's caches.
      if (uncounted.push(record) >= COUNTED_AT_ONCE) count();
    },
    read() {
      count();
      return registry.metrics();
    },
  };
}

/** Whether a request went well and is of the contract: nearly all are. */
function isRoutine({ operationId, status, error }: RequestRecord): boolean {
  return error === undefined && status < 500 && operationId !== UNNAMED;
}

/** The same line as pino would write: making it by hand costs a fraction, and there is one for every request. */
function routineLine(service: ServiceName, record: RequestRecord): string {
  const { requestId, traceparent, operationId, status } = record;
  // All but the method are made or checked by the binder and need no escapes.
  const trace = traceparent === undefined ? "" : `"traceId":"${traceIdOf(traceparent)}",`;
  const method = JSON.stringify(record.method);
  const rest = `"method":${method},"status":${status},"durationMs":${rounded(record.durationMs)},"msg":"request"`;
  const time = new Date().toISOString();
  return `{"level":"info","time":"${time}","service":"${service}","requestId":"${requestId}",${trace}"operationId":"${operationId}",${rest}}\n`;
}

function logRequest(logger: pino.Logger, record: RequestRecord): void {
  const { operationId, method, status, requestId, traceparent, error } = record;
  const traceId = traceparent && traceIdOf(traceparent);
  const fields = { requestId, traceId, operationId, method, status, durationMs: rounded(record.durationMs) };
  if (status >= 500) logger[status === 503 ? "warn" : "error"]({ ...fields, error }, "request");
  // Probes and scrapes come all the time.
  else if (operationId === UNNAMED) logger.debug(fields, "request");
  else logger.info({ ...fields, reason: reasonOf(error) }, "request");
}

function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}

function rounded(durationMs: number): number {
  return Math.round(durationMs * 1000) / 1000;
}

/** Why a request was refused: the code of the problem, and the fault behind it. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "error";
  return error instanceof Error && error.cause instanceof Error ? `${code}: ${error.cause.message}` : code;
}

/** Name, message and stack of an error and its causes, and nothing else: drivers put statements and parameters into other members. */
function describeError(error: unknown): unknown {
  const described: string[] = [];
  let each = error;
  while (each instanceof Error && described.length < CAUSES_MAX) {
    described.push(each.stack ?? `${each.name}: ${each.message}`);
    each = each.cause;
  }
  return described.length > 0 ? described.join("\ncaused by ") : String(error);
}
