import { Gauge, type Registry } from "prom-client";
import type { QueueFigures } from "./line.ts";

/** Registers a queue, to be asked when somebody looks. */
export type WatchQueue = (name: string, figures: () => QueueFigures) => void;

/** Makes the gauges of the queues that a service has. */
export function createQueueMetrics(registry: Registry): WatchQueue {
  const queues = new Map<string, () => QueueFigures>();
  const gauge = (name: string, help: string, figure: (figures: QueueFigures) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ["queue"],
      registers: [registry],
      collect() {
        for (const [queue, figures] of queues) this.set({ queue }, figure(figures()));
      },
    });
  };
  gauge("work_queue_length", "Tasks that wait for their turn.", ({ waiting }) => waiting);
  gauge("work_queue_max", "Tasks that may wait; one more is refused.", ({ max }) => max);
  return (name, figures) => queues.set(name, figures);
}
