/** Dashboards and alerts name only what the running services expose; and every alert has its page in the runbook. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OPERATIONS } from "#contract";
import { PROBLEMS } from "#platform/problem.ts";
import { createClient } from "#sdk";
import { startOtlpReceiver } from "../../_stack/otlp_receiver.ts";
import { SERVICE_NAMES } from "../../_stack/service_names.ts";
import type { Stack } from "../../_stack/stack.ts";
import { startTestStack } from "../../_stack/test_stack.ts";
import { checkNames, type Known } from "./check_names.ts";
import { countSamples, readExposition } from "./exposition.ts";
import { FOLDER, readAlerts, readDashboards, readJobs, readRecordings } from "./expressions.ts";
import { readNames } from "./promql.ts";

setDefaultTimeout(120_000);

const ACCOUNT = { email: "ada@example.com", password: "a passphrase for the metrics" };
const ADDRESS = { name: "Ada", line1: "1 Main Street", city: "London", postalCode: "N1", country: "GB" };
/** Codes that a call of the tests can't make happen, and the state of an exporter that loses. */
const VALUES = {
  operation: Object.keys(OPERATIONS),
  code: Object.keys(PROBLEMS),
  error_type: ["service-unavailable", "lost"],
};
/** As kube-state-metrics tells it: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/cronjob-metrics.md */
const KUBE_STATE = `kube_cronjob_created{namespace="tradepost",cronjob="backup"} 1
kube_cronjob_status_last_successful_time{namespace="tradepost",cronjob="backup"} 1`;
/** Each operation has a handful of answers, each answer fifteen series of its histogram. */
const SAMPLES_MAX = 3000;

const receiver = startOtlpReceiver();
let stack: Stack;
let texts: readonly string[];
let known: Known;

beforeAll(async () => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, RECONCILE_INTERVAL_MS: "500" };
  stack = await startTestStack({ environment });
  await trade(stack);
  texts = await scrape(stack);
  while (!texts.some((text) => text.includes("reconciliation_differences{"))) {
    await Bun.sleep(100);
    texts = await scrape(stack);
  }
  const recordings = readRecordings();
  known = { exposition: readExposition([...texts, KUBE_STATE]), recordings, jobs: readJobs(), values: VALUES };
});
afterAll(async () => {
  await stack?.stop();
  await receiver.stop();
});

/** A bit of everything that is counted: calls, refusals, an order, an error of a database. */
async function trade({ origins }: Stack): Promise<void> {
  const guest = createClient({ baseUrl: origins });
  await guest.registerUser({ body: { ...ACCOUNT, displayName: "Ada" } });
  const { body: tokens } = await guest.logIn({ body: ACCOUNT });
  const shop = createClient({ baseUrl: origins, token: tokens.access_token });
  const body = { sku: "LAMP-1", name: "Lamp", price: { amount: 4900, currency: "USD" }, stock: 5 };
  const { body: lamp } = await shop.createProduct({ body });
  await shop.createProduct({ body }).catch(() => {}); // its sku is taken: the database says so
  await shop.createOrder({ body: { items: [{ productId: lamp.id, quantity: 1 }], shippingAddress: ADDRESS } });
  await shop.listOrders();
}

function scrape({ origins }: Stack): Promise<string[]> {
  return Promise.all(SERVICE_NAMES.map(async (name) => (await fetch(`${origins[name]}/metrics`)).text()));
}

test("each expression of a dashboard names what there is", () => {
  const expressions = readDashboards();
  expect(expressions.length).toBeGreaterThan(30);
  expect(expressions.flatMap((expression) => checkNames(expression, known))).toEqual([]);
});

test("each rule names what there is, and its texts only labels that its alert has", () => {
  const alerts = readAlerts();
  expect(alerts.length).toBeGreaterThan(15);
  const rules = [...alerts, ...readRecordings().map((rule) => ({ ...rule, alert: rule.record }))];
  expect(rules.flatMap(({ alert, expr }) => checkNames({ where: alert, text: expr }, known))).toEqual([]);
  for (const { alert, expr, annotations } of alerts) {
    const told = [
      ...Object.values(annotations)
        .join(" ")
        .matchAll(/\$labels\.(\w+)/g),
    ].map(([, label]) => label);
    const there = readNames(expr).selectors.flatMap(({ metric }) => [
      ...Object.keys(known.exposition.get(metric) ?? { service: [] }),
      ...["instance", "job"],
    ]);
    expect([alert, told.filter((label) => !there.includes(label ?? ""))]).toEqual([alert, []]);
  }
});

test("what is planted in an expression is found", () => {
  const faultsOf = (text: string) => checkNames({ where: "here", text }, known);
  expect(faultsOf("max(orders_undecidet)")).toEqual(["here: there is no metric orders_undecidet"]);
  expect(faultsOf('rate(login_attempts_total{result="succeeded"}[5m])')).toEqual([
    "here: login_attempts_total has no label result",
  ]);
  expect(faultsOf('rate(login_attempts_total{outcome="success"}[5m])')).toEqual([
    'here: login_attempts_total has no outcome "success"',
  ]);
  expect(faultsOf("sum by (operations) (http_server_active_requests)")).toEqual([
    "here: no metric of it has a label operations",
  ]);
  expect(faultsOf('up{job="orders"} == 0 or absent(outbox_dead)')).toEqual(['here: up has no job "orders"']);
  expect(faultsOf("service:http_server_request_errors:ratio_rate7h > 1")).toHaveLength(1);
});

test("the jobs of the scraper are the services", () => {
  expect(readJobs().sort()).toEqual([...SERVICE_NAMES].sort());
});

test("each alert has its page in the runbook, and each page its alert", () => {
  const runbook = readFileSync(join(FOLDER, "runbook.md"), "utf8");
  const pages = [...runbook.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
  const alerts = readAlerts();
  expect(pages.sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  for (const { alert, annotations, labels } of alerts) {
    const page = `services/_deployment/observability/runbook.md#${alert.toLowerCase()}`;
    expect([alert, annotations.runbook_url]).toEqual([alert, page]);
    expect(["page", "ticket"]).toContain(labels.severity ?? "");
  }
  const anchors = [...runbook.matchAll(/\]\(#(\w+)\)/g)].map(([, anchor]) => anchor);
  const known = alerts.map(({ alert }) => alert.toLowerCase());
  expect(anchors.filter((anchor) => !known.includes(anchor ?? ""))).toEqual([]);
});

test("series are bounded: their labels have the values of the contract, whatever is sent", async () => {
  const { origins } = stack;
  await Promise.all(
    SERVICE_NAMES.flatMap((name) =>
      Array.from({ length: 40 }, (_, index) =>
        fetch(`${origins[name]}/made-up/${index}`, { method: index % 2 ? "PUT" : "GET" }),
      ),
    ),
  );
  const after = await scrape(stack);
  for (const [index, text] of after.entries()) {
    expect(countSamples(text)).toBeLessThan(SAMPLES_MAX);
    // Nothing but the one series of what is nowhere has come.
    expect(countSamples(text) - countSamples(texts[index] ?? "")).toBeLessThan(100);
    expect(text).not.toContain("made-up");
  }
  const operations = readExposition(after).get("http_server_request_duration_seconds_count")?.operation ?? new Set();
  expect([...operations].filter((id) => id !== "none" && !(id in OPERATIONS))).toEqual([]);
});
