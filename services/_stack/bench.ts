/** `bun run bench`: measures, interleaved in one run, and prints ratios with their spread. Machines are noisy: only ratios of one run mean anything. */
import { startChild } from "./bench/child.ts";
import { drive, median } from "./bench/load.ts";

const ROUNDS = 7;
const BODY = {
  sku: "LAMP-1",
  name: "Desk lamp",
  description: "A lamp for a desk, with a warm light. ".repeat(22),
  price: { amount: 4900, currency: "USD" },
  tags: ["lighting", "office"],
  status: "active",
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
  const body = JSON.stringify(BODY);
  const headers = { "content-type": "application/json", authorization: "Bearer not-checked" };
  const load = { init: { method: "POST", headers, body }, concurrency: 16 };
  const servers = { raw: await startChild("raw"), bound: await startChild("bound") };
  const costs = { raw: [] as number[], bound: [] as number[] };
  try {
    for (const { url } of Object.values(servers)) await drive({ ...load, url: `${url}/products`, requests: 20_000 });
    for (let round = 0; round < ROUNDS; round++) {
      for (const kind of ["raw", "bound"] as const) {
        const { url, cpuMicros } = servers[kind];
        const before = await cpuMicros();
        await drive({ ...load, url: `${url}/products`, requests: 20_000 });
        costs[kind].push(((await cpuMicros()) - before) / 20_000);
      }
    }
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  }
  const ratios = costs.bound.map((cost, round) => cost / (costs.raw[round] ?? Number.NaN));
  console.log(`Server CPU per POST of ${body.length} bytes, ${ROUNDS} interleaved rounds of 20,000, medians:`);
  console.log(`  raw Bun.serve, nothing checked            ${micros(median(costs.raw))}`);
  console.log(`  contract: request and reply validated     ${micros(median(costs.bound))}`);
  console.log(
    `  ratio                                     ${median(ratios).toFixed(2)} (${spread(ratios)}), aim <= 1.5`,
  );
}

await benchBinder();
