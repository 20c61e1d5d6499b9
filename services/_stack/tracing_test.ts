/** Traces through the whole system, as a collector receives them. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createClient } from "#sdk";
import { findMongo } from "./engines/mongo.ts";
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "./otlp_receiver.ts";
import { describeWithMongo } from "./setup.ts";
import type { Stack } from "./stack.ts";
import { startTestStack } from "./test_stack.ts";

setDefaultTimeout(120_000);

const ACCOUNT = { email: "ada.tracing@example.com", password: "a passphrase that no span may hold" };
const ADDRESS = {
  name: "Ada Nowhere-In-Spans",
  line1: "12 Hidden Street",
  city: "London",
  postalCode: "N1",
  country: "GB",
};
const PARENT = "b7ad6b7169203331";
const SERVER = 2;
const CLIENT = 3;

/** A trace of its own, whose sender records it or not. */
function newTrace(flags = "01"): { traceId: string; traceparent: string } {
  const traceId = crypto.randomUUID().replaceAll("-", "");
  return { traceId, traceparent: `00-${traceId}-${PARENT}-${flags}` };
}

/** What a step and all steps inside it are. */
function inside(spans: readonly ReceivedSpan[], root: ReceivedSpan): readonly ReceivedSpan[] {
  const children = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
  return [root, ...children.flatMap((child) => inside(spans, child))];
}

function logsOf({ services }: Stack, name: keyof Stack["services"]): readonly Record<string, unknown>[] {
  const lines = readFileSync(services[name].logFile, "utf8").split("\n");
  return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
}

/** Until a line is written that tells of a trace: lines are gathered. */
async function loggedOperation(stack: Stack, name: keyof Stack["services"], traceId: string): Promise<unknown> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const line = logsOf(stack, name).find((each) => each.traceId === traceId);
    if (line) return line.operationId;
    await Bun.sleep(50);
  }
  return undefined;
}

