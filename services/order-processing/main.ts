/** The process: `bun main.ts` serves; `bun main.ts redrive` lets messages be sent again that were given up. */
import { createVerifier } from "#platform/access_token.ts";
import { createRemoteKeys } from "#platform/key_source.ts";
import { connectPostgres, type Postgres } from "#platform/postgres.ts";
import { type Closing, runService, type Started } from "#platform/process.ts";
import { createService } from "#platform/service.ts";
import { type OrdersConfig, readConfig } from "./config.ts";
import { nobodyListens } from "./event_port.ts";
import { orderProcessing } from "./mod.ts";
import { placedReply } from "./operations/create_order.ts";
import { startBackground } from "./saga/background.ts";
import { systemClock } from "./saga/saga.ts";
import { createStockClient } from "./stock_client.ts";
import { migrateOrders, PostgresOrderStore } from "./store/postgres.ts";
import { PostgresOutbox } from "./store/postgres_outbox.ts";

/** Connections for what no request waits for: requests can't use them up, and they can't use up those of requests. */
const BACKGROUND_POOL_MAX = 3;

if (process.argv[2] === "redrive") await redrive();
else await runService(start);

async function start(closing: Closing): Promise<Started> {
  const config = readConfig(process.env);
  const database = await connect(config, config.storePoolMax, closing);
  const backgroundDatabase = await connect(config, BACKGROUND_POOL_MAX, closing);
  await migrateOrders(database);

  const saga = {
    stock: createStockClient({ ...config, timeoutMs: config.limits.stockTimeoutMs }),
    clock: systemClock,
    newId: Bun.randomUUIDv7,
    random: Math.random,
    limits: config.limits,
    log: console,
    placedReply,
  };
  const background = startBackground({
    saga: { ...saga, orders: new PostgresOrderStore(backgroundDatabase, config.times) },
    outbox: new PostgresOutbox(backgroundDatabase, config.times),
    publisher: nobodyListens,
    limits: config.background,
  });
  closing(() => background.stop());

  const orders = new PostgresOrderStore(database, config.times);
  const server = createService("order-processing", orderProcessing({ ...saga, ...background, orders }), {
    authenticate: createVerifier({ issuer: config.issuer, keys: createRemoteKeys({ url: config.jwksUrl }) }),
    origins: config.origins,
    checkResponses: config.checkResponses,
    readiness: () => database.ping(),
  });
  return { ...config, server };
}

async function connect(config: OrdersConfig, poolMax: number, closing: Closing): Promise<Postgres> {
  const { storeUrl: url, storeTimeoutMs: timeoutMs } = config;
  const database = await connectPostgres({ url, poolMax, timeoutMs, name: "order-processing" });
  closing(() => database.close());
  return database;
}

/** Prints the messages that were given up and are sent again now, one a line. */
async function redrive(): Promise<void> {
  const config = readConfig(process.env);
  const database = await connect(config, 1, () => {});
  const rows = await new PostgresOutbox(database, config.times).redrive();
  for (const row of rows) console.log(JSON.stringify(row));
  await database.close();
}
