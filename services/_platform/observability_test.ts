import { expect, test } from "bun:test";
import { createObservability, type ObservabilityOptions, type RequestRecord } from "./observability.ts";
import { Problem } from "./problem.ts";

const REQUEST: RequestRecord = {
  operationId: "getProduct",
  method: "GET",
  status: 200,
  durationMs: 1.23456,
  requestId: "r-1",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  error: undefined,
};

/** Observability whose lines a test can read. */
function createWatched(options: Partial<ObservabilityOptions> = {}) {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => {
    expect(line).toEndWith("\n");
    lines.push(JSON.parse(line));
  };
  return { lines, ...createObservability({ service: "product-management", destination: { write }, ...options }) };
}

test("a request is one line of JSON", () => {
  const { lines, recordRequest } = createWatched();
  recordRequest(REQUEST);
  expect(lines).toEqual([
    {
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: "product-management",
      requestId: "r-1",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      operationId: "getProduct",
      method: "GET",
      status: 200,
      durationMs: 1.235,
      msg: "request",
    },
  ]);
});

test("a routine line is what pino would write", () => {
  const { lines, recordRequest } = createWatched();
  for (const traceparent of [REQUEST.traceparent, undefined]) {
    recordRequest({ ...REQUEST, traceparent });
    recordRequest({ ...REQUEST, traceparent, error: new Problem("not-found", "There is no such product") });
    const [byHand = {}, byPino = {}] = lines.splice(0);
    const { reason, time, ...same } = byPino;
    expect({ ...byHand, time: undefined }).toEqual({ ...same, time: undefined });
    expect(Object.keys(byHand)).toEqual(Object.keys(byPino).filter((name) => name !== "reason"));
  }
});

test("the level follows the status, and what nobody waits for is not told", () => {
  const { lines, recordRequest } = createWatched();
  for (const status of [201, 304, 404, 500, 503]) recordRequest({ ...REQUEST, status, method: 'G"T' });
  recordRequest({ ...REQUEST, operationId: "none" });
  expect(lines.map(({ status, level }) => [status, level])).toEqual([
    [201, "info"],
    [304, "info"],
    [404, "info"],
    [500, "error"],
    [503, "warn"],
  ]);
});

test("an error is told with its causes, and without what drivers put into it", () => {
  const { lines, recordRequest, log } = createWatched();
  const cause = Object.assign(new Error("duplicate key"), { query: "SELECT hunter2", parameters: ["hunter2"] });
  const error = new Error("cannot save", { cause });
  recordRequest({ ...REQUEST, status: 500, error });
  log.warn("The worker could not work", { orderId: "o-1", error });
  for (const line of lines) {
    expect(line.error).toContain("Error: cannot save");
    expect(line.error).toContain("caused by Error: duplicate key");
    expect(JSON.stringify(line)).not.toContain("hunter2");
  }
  expect(lines[1]).toMatchObject({ level: "warn", msg: "The worker could not work", orderId: "o-1" });
  recordRequest({ ...REQUEST, status: 500, error: "thrown text" });
  expect(lines[2]?.error).toBe("thrown text");
  const circle = new Error("round");
  circle.cause = circle;
  recordRequest({ ...REQUEST, status: 500, error: circle });
  expect(lines[3]?.error).toContain("round");
});

test("a refusal has its reason, but not what the caller sent", () => {
  const { lines, recordRequest } = createWatched();
  const cause = new Error("the token has expired");
  recordRequest({
    ...REQUEST,
    status: 401,
    error: new Problem("unauthorized", "The access token is not valid here", { cause }),
  });
  recordRequest({ ...REQUEST, status: 404, error: new Problem("not-found", "There is no such product") });
  expect(lines.map(({ reason }) => reason)).toEqual(["unauthorized: the token has expired", "not-found"]);
});

test("lines below the level are not written, and silent writes none", () => {
  const { lines, recordRequest, log } = createWatched({ logLevel: "warn" });
  recordRequest(REQUEST);
  log.info("hello");
  log.debug("hello");
  expect(lines).toEqual([]);
  log.error("hello");
  expect(lines).toHaveLength(1);
  const silent = createWatched({ logLevel: "silent" });
  silent.recordRequest({ ...REQUEST, status: 500 });
  expect(silent.lines).toEqual([]);
});

test("requests are counted by operation and status, and their time by operation", async () => {
  const { recordRequest, metrics } = createWatched();
  recordRequest(REQUEST);
  recordRequest({ ...REQUEST, status: 404, durationMs: 60 });
  const { text } = await metrics();
  expect(text).toContain('http_requests_total{operation="getProduct",status="200",service="product-management"} 1');
  expect(text).toContain('http_requests_total{operation="getProduct",status="404",service="product-management"} 1');
  const bucket = (le: string) =>
    `http_request_duration_seconds_bucket{le="${le}",service="product-management",operation="getProduct"}`;
  expect(text).toContain(`${bucket("0.0025")} 1`);
  expect(text).toContain(`${bucket("0.1")} 2`);
});

test("the process is measured, and nothing that is always zero here", async () => {
  const { text } = await createWatched().metrics();
  for (const name of [
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "nodejs_eventloop_lag_p99_seconds",
  ]) {
    expect(text).toContain(`${name}{service="product-management"}`);
  }
  expect(text).not.toMatch(/nodejs_heap_space|nodejs_active|nodejs_version/);
});

test("two services in one process have metrics of their own", async () => {
  const first = createWatched();
  const second = createWatched({ service: "order-processing" });
  first.recordRequest(REQUEST);
  expect((await second.metrics()).text).not.toContain("getProduct");
});
