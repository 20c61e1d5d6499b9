import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { connectPostgres, type Postgres } from "#platform/postgres.ts";
import { ApiError, type Client, createClient } from "#sdk";
import { mainsIn } from "../_stack/main_fixture.ts";
import { type RunningProducts, startProductManagement } from "../_stack/product_management.ts";
import { createPostgresDatabase } from "../_stack/setup.ts";
import { createTestIssuer, type TestIssuer } from "../_stack/test_issuer.ts";
import { ADDRESS } from "./operations/shop_fixture.ts";

setDefaultTimeout(60_000);

const mains = mainsIn(import.meta.dir);
let issuer: TestIssuer;
let products: RunningProducts;
let inventory: Postgres;
let tokens: Bun.Server<undefined>;
let settings: Record<string, string>;

beforeAll(async () => {
  issuer = await createTestIssuer();
  products = await startProductManagement(issuer);
  inventory = await connectPostgres({ url: products.storeUrl, poolMax: 1, timeoutMs: 5000 });
  // The test issuer has no `POST /token`.
  tokens = Bun.serve({
    port: 0,
    fetch: async () =>
      Response.json({
        ...{ access_token: await issuer.serviceToken(), token_type: "Bearer", expires_in: 300, scope: "stock:write" },
      }),
  });
  settings = {
    STORE_URL: (await createPostgresDatabase()).url,
    CLIENT_SECRET: "secret",
    PRODUCT_MANAGEMENT_URL: products.url,
    USER_AUTHENTICATION_URL: `http://127.0.0.1:${tokens.port}`,
    ISSUER: issuer.issuer,
    JWKS_URL: issuer.jwksUrl,
    POLL_MS: "50",
  };
});
afterAll(async () => {
  mains.killAll();
  await tokens.stop(true);
  await Promise.all([inventory.close(), products.stop(), issuer.stop()]);
});

/** Runs `main.ts reconcile`. */
async function reconcile(): Promise<{ exitCode: number; lines: unknown[] }> {
  const command = [process.execPath, `${import.meta.dir}/main.ts`, "reconcile"];
  const child = Bun.spawn(command, { env: { PATH: process.env.PATH, ...settings }, stdout: "pipe" });
  const text = await new Response(child.stdout).text();
  const lines = text.split("\n").filter(Boolean);
  return { exitCode: await child.exited, lines: lines.map((line): unknown => JSON.parse(line)) };
}

/** Units of the product are held for the order, as if its release had been lost on the way. */
async function plantHold(productId: string, orderId: string): Promise<void> {
  await inventory.query`UPDATE stock_entries SET state = 'held' WHERE order_id = ${orderId} AND product_id = ${productId}`;
  await inventory.query`
    UPDATE inventories SET available = available - 2, reserved = reserved + 2, sequence = sequence + 1
    WHERE product_id = ${productId}`;
}

/** An order that is refused for one of its products, and has given back the other. */
async function placeRefused(customer: Client, productIds: readonly [string, string]): Promise<string> {
  const items = productIds.map((productId) => ({ productId, quantity: 2 }));
  const refusal = await customer.createOrder({ body: { items, shippingAddress: ADDRESS } }).catch((error) => error);
  expect(refusal).toBeInstanceOf(ApiError);
  const { body } = await customer.listOrders({ query: { status: "rejected", limit: 1 } });
  return body.items[0]!.id;
}

test("reconcile prints each difference and queues what is missing; the periodic one does it by itself and counts", async () => {
  const seller = createClient({ baseUrl: products.url, token: await issuer.userToken() });
  const price = { amount: 4900, currency: "USD" };
  const add = async (sku: string, stock: number): Promise<string> =>
    (await seller.createProduct({ body: { sku, name: "Desk lamp", price, stock } })).body.id;
  const [lamp, none] = [await add("LAMP-1", 10), await add("LAMP-2", 0)];
  const countsOf = async (): Promise<string> => {
    const { body } = await seller.getProductStock({ params: { productId: lamp } });
    return `${body.available} ${body.reserved} ${body.sold}`;
  };
  const until = async (counts: string): Promise<void> => {
    while ((await countsOf()) !== counts) await Bun.sleep(20);
  };

  const first = await mains.startReady({ ...settings, RECONCILE_INTERVAL_MS: "0" });
  const customer = createClient({ baseUrl: first.baseUrl, token: await issuer.userToken(), retry: { attempts: 1 } });
  const orderId = await placeRefused(customer, [lamp, none]);
  await until("10 0 0");
  expect(await reconcile()).toEqual({ exitCode: 0, lines: [] });
  first.child.kill("SIGTERM"); // so that nobody sends what is queued meanwhile
  expect(await first.child.exited).toBe(0);

  await plantHold(lamp, orderId);
  const hold = { orderId, revision: 1, productId: lamp, quantity: 2, command: "release" };
  expect(await reconcile()).toEqual({
    exitCode: 1,
    lines: [
      { kind: "hold", ...hold },
      { kind: "repaired", ...hold },
    ],
  });
  expect(await countsOf()).toBe("8 2 0");

  const second = await mains.startReady({ ...settings, RECONCILE_INTERVAL_MS: "500" });
  await until("10 0 0");
  await plantHold(lamp, orderId);
  await until("10 0 0");
  const metrics = await (await fetch(`${second.baseUrl}/metrics`)).text();
  expect(metrics).toMatch(/^reconciliation_repairs_total\{service="order-processing"\} 1$/m);
  expect(metrics).toMatch(/^orders_undecided\{service="order-processing"\} 0$/m);
  expect(await reconcile()).toEqual({ exitCode: 0, lines: [] });
});
