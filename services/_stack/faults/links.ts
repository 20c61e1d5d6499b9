/** Faults of the network: between the services, and between a service and its database. */
import type { ServiceName } from "#contract";
import { createRandom } from "../history/random.ts";
import type { Fault, Victim } from "./fault.ts";
import { type Mischief, startProxy, type TcpProxy } from "./proxy.ts";

/** A link that goes through a proxy. */
interface Link {
  readonly from: ServiceName;
  /** The setting that says where it leads. */
  readonly setting: "STORE_URL" | "PRODUCT_MANAGEMENT_URL";
}

const TO_PRODUCTS: Link = { from: "order-processing", setting: "PRODUCT_MANAGEMENT_URL" };
const TO_DATABASES: readonly Link[] = [
  { from: "order-processing", setting: "STORE_URL" },
  { from: "product-management", setting: "STORE_URL" },
];
const LINKS: readonly Link[] = [TO_PRODUCTS, ...TO_DATABASES];

const STRIKE_MS = 5_000;

/** A request of ours is one exchange, a transaction with a database many. */
const SHARES = { services: 0.3, databases: 0.02 };

/** The last ones on a stack: from the first of them on, the services are proxied. */
export const NETWORK: readonly Fault[] = [
  faultOf("every link 150 ms slower each way", LINKS, { kind: "delay", delayMs: 150 }),
  faultOf("orders -> products: cut after the request", [TO_PRODUCTS], cut("cut after request", SHARES.services)),
  {
    ...faultOf("orders -> products: cut before the reply", [TO_PRODUCTS], cut("cut before reply", SHARES.services)),
    isQuick: true,
  },
  faultOf("databases: cut after the request", TO_DATABASES, cut("cut after request", SHARES.databases)),
  {
    ...faultOf("databases: cut before the reply", TO_DATABASES, cut("cut before reply", SHARES.databases)),
    engines: ["mongo", "postgres"],
    isQuick: true,
  },
];

function cut(kind: Extract<Mischief, { share: number }>["kind"], share: number): Mischief {
  return { kind, share };
}

function faultOf(name: string, links: readonly Link[], mischief: Mischief): Fault {
  const set = async (victim: Victim, what: Mischief): Promise<void> => {
    const proxies = await proxiesOf(victim);
    for (const link of links) proxies.get(link)!.mischief = what; // there is one for each link
  };
  return {
    name,
    engines: ["mongo"],
    async prepare(victim) {
      await proxiesOf(victim);
    },
    async strike(victim) {
      await set(victim, mischief);
      await Bun.sleep(STRIKE_MS);
      await set(victim, { kind: "none" });
    },
  };
}

const known = new WeakMap<Victim, Promise<ReadonlyMap<Link, TcpProxy>>>();

/** The proxies of a stack: started once, and the services led through them. */
function proxiesOf(victim: Victim): Promise<ReadonlyMap<Link, TcpProxy>> {
  const proxies = known.get(victim) ?? leadThrough(victim);
  known.set(victim, proxies);
  return proxies;
}

async function leadThrough(victim: Victim): Promise<ReadonlyMap<Link, TcpProxy>> {
  const { stack, settings, seed, onEnd } = victim;
  const proxies = new Map<Link, TcpProxy>();
  for (const link of LINKS) {
    const { from, setting } = link;
    const url = new URL(setting === "STORE_URL" ? stack.storeUrls[from] : stack.origins["product-management"]);
    const proxy = await startProxy(Number(url.port), createRandom(seed).fork(`${from} ${setting}`));
    onEnd(() => proxy.stop());
    proxies.set(link, proxy);
    settings.set(from, { ...settings.get(from), [setting]: proxied(url, proxy.port) });
  }
  const services = [...new Set(LINKS.map(({ from }) => from))];
  await Promise.all(services.map((name) => stack.services[name].restart()));
  return proxies;
}

/** A replica set tells its own address, which is not the proxy's: so it is not asked. */
function proxied(url: URL, port: number): string {
  const other = new URL(url);
  other.hostname = "127.0.0.1";
  other.port = String(port);
  if (other.protocol.startsWith("mongodb")) other.search = "?directConnection=true";
  return other.href;
}
