/** What the profile `observability` adds, asked for what it sees of the services. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../paths.ts";
import { SERVICE_NAMES } from "../service_names.ts";
import { expectSoon } from "./expect_soon.ts";

/** The watchers by the names they have in `compose.yaml`. */
export const WATCHERS = ["prometheus", "jaeger", "grafana"] as const;
export type Watcher = (typeof WATCHERS)[number];

const DASHBOARDS = join(ROOT, "services/_deployment/observability/grafana/dashboards");
const SEEN_WITHIN_MS = 90_000;

/** What is wrong with what each says; nothing if all is well. */
export const CHECKS: Readonly<Record<Watcher, (origin: string) => Promise<string | undefined>>> = {
  async prometheus(origin) {
    const { data: targets } = await read<Targets>(`${origin}/api/v1/targets`);
    const up = targets.activeTargets.filter(({ health }) => health === "up").map(({ labels }) => labels.job);
    const missing = SERVICE_NAMES.filter((name) => !up.includes(name));
    if (missing.length > 0) return `does not reach ${missing.join(", ")}`;
    const { data } = await read<Rules>(`${origin}/api/v1/rules`);
    const rules = data.groups.flatMap((group) => group.rules);
    if (rules.length === 0) return "has no rules";
    const bad = rules.filter(({ health, state }) => health !== "ok" || state === "firing");
    return bad.length > 0
      ? bad.map(({ name, health, state }) => `${name} is ${health}, ${state}`).join("; ")
      : undefined;
  },
  async jaeger(origin) {
    const query = new URLSearchParams({ service: "order-processing", operation: "POST /orders", limit: "20" });
    const { data } = await read<Traces>(`${origin}/api/traces?${query}`);
    const services = data.map(({ processes }) => new Set(Object.values(processes).map((it) => it.serviceName)));
    const isWhole = services.some((names) => names.has("order-processing") && names.has("product-management"));
    return isWhole ? undefined : "knows no order with what it asked of product-management";
  },
  async grafana(origin) {
    const found = await read<readonly unknown[]>(`${origin}/api/search?type=dash-db`);
    const files = readdirSync(DASHBOARDS).filter((name) => name.endsWith(".json"));
    return found.length === files.length ? undefined : `has ${found.length} dashboards of ${files.length}`;
  },
};

/** Waits until a watcher sees what it shall. @throws {StackError} if it does not in time. */
export async function expectWatching(watcher: Watcher, origin: string): Promise<void> {
  await expectSoon(async () => {
    const fault = await CHECKS[watcher](origin).catch((error: unknown) => `${error}`);
    return fault && `${watcher} ${fault}`;
  }, SEEN_WITHIN_MS);
}

interface Targets {
  readonly data: {
    readonly activeTargets: readonly { readonly health: string; readonly labels: { readonly job: string } }[];
  };
}
interface Rules {
  readonly data: {
    readonly groups: readonly {
      readonly rules: readonly { readonly name: string; readonly health: string; readonly state?: string }[];
    }[];
  };
}
interface Traces {
  readonly data: readonly { readonly processes: Readonly<Record<string, { readonly serviceName: string }>> }[];
}

/** Their documented answers; one of another shape fails where it is read, and is tried again. */
async function read<T>(url: string): Promise<T> {
  const reply = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!reply.ok) throw new Error(`${url} answers ${reply.status}`);
  return (await reply.json()) as T;
}
