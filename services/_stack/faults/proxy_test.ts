import { afterEach, describe, expect, test } from "bun:test";
import { createRandom } from "../history/random.ts";
import { type Mischief, startProxy, type TcpProxy } from "./proxy.ts";

/** Counts what it is asked for. */
let asked = 0;
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request) {
    asked++;
    return new Response(await request.text());
  },
});
const proxies: TcpProxy[] = [];
afterEach(async () => {
  asked = 0;
  await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()));
});

async function proxyWith(mischief: Mischief): Promise<TcpProxy> {
  const proxy = await startProxy(server.port ?? 0, createRandom(1));
  proxy.mischief = mischief;
  proxies.push(proxy);
  return proxy;
}

/** What came back; undefined if nothing did. */
async function ask({ port }: TcpProxy, body = "hello"): Promise<string | undefined> {
  try {
    const reply = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body, keepalive: false });
    return await reply.text();
  } catch {
    return undefined;
  }
}

test("passes on what comes, as large as it is", async () => {
  const proxy = await proxyWith({ kind: "none" });
  const large = "x".repeat(3_000_000);
  expect(await ask(proxy, large)).toBe(large);
});

test("delays both directions and keeps the order", async () => {
  const proxy = await proxyWith({ kind: "delay", delayMs: 100 });
  const large = Array.from({ length: 50_000 }, (_, index) => String(index)).join(" ");
  const startedMs = performance.now();
  expect(await ask(proxy, large)).toBe(large);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(200);
});

describe("cuts", () => {
  const CUTS = { "cut before request": 0, "cut before reply": 1 } as const;
  for (const [kind, arrived] of Object.entries(CUTS)) {
    test(`${kind}: ${arrived} of 1 arrives, and no answer comes back`, async () => {
      const proxy = await proxyWith({ kind, share: 1 } as Mischief); // a key of CUTS
      expect(await ask(proxy)).toBeUndefined();
      expect({ asked, cuts: proxy.cuts }).toEqual({ asked: arrived, cuts: 1 });
    });
  }

  test("cut after request: no answer comes back, arrived or not", async () => {
    const proxy = await proxyWith({ kind: "cut after request", share: 1 });
    expect(await ask(proxy)).toBeUndefined();
    expect(proxy.cuts).toBe(1);
  });

  test("a share of the exchanges, the others go through", async () => {
    const proxy = await proxyWith({ kind: "cut before reply", share: 0.5 });
    const replies: (string | undefined)[] = [];
    for (let index = 0; index < 40; index++) replies.push(await ask(proxy));
    const lost = replies.filter((reply) => reply === undefined).length;
    expect(lost).toBeGreaterThan(5);
    expect(lost).toBeLessThan(35);
    expect(proxy.cuts).toBe(lost);
  });
});

test("ends both sides when the target is gone", async () => {
  const gone = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("") });
  const { port = 0 } = gone;
  await gone.stop(true);
  const proxy = await startProxy(port, createRandom(1));
  proxies.push(proxy);
  expect(await ask(proxy)).toBeUndefined();
});
