/**
 * The process: `bun main.ts` serves; `bun main.ts redrive` lets messages be sent again that were given up; `bun main.ts reconcile` compares orders
 * with the stock.
 */
import { createVerifier } from "#platform/access_token.ts";
import { startAuditRetention } from "#platform/audit_retention.ts";
import type { DatabaseWatch } from "#platform/database_watch.ts";
import { createRemoteKeys } from "#platform/key_source.ts";
import type { Log } from "#platform/observability.ts";
import { openObservability } from "#platform/open_observability.ts";
import { connectPostgres, type Postgres } from "#platform/postgres.ts";
import { createPostgresAudit } from "#platform/postgres_audit.ts";
import { type Closing, runService, type Started } from "#platform/process.ts";
import { createService } from "#platform/service.ts";
import { createServiceFetch } from "#platform/service_fetch.ts";
import { assemble, createReconciler } from "./assembly.ts";
import { type OrdersConfig, readConfig } from "./config.ts";
import { createNatsPublisher, type NatsPublisher } from "./nats_publisher.ts";
import { reconcile } from "./saga/reconcile.ts";
import { createSagaMetrics } from "./saga_metrics.ts";
import { createStockClient } from "./stock_client.ts";
import { migrateOrders } from "./store/postgres.ts";
import { PostgresLedger } from "./store/postgres_ledger.ts";
import { PostgresOutbox } from "./store/postgres_outbox.ts";

const NAME = "order-processing";
/** Connections for what no request waits for: requests can't use them up, and they can't use up those of requests. */
const BACKGROUND_POOL_MAX = 3;

if (process.argv[2] === "redrive") await redrive();
else if (process.argv[2] === "reconcile") await reconcileOnce();
else await runService(start);

async function start(closing: Closing): Promise<Started> {
  const config = readConfig(process.env);
  const observability = await openObservability(NAME, { ...config, callsServices: true }, closing);
  const { registry, watchQueue, database: watch } = observability;
  const database = await connect(config, { poolMax: config.storePoolMax, pool: "requests", watch }, closing);
  const background = { poolMax: BACKGROUND_POOL_MAX, pool: "background", watch };
  const backgroundDatabase = await connect(config, background, closing);
  await migrateOrders(database);
  const retention = { retentionDays: config.auditRetentionDays, log: observability.log };
  closing(startAuditRetention(createPostgresAudit(backgroundDatabase), retention));

  const fetch = createServiceFetch(registry);
  const stock = createStockClient({
    ...{ ...config, timeoutMs: config.limits.stockTimeoutMs, fetch },
    watch: (figures) => watchQueue("stock-commands", figures),
  });
  const publisher = startPublisher(config, observability.log, closing);
  const metrics = createSagaMetrics(registry, new PostgresLedger(backgroundDatabase));
  const { handlers, stop } = assemble({
    ...{ config, database, backgroundDatabase, stock, publisher, log: observability.log },
    onReconciled: (reconciliation) => metrics.record(reconciliation),
  });
  closing(stop);

  const server = createService(NAME, handlers, {
    authenticate: createVerifier({ issuer: config.issuer, keys: createRemoteKeys({ url: config.jwksUrl, fetch }) }),
    origins: config.origins,
    allowedOrigins: config.allowedOrigins,
    trustedProxies: config.trustedProxies,
    rateLimits: config.rateLimits,
    checkResponses: config.checkResponses,
    readiness: () => database.ping(),
    observability,
  });
  return { ...config, server };
}

/** Does not wait for the broker: one that is away delays events, never orders. */
function startPublisher({ eventsUrl: url }: OrdersConfig, log: Log, closing: Closing): NatsPublisher | undefined {
  if (url === undefined) return undefined;
  const publisher = createNatsPublisher({ url, log, random: Math.random });
  closing(() => publisher.stop());
  return publisher;
}

interface PoolOptions {
  poolMax: number;
  /** What it is called in metrics. */
  pool?: string;
  watch?: DatabaseWatch;
}

async function connect(config: OrdersConfig, options: PoolOptions, closing: Closing): Promise<Postgres> {
  const { storeUrl: url, storeTimeoutMs: timeoutMs } = config;
  const database = await connectPostgres({ url, timeoutMs, name: NAME, ...options });
  closing(() => database.close());
  return database;
}

/** Prints the messages that were given up and are sent again now, one a line. */
async function redrive(): Promise<void> {
  const config = readConfig(process.env);
  const database = await connect(config, { poolMax: 1 }, () => {});
  const rows = await new PostgresOutbox(database, config.times).redrive();
  for (const row of rows) console.log(JSON.stringify(row));
  await database.close();
}

/** Prints the differences between orders and stock, one a line, and what is queued to mend them; exit code 1 if there are some. */
async function reconcileOnce(): Promise<void> {
  const config = readConfig(process.env);
  const backgroundDatabase = await connect(config, { poolMax: 1 }, () => {});
  const stock = createStockClient({ ...config, timeoutMs: config.limits.stockTimeoutMs });
  const reconciler = createReconciler({ config, backgroundDatabase, stock }, () => {});
  const { differences, repaired } = await reconcile(reconciler);
  for (const difference of differences) console.log(JSON.stringify(difference));
  for (const command of repaired) console.log(JSON.stringify({ kind: "repaired", ...command }));
  await backgroundDatabase.close();
  process.exitCode = differences.length > 0 ? 1 : 0;
}
