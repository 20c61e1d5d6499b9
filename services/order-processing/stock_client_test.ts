import { expect, test } from "bun:test";
import { createStockClient } from "./stock_client.ts";
import type { StockCommand, StockPort, StockResult } from "./stock_port.ts";

const OPTIONS = { timeoutMs: 1000 };

/** What the far side does with a request for stock. */
type Answer = (commands: StockCommand[], request: Request) => Response | Promise<Response>;

interface Far {
  readonly stock: StockPort;
  /** Sizes of the requests for stock. */
  readonly sizes: number[];
  /** Tokens that were issued. */
  readonly issued: string[];
}

function outcomes(commands: readonly StockCommand[]): Response {
  const results = commands.map(({ quantity }): StockResult => ({ outcome: "out-of-stock", available: quantity }));
  return Response.json({ results });
}

/** Both siblings, behind one `fetch`. */
function createFar(answer: Answer = outcomes, timeoutMs = 500): Far {
  const sizes: number[] = [];
  const issued: string[] = [];
  async function fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname === "/token") {
      const form = new URLSearchParams(await request.text());
      expect(Object.fromEntries(form)).toMatchObject({ client_id: "orders", scope: "stock:write" });
      issued.push(`token-${issued.length + 1}`);
      return Response.json({
        access_token: issued.at(-1),
        token_type: "Bearer",
        expires_in: 300,
        scope: "stock:write",
      });
    }
    const { commands } = (await request.json()) as { commands: StockCommand[] }; // our own request
    sizes.push(commands.length);
    return abortable(answer(commands, request), request.signal);
  }
  const urls = { productManagementUrl: "http://products", userAuthenticationUrl: "http://users" };
  const stock = createStockClient({ ...urls, clientId: "orders", clientSecret: "secret", timeoutMs, fetch });
  return { stock, sizes, issued };
}

/** As the real `fetch` does. */
function abortable(work: Response | Promise<Response>, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    Promise.resolve(work).then(resolve, reject);
  });
}

/** Commands that can be told apart by their quantities. */
function commandsOf(...quantities: number[]): StockCommand[] {
  const notAfter = "2026-11-23T10:21:00.000Z";
  return quantities.map((quantity) => {
    return { command: "reserve", orderId: "o", revision: 1, productId: `p${quantity}`, quantity, notAfter };
  });
}
const quantitiesOf = (results: readonly StockResult[]) => results.map(({ available }) => available);

test("callers of one moment share a request, and each gets its own results", async () => {
  const { stock, sizes, issued } = createFar();
  const calls = [commandsOf(1, 2), commandsOf(3), commandsOf(4, 5, 6)];
  const results = await Promise.all(calls.map((commands) => stock.apply(commands, OPTIONS)));
  expect(results.map(quantitiesOf)).toEqual([[1, 2], [3], [4, 5, 6]]);
  expect(sizes).toEqual([6]);
  expect(issued).toHaveLength(1);
});

test("under load requests grow instead of their number, up to the contract's limit", async () => {
  const gate = Promise.withResolvers<void>();
  const { stock, sizes } = createFar(async (commands) => {
    await gate.promise;
    return outcomes(commands);
  });
  const calls: Promise<unknown>[] = [];
  for (let n = 0; n < 30; n++) {
    calls.push(stock.apply(commandsOf(...Array(100).fill(n + 1)), OPTIONS));
    await Bun.sleep(1);
  }
  expect(sizes).toEqual([100, 100, 100, 100]);
  gate.resolve();
  await Promise.all(calls);
  expect(sizes.slice(4)).toEqual([1000, 1000, 600]);
});

test("a token is asked for once by many, and again when it is no longer taken", async () => {
  let good = "token-1";
  const { stock, issued, sizes } = createFar((commands, { headers }) =>
    headers.get("authorization") === `Bearer ${good}` ? outcomes(commands) : new Response(null, { status: 401 }),
  );
  await Promise.all(Array.from({ length: 5 }, () => stock.apply(commandsOf(1), OPTIONS)));
  await stock.apply(commandsOf(1), OPTIONS);
  expect(issued).toEqual(["token-1"]);
  good = "token-2";
  await stock.apply(commandsOf(1), OPTIONS);
  expect(issued).toEqual(["token-1", "token-2"]);
  good = "none";
  await expect(stock.apply(commandsOf(1), OPTIONS)).rejects.toMatchObject({ name: "StockUnavailable" });
  expect(sizes).toEqual([5, 1, 1, 1, 1, 1]);
});

test.each([
  ["an error", () => new Response(null, { status: 500 })],
  ["an overload", () => new Response(null, { status: 503, headers: { "retry-after": "1" } })],
  ["a missing right", () => new Response(null, { status: 403 })],
  ["a broken connection", () => Promise.reject(new TypeError("connection reset"))],
  ["an answer that is cut", () => new Response('{"results":[', { headers: { "content-type": "application/json" } })],
  ["too few results", () => Response.json({ results: [] })],
  ["silence", () => new Promise<Response>(() => {})],
] as const)("%s leaves the outcome unknown", async (_, answer) => {
  const { stock } = createFar(answer, 50);
  await expect(stock.apply(commandsOf(1), OPTIONS)).rejects.toMatchObject({ name: "StockUnavailable" });
});

test("a caller does not wait longer than it said, and is not sent for then", async () => {
  const gate = Promise.withResolvers<void>();
  const { stock, sizes } = createFar(async (commands) => {
    await gate.promise;
    return outcomes(commands);
  });
  const busy = Array.from({ length: 4 }, async (_, n) => {
    await Bun.sleep(n);
    return stock.apply(commandsOf(1), OPTIONS);
  });
  await Bun.sleep(10);
  const startedAt = performance.now();
  await expect(stock.apply(commandsOf(7, 7), { timeoutMs: 20 })).rejects.toMatchObject({ name: "StockUnavailable" });
  expect(performance.now() - startedAt).toBeLessThan(200);
  gate.resolve();
  await Promise.all(busy);
  await stock.apply(commandsOf(8), OPTIONS);
  expect(sizes).toEqual([1, 1, 1, 1, 1]);
});

test("what one caller is refused for is not held against the others", async () => {
  const { stock, sizes } = createFar((commands) =>
    commands.some(({ quantity }) => quantity === 0) ? new Response(null, { status: 400 }) : outcomes(commands),
  );
  const outcome = await Promise.allSettled([1, 0, 2].map((quantity) => stock.apply(commandsOf(quantity), OPTIONS)));
  expect(outcome).toMatchObject([
    { status: "fulfilled", value: [{ available: 1 }] },
    { status: "rejected", reason: { name: "StockRefused" } },
    { status: "fulfilled", value: [{ available: 2 }] },
  ]);
  expect(sizes).toEqual([3, 1, 1, 1]);
});

test("no more wait than can be served", async () => {
  const { stock } = createFar(() => new Promise<Response>(() => {}), 50);
  const calls = Array.from({ length: 400 }, () => stock.apply(commandsOf(...Array(100).fill(1)), { timeoutMs: 100 }));
  const reasons = (await Promise.allSettled(calls)).flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  expect(reasons).toHaveLength(400);
  expect(reasons.some(({ message }) => message.includes("Too many"))).toBe(true);
});
