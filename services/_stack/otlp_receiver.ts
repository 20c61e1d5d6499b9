/** A collector of traces for tests: takes OTLP as JSON over HTTP, and keeps what comes. */

/** A step of a trace, as it arrived. */
export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 0 unset, 2 error. */
  readonly status: number;
}

/** The collector. */
export interface OtlpReceiver {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** Everything that came, as it came: headers and bodies. */
  readonly raw: string;
  /** Waits until there are spans like this. @throws what there is, if they do not come in time. */
  waitFor(isThere: (spans: readonly ReceivedSpan[]) => boolean): Promise<void>;
  stop(): Promise<void>;
}

interface Value {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly boolValue?: boolean;
}
interface KeyValue {
  readonly key: string;
  readonly value: Value;
}
/** The members that are read here; see opentelemetry-proto, `trace.proto`. */
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly kind: number;
        readonly attributes: readonly KeyValue[];
        readonly status?: { readonly code?: number };
      }[];
    }[];
  }[];
}

const WAIT_MS = 15_000;

/** Starts a collector on a free port. */
export function startOtlpReceiver(): OtlpReceiver {
  const spans: ReceivedSpan[] = [];
  let raw = "";
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const text = await request.text();
      raw += JSON.stringify([...request.headers]) + text;
      if (new URL(request.url).pathname !== "/v1/traces") return new Response("no such path", { status: 404 });
      spans.push(...readSpans(JSON.parse(text) as Export)); // the exporter's own tests prove its format
      return Response.json({});
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    spans,
    get raw() {
      return raw;
    },
    async waitFor(isThere) {
      const endsAt = performance.now() + WAIT_MS;
      while (!isThere(spans)) {
        if (performance.now() > endsAt) throw new Error(`Only these spans came: ${JSON.stringify(spans, null, 1)}`);
        await Bun.sleep(20);
      }
    },
    stop: () => server.stop(true),
  };
}

function readSpans({ resourceSpans }: Export): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(readAttributes(resource.attributes)["service.name"]);
    return scopeSpans
      .flatMap((scope) => scope.spans)
      .map(({ traceId, spanId, parentSpanId, name, kind, attributes, status }) => ({
        ...{ service, traceId, spanId, parentSpanId: parentSpanId || undefined, name, kind },
        ...{ attributes: readAttributes(attributes), status: status?.code ?? 0 },
      }));
  });
}

function readAttributes(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
