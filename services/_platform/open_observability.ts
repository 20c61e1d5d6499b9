import { Counter } from "prom-client";
import type { ServiceName } from "#contract";
import type { CommonConfig } from "./config.ts";
import { DOCUMENT } from "./contract_document.ts";
import { createObservability, type Observability } from "./observability.ts";
import type { ExportResult } from "./otlp.ts";
import type { Closing } from "./process.ts";
import { createTracing } from "./tracing.ts";

/** What the configuration says about it, and the service. */
export interface ObservabilityConfig extends Pick<CommonConfig, "logLevel" | "metrics" | "traces"> {
  /** Whether requests go on in other services. @default false */
  callsServices?: boolean;
}

/** Makes the observability of a process. What records traces is loaded only where they are wanted: it takes 20 MB. */
export async function openObservability(
  service: ServiceName,
  { logLevel, metrics, traces, callsServices = false }: ObservabilityConfig,
  closing: Closing,
): Promise<Observability> {
  if (traces === undefined) return createObservability({ service, logLevel, metrics });
  const { createOtlpTracer } = await import("./otlp.ts");
  const resource = {
    ...traces.resource,
    "service.name": service,
    "service.namespace": "tradepost",
    "service.version": DOCUMENT.info.version,
    "service.instance.id": crypto.randomUUID(),
  };
  const tracer = createOtlpTracer({ ...traces, resource, onExport: (result) => recordExport(result) });
  closing(() => tracer.stop());
  const tracing = createTracing({ tracer, sampling: traces.sampling, callsServices });
  const observability = createObservability({ service, logLevel, metrics, tracing });
  const recordExport = watchExports(observability);
  return observability;
}

/** Counts what is exported, and tells when it begins to be lost and when no longer. */
function watchExports({ registry, log }: Observability): (result: ExportResult) => void {
  const exported = new Counter({
    name: "otel_sdk_exporter_span_exported_total",
    help: "Spans whose export ended, well where there is no error type.",
    labelNames: ["error_type"],
    registers: [registry],
  });
  for (const error_type of ["", "lost"]) exported.inc({ error_type }, 0);
  let isLosing = false;
  return ({ spans, error }) => {
    exported.inc({ error_type: error ? "lost" : "" }, spans);
    if (error && !isLosing) log.warn("Traces are lost, because the collector does not take them", { error });
    else if (!error && isLosing) log.info("The collector takes traces again");
    isLosing = error !== undefined;
  };
}
