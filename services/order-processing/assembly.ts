/** The service without its process: handlers and background work over open connections. */
import type { Handlers } from "#contract";
import type { Postgres } from "#platform/postgres.ts";
import type { OrdersConfig } from "./config.ts";
import type { EventPublisher } from "./event_port.ts";
import { orderProcessing } from "./mod.ts";
import { placedReply } from "./operations/create_order.ts";
import { startBackground } from "./saga/background.ts";
import { type Loop, startLoop } from "./saga/loop.ts";
import { type Reconciler, type Reconciliation, reconcile } from "./saga/reconcile.ts";
import { type SagaLog, systemClock } from "./saga/saga.ts";
import type { StockAudit, StockPort } from "./stock_port.ts";
import { PostgresOrderStore } from "./store/postgres.ts";
import { PostgresLedger } from "./store/postgres_ledger.ts";
import { PostgresOutbox } from "./store/postgres_outbox.ts";

/** How often a replica looks whether it is its turn. */
const LOOKS_PER_INTERVAL = 10;
const REPORTED_MAX = 100;

/** What the service is made of. */
export interface Parts {
  readonly config: Pick<OrdersConfig, "times" | "limits" | "background" | "reconcileIntervalMs" | "overdueMs">;
  /** For requests. */
  readonly database: Postgres;
  /** For what no request waits for: neither can use up the other's connections. */
  readonly backgroundDatabase: Postgres;
  readonly stock: StockPort & StockAudit;
  /** Without one, nobody listens to events. */
  readonly publisher?: EventPublisher | undefined;
  readonly log: SagaLog;
  /** Told of each reconciliation. */
  readonly onReconciled?: ((reconciliation: Reconciliation) => void) | undefined;
}

/** The service at work. */
export interface Assembly {
  readonly handlers: Handlers<"order-processing">;
  /** Ends the background work. */
  stop(): Promise<void>;
}

/** Puts the service together and starts its background work. */
export function assemble(parts: Parts): Assembly {
  const { config, database, backgroundDatabase, stock, publisher, log } = parts;
  const { times, limits } = config;
  const saga = {
    stock,
    clock: systemClock,
    newId: () => Bun.randomUUIDv7(),
    random: Math.random,
    limits,
    log,
    placedReply,
  };
  const background = startBackground({
    saga: { ...saga, orders: new PostgresOrderStore(backgroundDatabase, times) },
    outbox: new PostgresOutbox(backgroundDatabase, times),
    publisher,
    limits: config.background,
  });
  const auditor = startAuditor(parts, () => background.onQueued());
  const orders = new PostgresOrderStore(database, times);
  const handlers = orderProcessing({ ...saga, orders, ...background });
  return {
    handlers,
    async stop() {
      await Promise.all([background.stop(), auditor?.stop()]);
    },
  };
}

/** What compares this service's orders with the inventory. */
export function createReconciler(
  { config, backgroundDatabase, stock }: Pick<Parts, "config" | "backgroundDatabase" | "stock">,
  onQueued: () => void,
): Reconciler {
  const ledger = new PostgresLedger(backgroundDatabase);
  const outbox = new PostgresOutbox(backgroundDatabase, config.times);
  return { ledger, outbox, stock, overdueMs: config.overdueMs, onQueued };
}

/** Reconciles in each interval, whichever replica comes first. */
function startAuditor(parts: Parts, onQueued: () => void): Loop | undefined {
  const { config, log, onReconciled } = parts;
  const { reconcileIntervalMs: intervalMs } = config;
  if (intervalMs === 0) return undefined;
  const reconciler = createReconciler(parts, onQueued);
  return startLoop({
    step: async () => {
      if (!(await reconciler.ledger.takeTurn(intervalMs))) return false;
      const reconciliation = await reconcile(reconciler);
      report(reconciliation, log);
      onReconciled?.(reconciliation);
      return false;
    },
    pollMs: Math.ceil(intervalMs / LOOKS_PER_INTERVAL),
    random: Math.random,
    onError: (error) => log.warn("Orders and stock could not be compared", { error }),
  });
}

/** A line for each; more than an operator would read are counted. */
function report({ differences, repaired }: Reconciliation, log: SagaLog): void {
  for (const { kind, ...ids } of differences.slice(0, REPORTED_MAX)) {
    log.error("Orders and stock differ", { difference: kind, ...ids });
  }
  for (const command of repaired.slice(0, REPORTED_MAX))
    log.warn("A missing stock command is queued again", { ...command });
  const unsaid = Math.max(0, differences.length - REPORTED_MAX);
  if (unsaid > 0) log.error("Orders and stock differ in more places", { count: unsaid });
}
