/** Sends traces by OTLP over HTTP; loaded only where they are wanted. */
import {
  type Context,
  type Span as OtelSpan,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { withDeadline } from "./deadline.ts";
import { type Attributes, errorType, type Outcome, type Span, type Step } from "./trace.ts";
import type { Tracer } from "./tracing.ts";

/** Where traces go, and what is said about their sender. */
export interface OtlpOptions {
  /** With its path: `http://collector:4318/v1/traces`. */
  url: string;
  /** Headers of each export, such as a key. */
  headers: Readonly<Record<string, string>>;
  /** How long one export may take. */
  timeoutMs: number;
  /** Milliseconds between two exports. */
  delayMs: number;
  /** The process: `service.name` and so on. */
  resource: Attributes;
  /** Told of each export. */
  onExport: (result: ExportResult) => void;
}

/** What became of some spans. */
export interface ExportResult {
  readonly spans: number;
  /** Why they are lost; undefined if they arrived. */
  readonly error: Error | undefined;
}

/** Spans that wait for an export; more are dropped, so that a collector that is away costs no memory. */
const WAITING_MAX = 2048;
/** How long the last export may hold up the end of a process. */
const STOP_WITHIN_MS = 2000;

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** Makes what records traces. Nothing waits for an export: spans are sent behind the requests, and dropped where nobody takes them. */
export function createOtlpTracer(options: OtlpOptions): Tracer {
  const { url, headers, timeoutMs, delayMs, resource, onExport } = options;
  const exporter = told(new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: timeoutMs }), onExport);
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes(resource)),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: WAITING_MAX,
        scheduledDelayMillis: delayMs,
        exportTimeoutMillis: timeoutMs,
      }),
    ],
  });
  const tracer = provider.getTracer("tradepost");
  return {
    begin(step, parent) {
      const context = parent
        ? trace.setSpanContext(ROOT_CONTEXT, { ...parent, traceFlags: TraceFlags.SAMPLED, isRemote: true })
        : ROOT_CONTEXT;
      return new RecordedSpan(tracer, step, context);
    },
    stop: () => withDeadline(provider.shutdown(), STOP_WITHIN_MS).catch(() => {}),
  };
}

class RecordedSpan implements Span {
  readonly #tracer: OtelTracer;
  readonly #span: OtelSpan;

  constructor(tracer: OtelTracer, { name, kind, attributes }: Step, parent: Context) {
    this.#tracer = tracer;
    this.#span = tracer.startSpan(name, { kind: KINDS[kind], attributes: { ...attributes } }, parent);
  }

  get traceId(): string {
    return this.#span.spanContext().traceId;
  }

  get traceparent(): string {
    return `00-${this.traceId}-${this.#span.spanContext().spanId}-01`;
  }

  begin(toStep: () => Step): Span {
    return new RecordedSpan(this.#tracer, toStep(), trace.setSpan(ROOT_CONTEXT, this.#span));
  }

  end({ error, attributes }: Outcome = {}): void {
    if (attributes) this.#span.setAttributes({ ...attributes });
    if (error !== undefined) {
      this.#span.setAttribute("error.type", errorType(error));
      this.#span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.#span.end();
  }
}

/** An exporter that says what became of the spans. */
function told(exporter: SpanExporter, onExport: OtlpOptions["onExport"]): SpanExporter {
  return {
    export(spans, settle) {
      exporter.export(spans, (result) => {
        const error = result.code === 0 ? undefined : (result.error ?? new Error("The collector refused the spans"));
        onExport({ spans: spans.length, error });
        settle(result);
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}
