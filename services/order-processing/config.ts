import { type CommonConfig, commonConfig, Env, type Environment } from "#platform/config.ts";
import type { BackgroundLimits } from "./saga/background.ts";
import type { SagaLimits } from "./saga/saga.ts";
import type { StoreTimes } from "./store/mod.ts";

/** Settings of order-processing. */
export interface OrdersConfig extends CommonConfig {
  /** Base URLs of the siblings, as this process reaches them. */
  productManagementUrl: string;
  userAuthenticationUrl: string;
  /** Who this service is, when it asks for service tokens. */
  clientId: string;
  clientSecret: string;
  /** The broker of events; undefined if nobody listens to them. */
  eventsUrl: string | undefined;
  times: StoreTimes;
  limits: SagaLimits;
  background: BackgroundLimits;
  /** Milliseconds between two reconciliations, by all replicas together; 0 for none. */
  reconcileIntervalMs: number;
  /** Milliseconds after which an undecided order is overdue: it should have been given up. */
  overdueMs: number;
}

/** Fixed by the design: nothing is purged before every clock agrees that its commands are too late. */
const PURGE_DELAY_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Reads the settings. @throws {StartFault} with every fault. */
export function readConfig(values: Environment): OrdersConfig {
  const env = new Env(values);
  const common = commonConfig(env, { port: 3002, storeSchemes: ["postgres", "postgresql"] });
  const http = { schemes: ["http", "https"] };
  const duration = (name: string, fallback: number, max = HOUR_MS) => env.integer(name, { fallback, min: 1, max });
  const config: Omit<OrdersConfig, "overdueMs"> = {
    ...common,
    productManagementUrl: env.url("PRODUCT_MANAGEMENT_URL", {
      ...http,
      fallback: common.origins["product-management"],
    }),
    userAuthenticationUrl: env.url("USER_AUTHENTICATION_URL", {
      ...http,
      fallback: common.origins["user-authentication"],
    }),
    clientId: env.string("CLIENT_ID", { fallback: "order-processing" }),
    clientSecret: env.secret("CLIENT_SECRET", { minLength: 1 }),
    eventsUrl: env.optionalSecretUrl("EVENTS_URL", { schemes: ["nats", "tls"] }),
    times: {
      leaseMs: duration("LEASE_MS", 10_000),
      commandLifeMs: duration("COMMAND_LIFE_MS", 30_000),
      pendingLimitMs: duration("PENDING_LIMIT_MS", 600_000, 24 * HOUR_MS),
      editLimitMs: duration("EDIT_LIMIT_MS", 60_000),
      purgeDelayMs: PURGE_DELAY_MS,
    },
    limits: {
      decideWithinMs: duration("DECIDE_WITHIN_MS", 2500),
      stockTimeoutMs: duration("STOCK_TIMEOUT_MS", 2000),
    },
    background: {
      workerBatch: 32,
      dispatchBatch: 200,
      purgeBatch: 100,
      pollMs: duration("POLL_MS", 1000),
      purgePollMs: 5000,
      refusalsMax: 10,
    },
    reconcileIntervalMs: env.integer("RECONCILE_INTERVAL_MS", { fallback: 600_000, min: 0, max: 24 * HOUR_MS }),
  };
  env.check();
  return { ...config, overdueMs: 2 * config.times.pendingLimitMs };
}
