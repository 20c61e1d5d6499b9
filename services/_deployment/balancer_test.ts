import { afterEach, expect, test } from "bun:test";
import { createServer } from "node:net";

import { type Balancer, type BalancerOptions, type Lost, startBalancer } from "./balancer.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

interface Replica {
  readonly url: string;
  readonly seen: { readonly url: string; readonly headers: Headers; readonly body: string }[];
  isReady: boolean;
  /** Before it says whether it is ready. */
  look: () => Promise<void>;
  stop(): Promise<void>;
}

/** A replica that answers its own name. */
function startReplica(
  name: string,
  answer = async (): Promise<Response> => new Response(name),
  { hostname = "127.0.0.1", port = 0 } = {},
): Replica {
  const seen: Replica["seen"] = [];
  const server = Bun.serve({
    ...{ hostname, port },
    async fetch(request) {
      if (new URL(request.url).pathname === "/readyz") {
        await replica.look();
        return new Response(null, { status: replica.isReady ? 200 : 503 });
      }
      seen.push({ url: request.url, headers: new Headers(request.headers), body: await request.text() });
      return answer();
    },
  });
  const stop = async (): Promise<void> => void (await server.stop(true));
  const replica: Replica = {
    url: `http://${hostname}:${server.port}`,
    seen,
    isReady: true,
    look: async () => {},
    stop,
  };
  ends.push(stop);
  return replica;
}

async function balance(
  replicas: readonly { readonly url: string }[],
  options: Partial<BalancerOptions> = {},
): Promise<{ balancer: Balancer; url: string }> {
  const balancer = await startBalancer({
    ...{ host: "127.0.0.1", port: 0, lookEachMs: 20 },
    ...{ replicas: replicas.map(({ url }) => url), ...options },
  });
  ends.push(() => balancer.stop());
  return { balancer, url: `http://127.0.0.1:${balancer.port}` };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(5);
}

const body = async (reply: Promise<Response>): Promise<string> => (await reply).text();

test("spreads requests over all replicas that are ready", async () => {
  const replicas = ["a", "b", "c"].map((name) => startReplica(name));
  replicas[2]!.isReady = false;
  const { url } = await balance(replicas);
  const answers = await Promise.all(Array.from({ length: 40 }, () => body(fetch(url))));
  expect([...new Set(answers)].sort()).toEqual(["a", "b"]);
});

test("sends nothing to a replica that drains, and goes back to it when it is ready again", async () => {
  const [one, other] = [startReplica("one"), startReplica("other")];
  const { balancer, url } = await balance([one, other]);
  one.isReady = false;
  await until(() => balancer.ready.length === 1);
  for (let count = 0; count < 10; count++) expect(await body(fetch(url))).toBe("other");
  one.isReady = true;
  other.isReady = false;
  await until(() => balancer.ready.join() === one.url);
  expect(await body(fetch(url))).toBe("one");
});

test("finds the replicas that a name has, asks for it at no request, and keeps them while the DNS is silent", async () => {
  const older = startReplica("older");
  const port = Number(new URL(older.url).port);
  const newer = startReplica("newer", undefined, { hostname: "127.0.0.2", port });
  let answer: Promise<readonly string[]> = Promise.resolve(["127.0.0.1"]);
  let asked = 0;
  const addressesOf = (name: string): Promise<readonly string[]> => {
    asked++;
    return name === "lamps.test" ? answer : Promise.reject(new Error(`${name} is not known`));
  };
  const { balancer, url } = await balance([{ url: `http://lamps.test:${port}` }], { addressesOf });
  expect(await body(fetch(url))).toBe("older");
  answer = Promise.resolve(["127.0.0.1", "127.0.0.2"]);
  await until(() => balancer.ready.length === 2);

  const late = Promise.withResolvers<readonly string[]>();
  answer = late.promise;
  older.isReady = false;
  await until(() => balancer.ready.join() === newer.url); // though the DNS says nothing
  expect(await body(fetch(url))).toBe("newer");
  older.isReady = true;
  await until(() => balancer.ready.length === 2);
  late.resolve(["127.0.0.2"]); // it is not there any more
  await until(() => balancer.ready.join() === newer.url);

  const { url: slow } = await balance([{ url: `http://lamps.test:${port}` }], { addressesOf, lookEachMs: 60_000 });
  await balancer.stop();
  const before = asked;
  for (let count = 0; count < 10; count++) expect(await body(fetch(slow))).toBe("newer");
  expect(asked).toBeLessThanOrEqual(before + 1); // by a look of the other that was under way
});

