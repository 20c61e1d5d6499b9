/** The service without its process: handlers and background work over open connections. */
import type { Handlers } from "#contract";
import type { Postgres } from "#platform/postgres.ts";
import type { OrdersConfig } from "./config.ts";
import type { EventPublisher } from "./event_port.ts";
import { orderProcessing } from "./mod.ts";
import { placedReply } from "./operations/create_order.ts";
import { startBackground } from "./saga/background.ts";
import { type SagaLog, systemClock } from "./saga/saga.ts";
import type { StockPort } from "./stock_port.ts";
import { PostgresOrderStore } from "./store/postgres.ts";
import { PostgresOutbox } from "./store/postgres_outbox.ts";

/** What the service is made of. */
export interface Parts {
  readonly config: Pick<OrdersConfig, "times" | "limits" | "background">;
  /** For requests. */
  readonly database: Postgres;
  /** For what no request waits for: neither can use up the other's connections. */
  readonly backgroundDatabase: Postgres;
  readonly stock: StockPort;
  /** Without one, nobody listens to events. */
  readonly publisher?: EventPublisher | undefined;
  readonly log: SagaLog;
}

/** The service at work. */
export interface Assembly {
  readonly handlers: Handlers<"order-processing">;
  /** Ends the background work. */
  stop(): Promise<void>;
}

/** Puts the service together and starts its background work. */
export function assemble({ config, database, backgroundDatabase, stock, publisher, log }: Parts): Assembly {
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
  const orders = new PostgresOrderStore(database, times);
  const handlers = orderProcessing({ ...saga, orders, ...background });
  return { handlers, stop: () => background.stop() };
}
