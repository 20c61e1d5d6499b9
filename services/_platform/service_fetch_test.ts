import { expect, test } from "bun:test";
import { Registry } from "prom-client";
import { createServiceFetch } from "./service_fetch.ts";
import { RemoteSpan, runIn } from "./trace.ts";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

function createTested(answer: (request: Request) => Response) {
  const registry = new Registry();
  const sent: Request[] = [];
  const fetch = createServiceFetch(registry, {
    async fetch(request) {
      sent.push(request);
      return answer(request);
    },
  });
  return { registry, sent, fetch };
}

test("a call passes the trace on, where there is one", async () => {
  const { sent, fetch } = createTested(() => new Response("ok"));
  await fetch(new Request("http://products:3001/internal/stock-commands", { method: "POST", body: "{}" }));
  await runIn(new RemoteSpan(TRACEPARENT), () => fetch(new Request("http://products:3001/internal/stock-audit")));
  expect(sent.map(({ headers }) => headers.get("traceparent"))).toEqual([null, TRACEPARENT]);
});

test("calls are timed by whom they ask and what they are answered, also if that is nothing", async () => {
  const { registry, fetch } = createTested(({ method }) => {
    if (method === "GET") throw new TypeError("refused");
    return new Response(null, { status: 503 });
  });
  expect((await fetch(new Request("http://products:3001/x", { method: "POST" }))).status).toBe(503);
  await expect(fetch(new Request("http://products:3001/y"))).rejects.toThrow("refused");
  const text = await registry.metrics();
  const count = (labels: string) => `http_client_request_duration_seconds_count{server_address="products",${labels}} 1`;
  expect(text).toContain(count('http_request_method="POST",http_response_status_code="503"'));
  expect(text).toContain(count('http_request_method="GET",http_response_status_code=""'));
});
