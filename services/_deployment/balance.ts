/**
 * The process of a proxy: for each port it listens on, the replicas behind it.
 *
 *     ROUTES="3000=http://one:3000,http://other:3000 3001=…" bun services/_deployment/balance.ts
 */
import { Env } from "#platform/config.ts";
import { StartFault } from "#platform/start_fault.ts";
import { type Balancer, type Lost, startBalancer } from "./balancer.ts";

/** A port, and what is behind it. */
export interface Route {
  readonly port: number;
  /** Base URLs. */
  readonly replicas: readonly string[];
}

/** Reads `port=url,url port=url`; undefined if it is something else. */
export function parseRoutes(text: string): readonly Route[] | undefined {
  const routes = text.split(/\s+/).filter(Boolean).map(parseRoute);
  return routes.length > 0 && routes.every((route) => route !== undefined) ? routes : undefined;
}

function parseRoute(text: string): Route | undefined {
  const [, digits = "", list = ""] = /^(\d{1,5})=(.+)$/.exec(text) ?? [];
  const port = Number(digits);
  const replicas = list.split(",").map((url) => URL.parse(url));
  if (port < 1 || port > 65_535) return undefined;
  if (!replicas.every((url) => url?.protocol === "http:" && url.href === `${url.origin}/`)) return undefined;
  return { port, replicas: replicas.flatMap((url) => url?.origin ?? []) };
}

/** A JSON line, as those of the services. */
function log(lost: Lost): void {
  const msg = lost.isSentAgain ? "A request was sent to another replica" : "A request was lost";
  console.log(JSON.stringify({ level: "warn", time: new Date().toISOString(), service: "proxy", ...lost, msg }));
}

if (import.meta.main) {
  const balancers: Balancer[] = [];
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => void Promise.all(balancers.map((it) => it.stop())).finally(() => process.exit(0)));
  }
  try {
    const env = new Env(process.env);
    const host = env.string("HOST", { fallback: "127.0.0.1" });
    const lookEachMs = env.integer("LOOK_EACH_MS", { fallback: 200, min: 10, max: 60_000 });
    const routes = parseRoutes(env.string("ROUTES"));
    if (!routes) env.fault("ROUTES must be such as 3000=http://one:3000,http://other:3000");
    env.check();
    const starting = (routes ?? []).map((route) => startBalancer({ host, lookEachMs, onLost: log, ...route }));
    balancers.push(...(await Promise.all(starting)));
  } catch (error) {
    process.stderr.write(`${error instanceof StartFault ? error.message : `Cannot start: ${error}`}\n`);
    process.exit(1);
  }
}