test("sends a request on when its connection is refused, whatever its method", async () => {
  const [gone, there] = [startReplica("gone"), startReplica("there")];
  const { url } = await balance([gone, there], { lookEachMs: 60_000 }); // it still believes in both
  await gone.stop();
  for (let count = 0; count < 10; count++) {
    expect(await body(fetch(url, { method: "POST", body: `order ${count}` }))).toBe("there");
  }
  expect(there.seen[9]?.body).toBe("order 9");
});

test("sends a lost request again only if its method is safe", async () => {
  const there = startReplica("there");
  const { url: lost, taken } = await startLoser();
  const told: Lost[] = [];
  const { url } = await balance([{ url: lost }, there], { lookEachMs: 60_000, onLost: (it) => told.push(it) });
  for (let count = 0; count < 10; count++) expect(await body(fetch(url))).toBe("there");

  expect(told).toEqual([
    { replica: lost, method: "GET", error: expect.stringContaining("ECONNRESET"), isSentAgain: true },
  ]);

  const { url: again } = await balance([{ url: lost }, { url: `${lost}/` }], { lookEachMs: 60_000 });
  const before = taken();
  const reply = await fetch(again, { method: "POST", body: "once" });
  expect(reply.status).toBe(502);
  expect(taken()).toBe(before + 1);
});

test("asks a replica that does not say whether it is ready only if no other one is", async () => {
  const [busy, idle] = [startReplica("busy"), startReplica("idle")];
  busy.look = () => Bun.sleep(60_000);
  const { balancer, url } = await balance([busy, idle]);
  for (let count = 0; count < 5; count++) expect(await body(fetch(url))).toBe("idle");
  idle.isReady = false;
  await until(() => balancer.ready.length === 0);
  expect(await body(fetch(url))).toBe("busy");
});

test("tells the client's address behind what it was told, and leaves the rest alone", async () => {
  const replica = startReplica("it", async () => {
    return new Response("gone", { status: 409, headers: { etag: '"7"', location: "/elsewhere", connection: "close" } });
  });
  const { url } = await balance([replica]);
  const headers = { "x-forwarded-for": "203.0.113.7", host: "shop.example", "if-match": '"6"' };
  const reply = await fetch(`${url}/products/1%2F2?limit=2&q=a%20b`, { method: "PUT", headers, body: "{}" });
  const [request] = replica.seen;
  expect(request?.headers.get("x-forwarded-for")).toBe("203.0.113.7, 127.0.0.1");
  expect(request?.headers.get("host")).toBe("shop.example");
  expect(request?.headers.get("if-match")).toBe('"6"');
  expect(request?.url).toEndWith("/products/1%2F2?limit=2&q=a%20b");
  expect([reply.status, reply.headers.get("etag"), reply.headers.get("location")]).toEqual([409, '"7"', "/elsewhere"]);
});

test("refuses when nobody can serve, when too much is under way, and when nobody answers", async () => {
  const { url: empty } = await balance([{ url: "http://127.0.0.1:1" }]);
  const refused = await fetch(empty);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(refused.headers.get("content-type")).toBe("application/problem+json");

  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = startReplica("slow", async () => promise.then(() => new Response("late")));
  const { url } = await balance([slow], { requestsMax: 1, answerWithinMs: 300 });
  const first = fetch(url);
  await until(() => slow.seen.length === 1);
  expect((await fetch(url)).status).toBe(503);
  expect((await first).status).toBe(504);
  resolve();
});

test("holds no more of bodies than it may, and lets everything else through", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = startReplica("slow", async () => promise.then(() => new Response("done")));
  const { url } = await balance([slow], { heldMaxBytes: 1_000 });
  const post = (bytes: number): Promise<Response> => fetch(url, { method: "POST", body: "x".repeat(bytes) });
  const first = post(600);
  await until(() => slow.seen.length === 1);
  const refused = await post(600);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
  const others = [post(300), fetch(url)];
  await until(() => slow.seen.length === 3);
  resolve();
  expect(await Promise.all([first, ...others].map(body))).toEqual(["done", "done", "done"]);
  expect(await body(post(900))).toBe("done");
});

test("stop() lets what is under way end", async () => {
  const slow = startReplica("slow", async () => Bun.sleep(200).then(() => new Response("done")));
  const { balancer, url } = await balance([slow]);
  const reply = body(fetch(url));
  await until(() => slow.seen.length === 1);
  await balancer.stop();
  expect(await reply).toBe("done");
  await expect(fetch(url)).rejects.toThrow();
});

/** Says that it is ready, takes every other request, and is gone without an answer. */
async function startLoser(): Promise<{ url: string; taken(): number }> {
  let taken = 0;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (chunk) => {
      if (String(chunk).includes("/readyz")) return socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
      taken++;
      socket.resetAndDestroy();
    });
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  ends.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has an address and a port");
  return { url: `http://127.0.0.1:${address.port}`, taken: () => taken };
}
