import { randomUUID } from "node:crypto";
import { createClient } from "#sdk";
import type { ByService } from "../service_names.ts";
import { StackError } from "../stack_error.ts";

/** What a load has seen. */
export interface LoadReport {
  readonly requests: number;
  /** Each failed request: when it failed, after how long, its operation and how. */
  readonly failures: readonly string[];
  /** Milliseconds that half, and all but one in a hundred, of the requests took at most. */
  readonly p50: number;
  readonly p99: number;
}

const USERS = 4;
const PAUSE_MS = 40;
const REFUSALS_MAX = 20;
const REFUSAL_PAUSE_MS = 50;
const REQUEST_MS = 15_000;

/** Reads and writes at all three services until it is stopped. A refused connection alone is tried again: it certainly did nothing. */
export async function startLoad(origins: ByService<string>): Promise<{ stop(): Promise<LoadReport> }> {
  const credentials = { email: `load-${randomUUID()}@example.com`, password: `pass ${randomUUID()}` };
  const visitor = createClient({ baseUrl: origins });
  await visitor.registerUser({ body: { ...credentials, displayName: "Load" } });
  const token = (await visitor.logIn({ body: credentials })).body.access_token;
  const shop = createClient({ baseUrl: origins, token });
  const price = { amount: 100, currency: "USD" };
  const { body: product } = await shop.createProduct({
    body: { sku: randomUUID(), name: "Load", price, stock: 100_000 },
  });

  const order = {
    items: [{ productId: product.id, quantity: 1 }],
    shippingAddress: { name: "Load", line1: "1 Main Street", city: "Arlington", postalCode: "22201", country: "US" },
  };
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const requests: readonly (readonly [name: string, url: string, init: RequestInit])[] = [
    ["getProfile", `${origins["user-authentication"]}/profile`, { headers }],
    ["getProduct", `${origins["product-management"]}/products/${product.id}`, {}],
    ["listOrders", `${origins["order-processing"]}/orders?limit=5`, { headers }],
    ["createOrder", `${origins["order-processing"]}/orders`, { method: "POST", headers, body: JSON.stringify(order) }],
  ];

  let isStopped = false;
  const times: number[] = [];
  const failures: string[] = [];
  const user = async (): Promise<void> => {
    for (let turn = 0; !isStopped; turn++) {
      const [name, url, init] = requests[turn % requests.length]!; // the remainder is an index of it
      const startedAt = performance.now();
      const failure = await send(url, init);
      const ms = performance.now() - startedAt;
      times.push(ms);
      if (failure) failures.push(`${new Date().toISOString()} after ${ms.toFixed()} ms ${name}: ${failure}`);
      await Bun.sleep(PAUSE_MS);
    }
  };
  const users = Array.from({ length: USERS }, user);
  const stop = async (): Promise<LoadReport> => {
    isStopped = true;
    await Promise.all(users);
    times.sort((one, other) => one - other);
    const at = (share: number): number => Math.round(times[Math.floor(times.length * share)] ?? 0);
    return { requests: times.length, failures, p50: at(0.5), p99: at(0.99) };
  };
  return { stop };
}

/** Tells what a load has seen. @throws {StackError} if a request failed. */
export function expectUnfelt({ requests, failures, p50, p99 }: LoadReport): void {
  console.log(`   ${requests} requests, ${failures.length} failed, p50 ${p50} ms, p99 ${p99} ms`);
  if (failures.length > 0) throw new StackError(`requests failed:\n  ${failures.slice(0, 10).join("\n  ")}`);
}

/** How a request failed; undefined if it did not. */
async function send(url: string, init: RequestInit): Promise<string | undefined> {
  for (let refusals = 0; ; refusals++) {
    try {
      const reply = await fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_MS) });
      const text = await reply.text();
      return reply.ok ? undefined : `${reply.status} ${text.slice(0, 200)}`;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code !== "ECONNREFUSED" || refusals === REFUSALS_MAX) return `${code ?? error}`;
      await Bun.sleep(REFUSAL_PAUSE_MS);
    }
  }
}
