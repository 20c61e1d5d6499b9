/** What metrics, logs and traces cost: the same load on two whole systems in turn, one that tells all of it and one that tells nothing. */
import { readFileSync } from "node:fs";
import { startOtlpReceiver } from "../otlp_receiver.ts";
import { SERVICE_NAMES } from "../service_names.ts";
import type { Stack } from "../stack.ts";
import { startTestStack } from "../test_stack.ts";
import { drive, type Load, median } from "./load.ts";
import { openShop, placing, type Shop } from "./shop.ts";

/** Rounds of each load: an odd number, so that there is a middle one. */
const ROUNDS = 9;
const SCRAPE_EVERY_MS = 1000;
const CHECK_RESPONSES = "false";
const SETTINGS = {
  off: { CHECK_RESPONSES, LOG_LEVEL: "silent", OTEL_METRICS_EXPORTER: "none" },
  on: { CHECK_RESPONSES, LOG_LEVEL: "info", OTEL_TRACES_SAMPLER_ARG: "0.01" },
} as const;

type Side = keyof typeof SETTINGS;
type BySide<T> = Readonly<Record<Side, T>>;

/** One measurement: requests a second, and microseconds of processor time of the services for each. */
interface Sample {
  readonly rate: number;
  readonly cpuMicros: number;
}

/** Prints throughput and processor time with all that is told on, against off. */
export async function benchMetrics(): Promise<void> {
  const receiver = startOtlpReceiver();
  const stacks = {
    off: await startTestStack({ environment: SETTINGS.off }),
    on: await startTestStack({ environment: { ...SETTINGS.on, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } }),
  };
  const scraper = setInterval(() => void scrape(stacks.on), SCRAPE_EVERY_MS);
  try {
    const shops = { off: await openShop(stacks.off), on: await openShop(stacks.on) };
    console.log(
      `\nMetrics (scraped each second), logs to a file and 1 % of traces, on against off, ${ROUNDS} rounds in turn:`,
    );
    const read = ({ origins }: Stack, { hot }: Shop): Load => {
      return { url: `${origins["product-management"]}/products/${hot}`, requests: 6000, concurrency: 32 };
    };
    const order = ({ origins }: Stack, shop: Shop): Load => ({
      url: `${origins["order-processing"]}/orders`,
      init: (index) => placing(shop, shop.cold[index % shop.cold.length] ?? shop.hot),
      ...{ requests: 600, concurrency: 16 },
    });
    for (const [name, load] of Object.entries({ "GET /products/{productId}": read, "POST /orders": order })) {
      await compare(name, stacks, { off: load(stacks.off, shops.off), on: load(stacks.on, shops.on) });
    }
    console.log(`  ${receiver.spans.length} spans came to the collector`);
  } finally {
    clearInterval(scraper);
    await Promise.all([stacks.on.stop(), stacks.off.stop()]);
    await receiver.stop();
  }
}

async function compare(name: string, stacks: BySide<Stack>, loads: BySide<Load>): Promise<void> {
  const samples: Record<Side, Sample[]> = { off: [], on: [] };
  for (const side of ["off", "on"] as const) await drive(loads[side]);
  for (let round = 0; round < ROUNDS; round++) {
    // Who goes first changes, so that what drifts falls on both.
    const order: readonly Side[] = round % 2 === 0 ? ["off", "on"] : ["on", "off"];
    for (const side of order) samples[side].push(await measure(stacks[side], loads[side]));
  }
  const ratios = (of: (sample: Sample) => number): string => {
    const values = samples.on.map((sample, round) => of(sample) / of(samples.off[round]!)); // as many of both
    return `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;
  };
  const medians = (of: (sample: Sample) => number): string =>
    (["off", "on"] as const).map((side) => `${side} ${median(samples[side].map(of)).toFixed(0)}`).join(", ");
  console.log(`  ${name}, ${loads.on.concurrency} at once`);
  console.log(
    `    throughput on/off       ${ratios(({ rate }) => rate)}, aim >= 0.90   (${medians(({ rate }) => rate)} /s)`,
  );
  const cpu = ({ cpuMicros }: Sample): number => cpuMicros;
  console.log(`    processor time on/off   ${ratios(cpu)}   (${medians(cpu)} µs a request, of all services)`);
}

async function measure(stack: Stack, load: Load): Promise<Sample> {
  const before = cpuMicrosOf(stack);
  const { requestsPerSecond: rate } = await drive(load);
  return { rate, cpuMicros: (cpuMicrosOf(stack) - before) / load.requests };
}

/** Processor time of the services so far; not a number where the system does not tell it in files. */
function cpuMicrosOf({ services }: Stack): number {
  const ticks = SERVICE_NAMES.map((name) => {
    try {
      const stat = readFileSync(`/proc/${services[name].pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(fields[11]) + Number(fields[12]); // utime and stime, of 10 ms each
    } catch {
      return Number.NaN;
    }
  });
  return ticks.reduce((sum, each) => sum + each, 0) * 10_000;
}

async function scrape({ origins }: Stack): Promise<void> {
  await Promise.all(SERVICE_NAMES.map(async (name) => (await fetch(`${origins[name]}/metrics`)).text())).catch(
    () => {},
  );
}
