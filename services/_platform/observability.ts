/** One answered request, for the log and the metrics. */
export interface RequestRecord {
  /** The operationId, or `none` for what is not in the contract. */
  operationId: string;
  method: string;
  status: number;
  durationMs: number;
  requestId: string;
  traceparent: string | undefined;
  /** What went wrong, if the status is 5xx or a problem had a cause. */
  error: unknown;
}

/** Where a service tells what it does. */
export interface Observability {
  /** Records one answered request. */
  recordRequest(record: RequestRecord): void;
  /** The metrics in Prometheus' text format. */
  metrics(): Promise<{ contentType: string; text: string }>;
}
