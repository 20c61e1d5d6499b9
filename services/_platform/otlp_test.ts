import { expect, test } from "bun:test";
import { startOtlpReceiver } from "../_stack/otlp_receiver.ts";
import { createOtlpTracer, type ExportResult, type OtlpOptions } from "./otlp.ts";

const STEP = { name: "POST /orders", kind: "server", attributes: { "http.route": "/orders" } } as const;

function createTested(url: string, change: Partial<OtlpOptions> = {}) {
  const results: ExportResult[] = [];
  const onExport = (result: ExportResult): void => void results.push(result);
  const options = { url, headers: {}, timeoutMs: 1000, delayMs: 20, resource: { "service.name": "order-processing" } };
  return { results, tracer: createOtlpTracer({ ...options, onExport, ...change }) };
}

test("spans arrive with their parents, and an error as its code", async () => {
  const receiver = startOtlpReceiver();
  const { tracer, results } = createTested(`${receiver.url}/v1/traces`);
  const parent = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
  const root = tracer.begin(STEP, parent);
  const inner = root.begin(() => ({ name: "INSERT orders", kind: "client", attributes: {} }))!; // it is recorded
  inner.end({ error: Object.assign(new Error("Key (email)=(hunter2)"), { code: "23505" }) });
  root.end({ attributes: { "http.response.status_code": 409 } });
  await receiver.waitFor((spans) => spans.length === 2);
  const [insert, order] = receiver.spans;
  expect(order).toMatchObject({
    ...parent,
    spanId: root.traceparent.slice(36, 52),
    parentSpanId: parent.spanId,
    kind: 2,
  });
  expect(order?.attributes).toEqual({ "http.route": "/orders", "http.response.status_code": 409 });
  expect(insert).toMatchObject({
    parentSpanId: order?.spanId,
    kind: 3,
    status: 2,
    attributes: { "error.type": "23505" },
  });
  expect(receiver.raw).not.toContain("hunter2");
  expect(results).toEqual([{ spans: 2, error: undefined }]);
  await tracer.stop();
  await receiver.stop();
});

test("what waits at the end is sent", async () => {
  const receiver = startOtlpReceiver();
  const { tracer } = createTested(`${receiver.url}/v1/traces`, { delayMs: 60_000 });
  tracer.begin(STEP, undefined).end();
  await tracer.stop();
  expect(receiver.spans.map(({ name }) => name)).toEqual(["POST /orders"]);
  await receiver.stop();
});

test("a collector that never answers costs no time but at the end, and no memory", async () => {
  const hanging = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Promise<Response>(() => {}) });
  const { tracer, results } = createTested(`http://127.0.0.1:${hanging.port}/v1/traces`, { timeoutMs: 300 });
  const startedMs = performance.now();
  for (let index = 0; index < 10_000; index++) tracer.begin(STEP, undefined).end();
  expect(performance.now() - startedMs).toBeLessThan(2000);
  while (results.length === 0) await Bun.sleep(20);
  expect(results[0]?.error).toBeInstanceOf(Error);
  const stoppedMs = performance.now();
  await tracer.stop();
  expect(performance.now() - stoppedMs).toBeLessThan(3000);
  // Of ten thousand, no more than the queue holds were ever tried.
  expect(results.reduce((sum, { spans }) => sum + spans, 0)).toBeLessThan(4096);
  await hanging.stop(true);
}, 20_000);
