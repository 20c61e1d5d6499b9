import pino from "pino";
import { collectDefaultMetrics, Registry } from "prom-client";
import type { ServiceName } from "#contract";
import { createDatabaseMetrics } from "./database_metrics.ts";
import type { DatabaseWatch } from "./database_watch.ts";
import { createLineWriter, type LineWriter } from "./line_writer.ts";
import { createQueueMetrics, type WatchQueue } from "./queue_metrics.ts";
import { createRequestMetrics, type RequestMetrics, type Route } from "./request_metrics.ts";
import { errorType, type Span, type Step } from "./trace.ts";
import { PASSING_ON, type Tracing } from "./tracing.ts";

/** One answered request, for the log and the metrics. */
export interface RequestRecord {
  /** The operationId, or `none` for what is not in the contract. */
  operationId: string;
  /** As it was sent, whatever that is. */
  method: string;
  route: Route;
  status: number;
  durationMs: number;
  requestId: string;
  /** Its place in a trace, if it has one. */
  span: Span | undefined;
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
  /** Told by the clients of databases. */
  readonly database: DatabaseWatch;
  /** Registers a queue of work. */
  readonly watchQueue: WatchQueue;
  /** Told of a request of an operation before it is handled. @returns its place in a trace, if it has one. */
  enterRequest(route: Route, operationId: string, traceparent: string | undefined): Span | undefined;
  /** Records one answered request. */
  recordRequest(record: RequestRecord): void;
  /** The metrics in Prometheus' text format; undefined where they are switched off. */
  metrics(): Promise<{ contentType: string; text: string } | undefined>;
}

/** What is told, and where. */
export interface ObservabilityOptions {
  service: ServiceName;
  /** Least level of the lines that are written. @default "info" */
  logLevel?: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  /** @default standard output, many lines at once */
  destination?: LineWriter;
  /** Whether anything is counted. @default true */
  metrics?: boolean;
  /** @default nothing is recorded; a sender's trace is passed on */
  tracing?: Tracing;
}

/** What the binder needs of it. */
export type Recorder = Pick<Observability, "enterRequest" | "recordRequest">;

/** What a service without observability does, such as one in a test: an internal error should not go unseen. */
export const FAULTS_ONLY: Recorder = {
  enterRequest: () => undefined,
  recordRequest({ operationId, status, error }) {
    if (status === 500) console.error(`${operationId} answered 500:`, error);
  },
};

/** prom-client's metrics of V8's heap spaces and libuv's handles, which are zero in Bun. */
const MEANINGLESS = /^nodejs_(heap_space|active|external|gc|version)|^process_(heap|virtual_memory)_bytes$/;
const CAUSES_MAX = 5;
/** The usual methods, as JSON. */
const METHODS: Readonly<Record<string, string>> = Object.assign(
  Object.create(null), // any text may be looked up
  Object.fromEntries(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"].map((method) => [method, `"${method}"`])),
);
/** The operationId of what is not in the contract. */
const UNNAMED = "none";

/** Makes the log and the metrics of a service. */
export function createObservability(options: ObservabilityOptions): Observability {
  const { service, logLevel = "info", destination = createLineWriter(), tracing = PASSING_ON } = options;
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
  const { registry, requests, database, read } = createMetrics(service, options);
  return {
    log: {
      debug: (message, fields = {}) => logger.debug(fields, message),
      info: (message, fields = {}) => logger.info(fields, message),
      warn: (message, fields = {}) => logger.warn(fields, message),
      error: (message, fields = {}) => logger.error(fields, message),
    },
    registry,
    database,
    watchQueue: createQueueMetrics(registry),
    enterRequest(route, operationId, traceparent) {
      requests?.enter();
      // Probes and scrapes come all the time.
      return operationId === UNNAMED ? undefined : tracing.enter(traceparent, () => stepOf(route, operationId));
    },
    recordRequest(record) {
      requests?.count(record);
      if (record.span) endSpan(record.span, record);
      if (!isRoutine(record)) logRequest(logger, record);
      else if (logger.isLevelEnabled("info")) destination.write(routineLine(service, record));
    },
    metrics: async () => read && { contentType: registry.contentType, text: await read() },
  };
}

interface Metrics {
  registry: Registry;
  database: DatabaseWatch;
  /** Undefined where nothing is counted. */
  requests: RequestMetrics | undefined;
  read: (() => Promise<string>) | undefined;
}

const UNWATCHED: DatabaseWatch = { watchPool() {}, recordCall() {}, recordRetry() {} };

function createMetrics(service: ServiceName, { metrics = true }: ObservabilityOptions): Metrics {
  const registry = new Registry();
  if (!metrics) return { registry, database: UNWATCHED, requests: undefined, read: undefined };
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) if (MEANINGLESS.test(name)) registry.removeSingleMetric(name);
  const requests = createRequestMetrics(registry);
  const database = createDatabaseMetrics(registry);
  return { registry, database, requests, read: () => registry.metrics() };
}

/** @see {@link https://opentelemetry.io/docs/specs/semconv/http/http-spans/ | Semantic conventions for HTTP spans}, but for the path: ids are in it. */
function stepOf({ method, path }: Route, operationId: string): Step {
  const attributes = { "http.request.method": method, "http.route": path, "tradepost.operation": operationId };
  return { name: `${method} ${path}`, kind: "server", attributes };
}

function endSpan(span: Span, { status, requestId, error }: RequestRecord): void {
  const attributes = { "http.response.status_code": status, "tradepost.request_id": requestId };
  const reason = error !== undefined && { "tradepost.problem": errorType(error) };
  // A refusal is no fault of the server.
  span.end({
    attributes: { ...attributes, ...reason },
    ...(status >= 500 && { error: error ?? new Error(`${status}`) }),
  });
}

/** Whether a request went well and is of the contract: nearly all are. */
function isRoutine({ operationId, status, error }: RequestRecord): boolean {
  return error === undefined && status < 500 && operationId !== UNNAMED;
}

/** The same line as pino would write: making it by hand costs a fraction, and there is one for every request. */
function routineLine(service: ServiceName, record: RequestRecord): string {
  const { requestId, span, operationId, status } = record;
  // All but the method are made or checked by the binder and need no escapes.
  const trace = span === undefined ? "" : `"traceId":"${span.traceId}",`;
  const method = METHODS[record.method] ?? JSON.stringify(record.method);
  const rest = `"method":${method},"status":${status},"durationMs":${rounded(record.durationMs)},"msg":"request"`;
  const time = timeOfNow();
  return `{"level":"info","time":"${time}","service":"${service}","requestId":"${requestId}",${trace}"operationId":"${operationId}",${rest}}\n`;
}

/** Many lines are of the same millisecond. */
let lastMs = 0;
let lastTime = "";
function timeOfNow(): string {
  const nowMs = Date.now();
  if (nowMs !== lastMs) {
    lastMs = nowMs;
    lastTime = new Date(nowMs).toISOString();
  }
  return lastTime;
}

function logRequest(logger: pino.Logger, record: RequestRecord): void {
  const { operationId, method, status, requestId, span, error } = record;
  const traceId = span?.traceId;
  const fields = { requestId, traceId, operationId, method, status, durationMs: rounded(record.durationMs) };
  if (status >= 500) logger[status === 503 ? "warn" : "error"]({ ...fields, error }, "request");
  // Probes and scrapes come all the time.
  else if (operationId === UNNAMED) logger.debug(fields, "request");
  else logger.info({ ...fields, reason: reasonOf(error) }, "request");
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
