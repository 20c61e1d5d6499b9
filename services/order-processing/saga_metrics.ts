/** How the saga is doing, in numbers. */
import { Counter, Gauge, type Registry } from "prom-client";
import type { Ledger, SagaFigures } from "./ledger_port.ts";
import { DIFFERENCE_KINDS, type DifferenceKind } from "./reconciliation.ts";
import type { Reconciliation } from "./saga/reconcile.ts";

/** Told of each reconciliation. */
export interface SagaMetrics {
  record(reconciliation: Reconciliation): void;
}

/** Figures are asked for at most this often, however often they are scraped. */
const FIGURES_LIFE_MS = 5000;

const FIGURES: Readonly<Record<keyof SagaFigures, readonly [name: string, help: string]>> = {
  undecidedOrders: ["orders_undecided", "Orders whose placing or edit is being decided."],
  oldestUndecidedSeconds: ["orders_undecided_oldest_seconds", "Age of the oldest undecided order."],
  undoneStockMessages: ["outbox_stock_undone", "Stock commands that are decided and not applied."],
  undoneEvents: ["outbox_events_undone", "Events that are not published."],
  oldestUndoneSeconds: ["outbox_oldest_seconds", "Time since the order of the oldest undone message last changed."],
  deadMessages: ["outbox_dead", "Messages that were given up, for an operator to redrive."],
};

/** Registers the metrics. A database that is away leaves the figures as they were: the rest can still be scraped. */
export function createSagaMetrics(registry: Registry, ledger: Pick<Ledger, "figures">): SagaMetrics {
  const registers = [registry];
  let asked: Promise<SagaFigures | undefined> | undefined;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  const current = (): Promise<SagaFigures | undefined> => {
    if (asked === undefined || performance.now() - askedAtMs > FIGURES_LIFE_MS) {
      askedAtMs = performance.now();
      asked = ledger.figures().catch(() => undefined);
    }
    return asked;
  };
  for (const [key, [name, help]] of Object.entries(FIGURES)) {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const values = await current();
        if (values) this.set(values[key as keyof SagaFigures]); // the keys of FIGURES are those of SagaFigures
      },
    });
  }
  const differences = new Gauge({
    name: "reconciliation_differences",
    help: "Differences between orders and stock that the last reconciliation found.",
    labelNames: ["kind"],
    registers,
  });
  const repairs = new Counter({
    name: "reconciliation_repairs_total",
    help: "Missing stock commands that reconciliations queued again.",
    registers,
  });
  const lastRun = new Gauge({
    name: "reconciliation_last_run_timestamp_seconds",
    help: "When this process last reconciled.",
    registers,
  });
  return {
    record(reconciliation) {
      const counts = new Map<DifferenceKind, number>(DIFFERENCE_KINDS.map((kind) => [kind, 0]));
      for (const { kind } of reconciliation.differences) counts.set(kind, (counts.get(kind) ?? 0) + 1);
      for (const [kind, count] of counts) differences.set({ kind }, count);
      repairs.inc(reconciliation.repaired.length);
      lastRun.setToCurrentTime();
    },
  };
}
