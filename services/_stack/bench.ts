/** `bun run bench`: measures, interleaved in one run, and prints ratios with their spread. Machines are noisy: only ratios of one run mean anything. */
import { createClient } from "#sdk";
import { startChild } from "./bench/child.ts";
import { drive, type LoadResult, median, quantile } from "./bench/load.ts";
import type { Stack } from "./stack.ts";
import { startTestStack } from "./test_stack.ts";

const ROUNDS = 7;
const BODY = {
  sku: "LAMP-1",
  name: "Desk lamp",
  description: "A lamp for a desk, with a warm light. ".repeat(22),
  price: { amount: 4900, currency: "USD" },
  tags: ["lighting", "office"],
  stock: 50,
};

function micros(value: number): string {
  return `${value.toFixed(1)} µs`;
}

function spread(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`;
}

/** Processor time of the server for one validated POST, beside raw `Bun.serve`. */
async function benchBinder(): Promise<void> {
  const body = JSON.stringify({ ...BODY, status: "active" });
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

const ADDRESS = { name: "Ada", line1: "1 Main Street", city: "London", postalCode: "N1", country: "GB" };

/** An account that sells and buys, and a product with more units than a run can sell. */
async function prepareShop({ origins }: Stack) {
  const account = { email: "bench@example.com", password: "a passphrase for the bench" };
  const guest = createClient({ baseUrl: origins });
  await guest.registerUser({ body: { ...account, displayName: "Bench" } });
  const { body: tokens } = await guest.logIn({ body: account });
  const shop = createClient({ baseUrl: origins, token: tokens.access_token });
  const product = (sku: string) => shop.createProduct({ body: { ...BODY, sku, stock: 1_000_000 } });
  const { body: hot } = await product("HOT-1");
  const cold = await Promise.all(Array.from({ length: 50 }, (_, index) => product(`COLD-${index}`)));
  return { token: tokens.access_token, hot, cold: cold.map(({ body }) => body) };
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
async function benchOrders(stack: Stack, { token, hot, cold }: Awaited<ReturnType<typeof prepareShop>>): Promise<void> {
  const insert = await startChild("insert", { STORE_URL: stack.storeUrls["order-processing"] });
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const order = (productId: string) =>
    JSON.stringify({ items: [{ productId, quantity: 1 }], shippingAddress: ADDRESS });
  const place = (productIds: readonly string[]) => ({
    url: `${stack.origins["order-processing"]}/orders`,
    init: (index: number) => ({
      method: "POST",
      headers: { ...headers, "idempotency-key": crypto.randomUUID() },
      body: order(productIds[index % productIds.length] ?? ""),
    }),
  });
  const loads = {
    "one bare INSERT": { url: insert.url, init: () => ({ method: "POST", body: order(hot.id) }) },
    "POST /orders, 50 products": place(cold.map(({ id }) => id)),
    "POST /orders, one hot product": place([hot.id]),
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

await benchBinder();
const stack = await startTestStack({ environment: { CHECK_RESPONSES: "false", LOG_LEVEL: "warn" } });
try {
  const shop = await prepareShop(stack);
  await benchRead(stack, shop.hot.id);
  await benchOrders(stack, shop);
} finally {
  await stack.stop();
}