function testTraces(products: "postgresql" | "mongodb"): void {
  let receiver: OtlpReceiver;
  let stack: Stack;
  /** What is secret or personal, and what databases are given as parameters. */
  const hidden: string[] = [ACCOUNT.email, ACCOUNT.password, ...Object.values(ADDRESS).slice(0, 2)];

  beforeAll(async () => {
    receiver = startOtlpReceiver();
    const mongo = products === "mongodb" ? await findMongo({ environment: process.env, install: true }) : undefined;
    if (mongo && "missing" in mongo) throw new Error(mongo.missing);
    stack = await startTestStack({
      ...(mongo && { mongo }),
      environment: {
        LOG_LEVEL: "info",
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=shop",
        OTEL_TRACES_SAMPLER: "parentbased_always_off",
        OTEL_BSP_SCHEDULE_DELAY: "50",
      },
    });
  });
  afterAll(async () => {
    await stack?.stop();
    await receiver?.stop();
  });

  const ofTrace = (traceId: string) => receiver.spans.filter((span) => span.traceId === traceId);
  const send = async (url: string, { json, headers }: { json: unknown; headers: Record<string, string> }) => {
    const init = { method: "POST", headers: { "content-type": "application/json", ...headers } };
    return await fetch(url, { ...init, body: JSON.stringify(json) });
  };
  let token = "";
  let productId = "";

  test("signing in is a trace of one service, without what was sent or answered", async () => {
    const { origins, serviceClient, storeUrls } = stack;
    hidden.push(serviceClient.secret, ...Object.values(storeUrls).map((url) => new URL(url).password || url));
    await createClient({ baseUrl: origins }).registerUser({ body: { ...ACCOUNT, displayName: "Ada" } });
    const { traceId, traceparent } = newTrace();
    const users = origins["user-authentication"];
    const response = await send(`${users}/login`, { json: ACCOUNT, headers: { traceparent } });
    const tokens = (await response.json()) as { access_token: string; refresh_token: string }; // of the contract
    token = tokens.access_token;
    hidden.push(tokens.access_token, tokens.refresh_token);
    const wrong = newTrace();
    const json = { ...ACCOUNT, password: "another wrong passphrase" };
    hidden.push(json.password);
    expect((await send(`${users}/login`, { json, headers: { traceparent: wrong.traceparent } })).status).toBe(401);

    await receiver.waitFor(() =>
      [traceId, wrong.traceId].every((id) => ofTrace(id).some(({ kind }) => kind === SERVER)),
    );
    const spans = ofTrace(traceId);
    const [server] = spans.filter(({ kind }) => kind === SERVER);
    expect(server).toMatchObject({
      service: "user-authentication",
      name: "POST /login",
      parentSpanId: PARENT,
      status: 0,
      attributes: { "http.route": "/login", "http.response.status_code": 200, "tradepost.operation": "logIn" },
    });
    expect(inside(spans, server!)).toHaveLength(spans.length);
    expect(spans.some(({ kind, attributes }) => kind === CLIENT && attributes["db.system.name"] === products)).toBe(
      true,
    );
    const refused = ofTrace(wrong.traceId).find(({ kind }) => kind === SERVER);
    expect(refused).toMatchObject({ status: 0, attributes: { "tradepost.problem": "invalid-credentials" } });
  });

  test("POST /orders is one trace through both services and their databases", async () => {
    const { origins } = stack;
    const shop = createClient({ baseUrl: origins, token });
    const { body: product } = await shop.createProduct({
      body: { sku: "TRACED-LAMP", name: "Lamp nobody traces", price: { amount: 4900, currency: "USD" }, stock: 5 },
    });
    productId = product.id;
    const { traceId, traceparent } = newTrace();
    const headers = { authorization: `Bearer ${token}`, "idempotency-key": "a-key-for-one-order", traceparent };
    const json = { items: [{ productId, quantity: 2 }], shippingAddress: ADDRESS };
    const response = await send(`${origins["order-processing"]}/orders`, { json, headers });
    expect(response.status).toBe(201);
    const order = (await response.json()) as { id: string; customerId: string }; // of the contract
    hidden.push(order.id, order.customerId, productId, product.sku, product.name, headers["idempotency-key"]);

    await receiver.waitFor(() => ofTrace(traceId).filter(({ kind }) => kind === SERVER).length >= 2);
    await Bun.sleep(300); // what else belongs to it is exported by then
    const spans = ofTrace(traceId);
    const find = (service: string, name: string, kind: number) =>
      spans.filter((span) => span.service === service && span.name === name && span.kind === kind);

    const [placing] = find("order-processing", "POST /orders", SERVER);
    expect(placing).toMatchObject({ parentSpanId: PARENT, status: 0 });
    expect(placing?.attributes).toMatchObject({ "http.response.status_code": 201, "http.route": "/orders" });
    const [asking] = find("order-processing", "POST /internal/stock-commands", CLIENT);
    expect(asking?.parentSpanId).toBe(placing!.spanId);
    expect(asking?.attributes).toMatchObject({ "http.response.status_code": 200, "server.address": "127.0.0.1" });
    const [taking] = find("product-management", "POST /internal/stock-commands", SERVER);
    expect(taking?.parentSpanId).toBe(asking!.spanId);
    // Nothing of it is anywhere else.
    expect(inside(spans, placing!)).toHaveLength(spans.length);

    const databaseSpans = (root: ReceivedSpan) =>
      inside(spans, root).filter((span) => span.service === root.service && "db.system.name" in span.attributes);
    const ofOrders = databaseSpans(placing!);
    const ofProducts = databaseSpans(taking!);
    expect(new Set(ofOrders.map(({ attributes }) => attributes["db.system.name"]))).toEqual(new Set(["postgresql"]));
    expect(new Set(ofProducts.map(({ attributes }) => attributes["db.system.name"]))).toEqual(new Set([products]));
    // A statement inside a transaction is a step inside the transaction.
    for (const root of [placing!, taking!]) {
      const all = databaseSpans(root);
      const transaction = all.find(({ name }) => name === "transaction");
      if (transaction) expect(inside(all, transaction).length).toBeGreaterThan(1);
    }
    expect(ofProducts.some(({ name }) => name === "transaction")).toBe(true);
    const texts = ofOrders.map(({ attributes }) => String(attributes["db.query.text"] ?? ""));
    expect(texts.some((text) => /^INSERT INTO orders\b.*\$\d/i.test(text) || /\$\d/.test(text))).toBe(true);
  });

  test("an edit that fails inside a transaction says so, by its code alone", async () => {
    const { traceId, traceparent } = newTrace();
    const url = `${stack.origins["product-management"]}/products`;
    const json = { sku: "TRACED-LAMP", name: "Second", price: { amount: 1, currency: "USD" }, stock: 1 };
    const response = await send(url, { json, headers: { authorization: `Bearer ${token}`, traceparent } });
    expect(response.status).toBe(409);
    await receiver.waitFor(() => ofTrace(traceId).some(({ kind }) => kind === SERVER));
    const failed = ofTrace(traceId).filter(({ status }) => status === 2);
    const codes = failed.map(({ attributes }) => String(attributes["error.type"]));
    expect(codes.length).toBeGreaterThan(0);
    for (const code of codes) expect(code).toBe(products === "mongodb" ? "11000" : "23505");
  });

  test("a trace that is not recorded is passed on, and is in the logs of both services", async () => {
    const { traceId, traceparent } = newTrace("00");
    const headers = { authorization: `Bearer ${token}`, traceparent };
    const json = { items: [{ productId, quantity: 1 }], shippingAddress: ADDRESS };
    expect((await send(`${stack.origins["order-processing"]}/orders`, { json, headers })).status).toBe(201);
    expect(await loggedOperation(stack, "order-processing", traceId)).toBe("createOrder");
    expect(await loggedOperation(stack, "product-management", traceId)).toBe("applyStockCommands");
    expect(ofTrace(traceId)).toEqual([]);
  });

  test("no secret, no address, no parameter of a statement is in what the collector received", () => {
    expect(hidden.length).toBeGreaterThan(12);
    expect(receiver.spans.length).toBeGreaterThan(10);
    expect(receiver.raw).toContain('["x-tenant","shop"]');
    for (const text of hidden) expect([text, receiver.raw.includes(text)]).toEqual([text, false]);
  });

  test("requests go on as they were while the collector is away", async () => {
    await receiver.stop();
    const url = `${stack.origins["product-management"]}/products/${productId}`;
    const startedMs = performance.now();
    for (let index = 0; index < 300; index++) {
      const { status } = await fetch(url, { headers: { traceparent: newTrace().traceparent } });
      expect(status).toBe(200);
    }
    // Far less than one export may take: nothing waited for one.
    expect(performance.now() - startedMs).toBeLessThan(8000);
  });
}

testTraces("postgresql");
describeWithMongo("with products in MongoDB", () => testTraces("mongodb"));
