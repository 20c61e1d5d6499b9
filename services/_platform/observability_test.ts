import { expect, test } from "bun:test";
import { createObservability, type ObservabilityOptions, type RequestRecord } from "./observability.ts";
import { Problem } from "./problem.ts";
import { RemoteSpan } from "./trace.ts";

const REQUEST: RequestRecord = {
  operationId: "getProduct",
  method: "GET",
  route: { method: "GET", path: "/products/{productId}" },
  status: 200,
  durationMs: 1.23456,
  requestId: "r-1",
  span: new RemoteSpan("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
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
  for (const span of [REQUEST.span, undefined]) {
    recordRequest({ ...REQUEST, span });
    recordRequest({ ...REQUEST, span, error: new Problem("not-found", "There is no such product") });
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

test("requests are counted and timed by operation, route and status, problems by their code", async () => {
  const { recordRequest, enterRequest, metrics } = createWatched();
  const missing = new Problem("not-found", "There is no such product");
  for (const change of [{}, {}, { status: 404, durationMs: 60, error: missing }]) {
    enterRequest(REQUEST.route, REQUEST.operationId, undefined);
    recordRequest({ ...REQUEST, ...change });
  }
  enterRequest(REQUEST.route, REQUEST.operationId, undefined);
  const { text } = (await metrics())!; // they are not switched off
  const labels = (status: number) =>
    `operation="getProduct",http_request_method="GET",http_route="/products/{productId}",http_response_status_code="${status}",service="product-management"`;
  expect(text).toContain(`http_server_request_duration_seconds_count{${labels(200)}} 2`);
  expect(text).toContain(`http_server_request_duration_seconds_bucket{le="0.0025",${labels(200)}} 2`);
  expect(text).toContain(`http_server_request_duration_seconds_bucket{le="0.05",${labels(404)}} 0`);
  expect(text).toContain(`http_server_request_duration_seconds_bucket{le="0.1",${labels(404)}} 1`);
  expect(text).toContain(
    'http_server_problems_total{operation="getProduct",code="not-found",service="product-management"} 1',
  );
  expect(text).toContain('http_server_active_requests{service="product-management"} 1');
});

test("what a caller makes up is in no label", async () => {
  const { recordRequest, metrics } = createWatched();
  for (let index = 0; index < 50; index++) {
    recordRequest({ ...REQUEST, operationId: "none", method: `M${index}`, route: { method: "ALL", path: "/*" } });
  }
  const { text } = (await metrics())!; // they are not switched off
  expect(text.match(/^http_server_request_duration_seconds_count\{.*$/gm)).toEqual([
    'http_server_request_duration_seconds_count{operation="none",http_request_method="_OTHER",http_route="/*",http_response_status_code="200",service="product-management"} 50',
  ]);
});

test("metrics that are switched off cost nothing and answer nothing", async () => {
  const { recordRequest, metrics, lines, database } = createWatched({ metrics: false });
  recordRequest(REQUEST);
  database.recordCall({ system: "postgresql", operation: "SELECT" }, 1, undefined);
  expect(await metrics()).toBeUndefined();
  expect(lines).toHaveLength(1);
});

test("the process is measured, and nothing that is always zero here", async () => {
  const { text } = (await createWatched().metrics())!; // they are not switched off
  for (const name of [
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "nodejs_eventloop_lag_p99_seconds",
  ]) {
    expect(text).toContain(`${name}{service="product-management"}`);
  }
  expect(text).not.toMatch(/nodejs_heap_space|nodejs_active|nodejs_version/);
});

test("calls and pools of a database, and queues, are told when somebody asks", async () => {
  const { database, watchQueue, metrics } = createWatched();
  let used = 1;
  database.watchPool({ system: "postgresql", pool: "requests" }, () => ({ used, idle: 2, max: 10, waiting: 3 }));
  watchQueue("password-hashing", () => ({ waiting: 4, max: 64 }));
  const call = { system: "postgresql", operation: "SELECT", target: "products", text: "SELECT 1" } as const;
  database.recordCall(call, 3, undefined);
  database.recordCall(call, 700, new Problem("service-unavailable", "The database is not available"));
  database.recordRetry(call);
  used = 7;
  const { text } = (await metrics())!; // they are not switched off
  const told = (name: string, labels: string, value: number) =>
    expect(text).toContain(`${name}{${labels},service="product-management"} ${value}`);
  const pool = 'db_client_connection_pool_name="requests"';
  told("db_client_connection_count", `${pool},db_client_connection_state="used"`, 7);
  told("db_client_connection_count", `${pool},db_client_connection_state="idle"`, 2);
  told("db_client_connection_max", pool, 10);
  told("db_client_connection_pending_requests", pool, 3);
  told("work_queue_length", 'queue="password-hashing"', 4);
  told("work_queue_max", 'queue="password-hashing"', 64);
  const system = 'db_system_name="postgresql"';
  told("db_client_operation_errors_total", `${system},error_type="service-unavailable"`, 1);
  told("db_client_transaction_retries_total", system, 1);
  expect(text).toContain(
    `db_client_operation_duration_seconds_count{${system},db_operation_name="SELECT",db_collection_name="products",service="product-management"} 2`,
  );
});

test("two services in one process have metrics of their own", async () => {
  const first = createWatched();
  const second = createWatched({ service: "order-processing" });
  first.recordRequest(REQUEST);
  expect((await second.metrics())?.text).not.toContain("getProduct");
});
