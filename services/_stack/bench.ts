/** `bun run bench`: measures, interleaved in one run, and prints ratios with their spread. Machines are noisy: only ratios of one run mean anything. Words take sections. */
import { startChild } from "./bench/child.ts";
import { benchGroupCommit } from "./bench/group_commit.ts";
import { drive, type LoadResult, median, quantile } from "./bench/load.ts";
import { benchLogins } from "./bench/logins.ts";
import { benchMetrics } from "./bench/metrics.ts";
import { benchOrderSteps } from "./bench/order_steps.ts";
import { openShop, orderOf, PRODUCT, placing, type Shop } from "./bench/shop.ts";
import { findMongo } from "./engines/mongo.ts";
import type { MongoSource } from "./engines/mongo_source.ts";
import type { EngineName } from "./faults/fault.ts";
import { sellHotProduct } from "./faults/hot_product.ts";
import { formatHotSale } from "./faults/report.ts";
import { openScene } from "./faults/scene.ts";
import type { Stack } from "./stack.ts";
import { startTestStack } from "./test_stack.ts";

const ROUNDS = 7;
function micros(value: number): string {
  return `${value.toFixed(1)} µs`;
}

function spread(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`;
}

/** Processor time of the server for one validated POST, beside raw `Bun.serve`. */
async function benchBinder(): Promise<void> {
  const body = JSON.stringify({ ...PRODUCT, status: "active" });
  const headers = { "content-type": "application/json", authorization: "Bearer not-checked" };
  const load = { init: { method: "POST", headers, body }, concurrency: 16 };
  const servers = {
    raw: await startChild("raw"),
    sameReply: await startChild("same reply"),
    bound: await startChild("bound"),
  };
  const costs = { raw: [] as number[], sameReply: [] as number[], bound: [] as number[] };
  try {
    for (const { url } of Object.values(servers)) await drive({ ...load, url: `${url}/products`, requests: 20_000 });
    for (let round = 0; round < ROUNDS; round++) {
      for (const kind of ["raw", "sameReply", "bound"] as const) {
        const { url, cpuMicros } = servers[kind];
        const before = await cpuMicros();
        await drive({ ...load, url: `${url}/products`, requests: 20_000 });
        costs[kind].push(((await cpuMicros()) - before) / 20_000);
      }
    }
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  }
  const over = (floor: "raw" | "sameReply"): string => {
    const ratios = costs.bound.map((cost, round) => cost / (costs[floor][round] ?? Number.NaN));
    return `${median(ratios).toFixed(2)} (${spread(ratios)})`;
  };
  console.log(`Server CPU per POST of ${body.length} bytes, ${ROUNDS} interleaved rounds of 20,000, medians:`);
  console.log(`  raw Bun.serve, nothing checked            ${micros(median(costs.raw))}`);
  console.log(`  raw Bun.serve, the same reply             ${micros(median(costs.sameReply))}`);
  console.log(`  contract: request and reply validated     ${micros(median(costs.bound))}`);
  console.log(`  ratio to raw                              ${over("raw")}, aim <= 1.5`);
  console.log(`  ratio to the same reply                   ${over("sameReply")}`);
}

/** A product through HTTP and store, beside the bare driver behind `Bun.serve` on the same database. */
async function benchRead(stack: Stack, productId: string): Promise<void> {
  const row = await startChild("row", { STORE_URL: stack.storeUrls["product-management"] });
  const urls = {
    row: `${row.url}/${productId}`,
    service: `${stack.origins["product-management"]}/products/${productId}`,
  };
  const rates = { row: [] as number[], service: [] as number[] };
  try {
    for (const url of Object.values(urls)) await drive({ url, requests: 10_000, concurrency: 32 });
    for (let round = 0; round < ROUNDS; round++) {
      for (const kind of ["row", "service"] as const) {
        const { requestsPerSecond } = await drive({ url: urls[kind], requests: 10_000, concurrency: 32 });
        rates[kind].push(requestsPerSecond);
      }
    }
  } finally {
    await row.stop();
  }
  const ratios = rates.service.map((rate, round) => rate / (rates.row[round] ?? Number.NaN));
  console.log(`\nGET /products/{productId}, 32 at once, ${ROUNDS} interleaved rounds of 10,000, medians:`);
  console.log(`  driver behind raw Bun.serve               ${median(rates.row).toFixed(0)} requests/s`);
  console.log(`  product-management on the same database   ${median(rates.service).toFixed(0)} requests/s`);
  console.log(
    `  ratio                                     ${median(ratios).toFixed(2)} (${spread(ratios)}), aim >= 0.7`,
  );
}

function latencies({ latenciesMs, requestsPerSecond }: LoadResult): string {
  const [p50, p99] = [0.5, 0.99].map((share) => quantile(latenciesMs, share).toFixed(1));
  return `${requestsPerSecond.toFixed(0).padStart(5)} requests/s   p50 ${p50} ms   p99 ${p99} ms`;
}

/** An order with its saga and stock, beside one bare INSERT through the same kind of server in the same database. */
async function benchOrders(stack: Stack, shop: Shop): Promise<void> {
  const insert = await startChild("insert", { STORE_URL: stack.storeUrls["order-processing"] });
  const place = (productIds: readonly string[]) => ({
    url: `${stack.origins["order-processing"]}/orders`,
    init: (index: number) => placing(shop, productIds[index % productIds.length] ?? shop.hot),
  });
  const loads = {
    "one bare INSERT": { url: insert.url, init: () => ({ method: "POST", body: orderOf(shop.hot) }) },
    "POST /orders, 50 products": place(shop.cold),
    "POST /orders, one hot product": place([shop.hot]),
  };
  console.log("\nPOST /orders with saga, stock and Idempotency-Key, 16 at once, 2,000 each:");
  try {
    for (const load of Object.values(loads)) await drive({ ...load, requests: 300, concurrency: 16 });
    for (const [name, load] of Object.entries(loads)) {
      const result = await drive({ ...load, requests: 2_000, concurrency: 16 });
      console.log(`  ${name.padEnd(32)}${latencies(result)}`);
    }
  } finally {
    await insert.stop();
  }
}

/** On both engines, or on the one there is. */
async function onEngines(bench: (engine: EngineName, mongo: MongoSource | undefined) => Promise<void>): Promise<void> {
  const mongo = await findMongo({ environment: process.env, install: true });
  await bench("postgres", undefined);
  if ("missing" in mongo) console.log(`\n${mongo.missing}`);
  else await bench("mongo", mongo);
}

/** With services over a store of the engine. */
async function withStack(mongo: MongoSource | undefined, bench: (stack: Stack) => Promise<void>): Promise<void> {
  const environment = { CHECK_RESPONSES: "false", LOG_LEVEL: "warn" };
  const stack = await startTestStack({ environment, ...(mongo && { mongo }) });
  try {
    await bench(stack);
  } finally {
    await stack.stop();
  }
}

/** Sales of one product at the highest rate that holds, while its owner saves it. */
async function benchHotProduct(engine: EngineName, mongo: MongoSource | undefined): Promise<void> {
  const ends: (() => Promise<void>)[] = [];
  try {
    const scene = await openScene(engine, { mongo, seed: 1, onEnd: (end) => ends.push(end) });
    console.log(`\n${formatHotSale(engine, await sellHotProduct(scene)).join("\n")}`);
  } finally {
    for (const end of ends) await end();
  }
}

/** By the words of the command line. */
const SECTIONS: Readonly<Record<string, () => Promise<void>>> = {
  binder: benchBinder,
  reads: () => withStack(undefined, async (stack) => benchRead(stack, (await openShop(stack)).hot)),
  orders: () => withStack(undefined, async (stack) => benchOrders(stack, await openShop(stack))),
  logins: () => withStack(undefined, benchLogins),
  steps: () => onEngines(benchOrderSteps),
  groups: () =>
    onEngines((engine, mongo) =>
      withStack(mongo, (stack) => benchGroupCommit(engine, stack.storeUrls["product-management"])),
    ),
  hot: () => onEngines(benchHotProduct),
  metrics: benchMetrics,
};

const words = process.argv.slice(2);
const unknown = words.find((word) => !(word in SECTIONS));
if (unknown !== undefined) throw new Error(`"${unknown}" is none of ${Object.keys(SECTIONS).join(", ")}`);
for (const [name, bench] of Object.entries(SECTIONS)) if (words.length === 0 || words.includes(name)) await bench();
process.exit(0); // connections that are kept open
