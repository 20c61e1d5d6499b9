/** What each step of an order costs, as it is seen on the wire between the services and their databases. */

import { databaseOf } from "../databases.ts";
import type { MongoSource } from "../engines/mongo_source.ts";
import { countUndone } from "../invariants/read_orders.ts";
import type { Stack } from "../stack.ts";
import { startTestStack } from "../test_stack.ts";
import { drive, median } from "./load.ts";
import { openShop, placing, type Shop } from "./shop.ts";
import { type Protocol, type RoundTrip, startWire, type Wire } from "./wire.ts";

/** The links that an order goes over. */
const LINKS = {
  orders: "order-processing -> Postgres",
  requests: "order-processing -> product-management",
  products: "product-management -> its database",
} as const;
type Link = keyof typeof LINKS;

/** A step of the saga, told by what is asked on a link. */
interface Step {
  readonly name: string;
  readonly link: Link;
  readonly asks: RegExp;
  /** Whether who placed the order waits for it. */
  readonly isWaitedFor: boolean;
}

const STEPS: readonly Step[] = [
  step("1 order, key and lease: one statement", "orders", /INSERT INTO orders/),
  step("2 reserve: one request for all items", "requests", /"command":"reserve"/),
  step("3 confirmed, reply, messages: one statement", "orders", /UPDATE orders\s+SET status/),
  background("5 lease of the messages", "orders", /UPDATE outbox\s+SET fence/),
  background("5 consume: one request", "requests", /"command":"consume"/),
  background("6 messages done", "orders", /UPDATE outbox SET done_at|DELETE FROM outbox/),
];

/** What stock commands do in their database, Postgres's words and MongoDB's. */
const STOCK_WORK = /^(begin|commit|aggregate|find|update)|inventories|stock_entries/i;

const ORDERS = 200;
const WARM_UP = 50;
const QUIET_POLL_MS = 5;

function step(name: string, link: Link, asks: RegExp): Step {
  return { name, link, asks, isWaitedFor: true };
}

function background(name: string, link: Link, asks: RegExp): Step {
  return { name, link, asks, isWaitedFor: false };
}

/** Places orders one after the other and prints what each step of them cost. */
export async function benchOrderSteps(engine: string, mongo: MongoSource | undefined): Promise<void> {
  const settings = new Map<string, Record<string, string>>();
  const stack = await startTestStack({
    environment: { CHECK_RESPONSES: "false", LOG_LEVEL: "warn", RECONCILE_INTERVAL_MS: "0" },
    adjust: (name, environment) => ({ ...environment, ...settings.get(name) }),
    ...(mongo && { mongo }),
  });
  const wires: Partial<Record<Link, Wire>> = {};
  try {
    const shop = await openShop(stack);
    const links = await listenIn(stack, settings);
    Object.assign(wires, links);
    await placeOrders(stack, shop, WARM_UP);
    const begun = tripsOf(links);
    const wholeMs = await placeOrders(stack, shop, ORDERS);
    const ended = tripsOf(links);
    const trips = (link: Link) => ended[link].slice(begun[link].length);
    print({ engine, wholeMs, trips });
  } finally {
    for (const wire of Object.values(wires)) await wire.stop();
    await stack.stop();
  }
}

/** Leads the services through proxies. */
async function listenIn(
  { storeUrls, origins, services }: Stack,
  settings: Map<string, Record<string, string>>,
): Promise<Record<Link, Wire>> {
  const listen = async (url: string, protocol: Protocol): Promise<[wire: Wire, url: string]> => {
    const other = new URL(url);
    const wire = await startWire(Number(other.port), protocol);
    other.port = String(wire.port);
    // A replica set tells its own address, which is not the proxy's: so it is not asked.
    if (protocol === "mongodb") other.search = "?directConnection=true";
    return [wire, other.href];
  };
  const products = storeUrls["product-management"];
  const [ordersWire, ordersUrl] = await listen(storeUrls["order-processing"], "postgres");
  const [productsWire, productsUrl] = await listen(products, products.startsWith("mongodb") ? "mongodb" : "postgres");
  const [requestsWire, requestsUrl] = await listen(
    origins["product-management"].replace("localhost", "127.0.0.1"),
    "http",
  );
  settings.set("order-processing", { STORE_URL: ordersUrl, PRODUCT_MANAGEMENT_URL: requestsUrl.replace(/\/$/, "") });
  settings.set("product-management", { STORE_URL: productsUrl });
  await Promise.all([services["order-processing"].restart(), services["product-management"].restart()]);
  return { orders: ordersWire, requests: requestsWire, products: productsWire };
}

function tripsOf(wires: Record<Link, Wire>): Record<Link, readonly RoundTrip[]> {
  return { orders: [...wires.orders.trips], requests: [...wires.requests.trips], products: [...wires.products.trips] };
}

/** One at a time, each when nothing is left to be done for the one before. @returns milliseconds of one, as its buyer sees it. */
async function placeOrders({ origins, postgres }: Stack, shop: Shop, orders: number): Promise<number> {
  const url = `${origins["order-processing"]}/orders`;
  const database = postgres.databaseUrl(databaseOf("order-processing"));
  const each: number[] = [];
  for (let index = 0; index < orders; index++) {
    const init = placing(shop, shop.cold[index % shop.cold.length] ?? shop.hot);
    const { latenciesMs } = await drive({ url, init, requests: 1, concurrency: 1 });
    each.push(latenciesMs[0] ?? Number.NaN);
    while ((await countUndone(database)) > 0) await Bun.sleep(QUIET_POLL_MS);
  }
  return median(each);
}

interface Measured {
  readonly engine: string;
  readonly wholeMs: number;
  readonly trips: (link: Link) => readonly RoundTrip[];
}

function print({ engine, wholeMs, trips }: Measured): void {
  const made = ({ link, asks }: Pick<Step, "link" | "asks">): RoundTrip[] => {
    return trips(link).filter(({ asked }) => asked.some((text) => asks.test(text)));
  };
  const row = (name: string, link: Link, found: readonly RoundTrip[]): void => {
    const ms = found.length > 0 ? median(found.map((trip) => trip.ms)).toFixed(1) : "-";
    console.log(`  ${name.padEnd(46)}${LINKS[link].padEnd(40)}${perOrder(found).padStart(11)}${ms.padStart(8)}`);
  };
  console.log(`\n${ORDERS} orders, one after the other, products in ${engine}: what each costs, as seen on the wire`);
  console.log(`  ${"step".padEnd(46)}${"from -> to".padEnd(40)}round trips      ms`);
  for (const { name, ...where } of STEPS) row(name, where.link, made(where));
  const inside = { link: "products", asks: STOCK_WORK } as const;
  row("2 + 5 inside, two transactions", "products", made(inside));
  row("  of them commits", "products", made({ ...inside, asks: /^commit/i }));
  const waitedFor = (link: Link): string =>
    perOrder(STEPS.filter((each) => each.isWaitedFor && each.link === link).flatMap(made));
  console.log(
    `  waited for: ${waitedFor("orders")} round trips to Postgres (aim <= 3), ${waitedFor("requests")} to product-management (aim <= 1)`,
  );
  console.log(`  p50 of one order alone, through the counting proxies: ${wholeMs.toFixed(1)} ms`);
}

function perOrder(trips: readonly RoundTrip[]): string {
  return (trips.length / ORDERS).toFixed(2);
}
