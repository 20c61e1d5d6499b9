import { Counter, Gauge, type Registry } from "prom-client";
import type { DatabaseCall, DatabaseWatch, PoolFigures } from "./database_watch.ts";
import { type Timing, Timings } from "./timing_metrics.ts";
import { errorType } from "./trace.ts";

/** Seconds. */
const DURATION_BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/**
 * Calls and connections of the service's databases.
 *
 * @see {@link https://opentelemetry.io/docs/specs/semconv/database/database-metrics/ | Semantic conventions for database metrics}
 */
export function createDatabaseMetrics(registry: Registry): DatabaseWatch {
  const registers = [registry];
  const name = "db_client_operation_duration_seconds";
  const help = "Time of a call to the database, waiting for a connection included.";
  const durations = new Timings({ name, help, bucketsS: DURATION_BUCKETS_S }, registry);
  const errors = new Counter({
    name: "db_client_operation_errors_total",
    help: "Calls to the database that failed, by the code of the error.",
    labelNames: ["db_system_name", "error_type"],
    registers,
  });
  const retries = new Counter({
    name: "db_client_transaction_retries_total",
    help: "Transactions that lost against others and ran again.",
    labelNames: ["db_system_name"],
    registers,
  });
  const known = new WeakMap<DatabaseCall, Timing>();
  const timingOf = (call: DatabaseCall): Timing => {
    const before = known.get(call);
    if (before) return before;
    const { system, operation, target = "" } = call;
    const labels = { db_system_name: system, db_operation_name: operation, db_collection_name: target };
    const timing = durations.of(labels);
    known.set(call, timing);
    return timing;
  };
  const watchPool = createPoolGauges(registers);
  return {
    watchPool({ system, pool }, figures) {
      retries.inc({ db_system_name: system }, 0);
      watchPool(pool, figures);
    },
    recordCall(call, durationMs, error) {
      timingOf(call).observe(durationMs / 1000);
      if (error !== undefined) errors.inc({ db_system_name: call.system, error_type: errorType(error) });
    },
    recordRetry: ({ system }) => retries.inc({ db_system_name: system }),
  };
}

function createPoolGauges(registers: Registry[]): (pool: string, figures: () => PoolFigures) => void {
  const pools = new Map<string, () => PoolFigures>();
  const gauge = (name: string, help: string, figure: (figures: PoolFigures) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ["db_client_connection_pool_name"],
      registers,
      collect() {
        for (const [pool, figures] of pools) this.set({ db_client_connection_pool_name: pool }, figure(figures()));
      },
    });
  };
  gauge("db_client_connection_max", "Connections at most.", ({ max }) => max);
  gauge("db_client_connection_pending_requests", "Calls that wait for a connection.", ({ waiting }) => waiting);
  new Gauge({
    name: "db_client_connection_count",
    help: "Connections, by what they do.",
    labelNames: ["db_client_connection_pool_name", "db_client_connection_state"],
    registers,
    collect() {
      for (const [pool, figures] of pools) {
        const { used, idle } = figures();
        this.set({ db_client_connection_pool_name: pool, db_client_connection_state: "used" }, used);
        this.set({ db_client_connection_pool_name: pool, db_client_connection_state: "idle" }, idle);
      }
    },
  });
  return (name, figures) => pools.set(name, figures);
}
