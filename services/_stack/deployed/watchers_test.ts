import { afterEach, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../paths.ts";
import { SERVICE_NAMES } from "../service_names.ts";
import { CHECKS } from "./watchers.ts";

const ends: (() => unknown)[] = [];
afterEach(() => Promise.all(ends.splice(0).map((end) => end())));

/** A watcher that answers these bodies at these paths. */
function serve(bodies: Readonly<Record<string, unknown>>): string {
  const fetch = (request: Request): Response => Response.json(bodies[new URL(request.url).pathname]);
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch });
  ends.push(() => server.stop(true));
  return `http://127.0.0.1:${server.port}`;
}

const targetsOf = (names: readonly string[]) => ({
  data: { activeTargets: names.map((job) => ({ health: "up", labels: { job } })) },
});
const rulesOf = (...rules: readonly object[]) => ({ data: { groups: [{ rules }] } });
const QUIET = { name: "ServiceDown", health: "ok", state: "inactive" };

test("Prometheus must reach every service, and know its rules, of which none fires", async () => {
  const faultOf = (names: readonly string[], rules: object) =>
    CHECKS.prometheus(serve({ "/api/v1/targets": targetsOf(names), "/api/v1/rules": rules }));
  expect(await faultOf(SERVICE_NAMES, rulesOf(QUIET))).toBeUndefined();
  expect(await faultOf(["product-management"], rulesOf(QUIET))).toBe(
    "does not reach user-authentication, order-processing",
  );
  expect(await faultOf(SERVICE_NAMES, rulesOf())).toBe("has no rules");
  expect(await faultOf(SERVICE_NAMES, rulesOf({ ...QUIET, health: "err" }))).toContain("ServiceDown is err");
  expect(await faultOf(SERVICE_NAMES, rulesOf({ ...QUIET, state: "firing" }))).toContain("firing");
});

test("Jaeger must know an order through both services", async () => {
  const faultOf = (...names: readonly string[]) => {
    const processes = Object.fromEntries(names.map((serviceName, index) => [`p${index}`, { serviceName }]));
    return CHECKS.jaeger(serve({ "/api/traces": { data: [{ processes }] } }));
  };
  expect(await faultOf("order-processing", "product-management")).toBeUndefined();
  expect(await faultOf("order-processing")).toContain("knows no order");
});

test("Grafana must have every dashboard", async () => {
  const count = readdirSync(join(ROOT, "services/_deployment/observability/grafana/dashboards")).length;
  const faultOf = (found: number) =>
    CHECKS.grafana(serve({ "/api/search": Array.from({ length: found }, () => ({})) }));
  expect(await faultOf(count)).toBeUndefined();
  expect(await faultOf(count - 1)).toBe(`has ${count - 1} dashboards of ${count}`);
});
