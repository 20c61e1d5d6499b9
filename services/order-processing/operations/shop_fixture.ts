/** The real service over a real store and a real product-management, for the tests of operations. */
import type { Schema } from "#contract";
import { connectPostgres, type Postgres } from "#platform/postgres.ts";
import { createService } from "#platform/service.ts";
import { ApiError, type Client, createClient } from "#sdk";
import { type RunningProducts, startProductManagement } from "../../_stack/product_management.ts";
import { createPostgresDatabase } from "../../_stack/setup.ts";
import { createTestIssuer, type TestIssuer } from "../../_stack/test_issuer.ts";
import { assemble } from "../assembly.ts";
import { readConfig } from "../config.ts";
import { createNatsPublisher } from "../nats_publisher.ts";
import { createStockClient } from "../stock_client.ts";
import { migrateOrders } from "../store/postgres.ts";

export const ADDRESS: Schema<"ShippingAddress"> = {
  name: "Ada Lovelace",
  line1: "12 St James's Square",
  city: "London",
  postalCode: "SW1Y 4LB",
  country: "GB",
};

/** Everything a test of an operation needs. */
export interface Shop {
  /** The products' service, with the token of a seller. */
  readonly seller: Client;
  readonly products: RunningProducts;
  /** A customer of this id, or a new one. */
  customer(id?: string): Promise<Client>;
  admin(): Promise<Client>;
  /** A request as it comes, with a user's token. */
  send(request: Request, roles?: Schema<"Role">[]): Promise<Response>;
  /** Creates an active product. @returns its id. */
  stock(units: number, change?: Partial<Schema<"ProductCreation">>): Promise<string>;
  /** The counts of a product. */
  counts(productId: string): Promise<{ available: number; reserved: number; sold: number }>;
  /** The same once everything that was decided has been told. */
  settled(productId: string): Promise<{ available: number; reserved: number; sold: number }>;
  stop(): Promise<void>;
}

/** Short enough for a test to wait for. */
const SETTINGS = { CLIENT_SECRET: "secret", DECIDE_WITHIN_MS: "1500", STOCK_TIMEOUT_MS: "700", POLL_MS: "100" };
const SETTLES_WITHIN_MS = 20_000;

/** Starts a shop with no product and no order. */
export async function openShop(settings: Readonly<Record<string, string>> = {}): Promise<Shop> {
  const issuer = await createTestIssuer();
  const products = await startProductManagement(issuer);
  const { url: storeUrl } = await createPostgresDatabase();
  const config = readConfig({ ...SETTINGS, STORE_URL: storeUrl, PRODUCT_MANAGEMENT_URL: products.url, ...settings });
  const connect = (poolMax: number) => connectPostgres({ url: storeUrl, poolMax, timeoutMs: 5000 });
  const [database, backgroundDatabase] = await Promise.all([connect(10), connect(3)]);
  await migrateOrders(database);
  const stock = createStockClient({ ...config, timeoutMs: config.limits.stockTimeoutMs, fetch: answerTokens(issuer) });
  const log = { warn: () => {}, error: console.error };
  const { eventsUrl } = config;
  const publisher =
    eventsUrl === undefined
      ? undefined
      : createNatsPublisher({ url: eventsUrl, log: { info: () => {}, warn: () => {} }, random: Math.random });
  const assembly = assemble({ config, database, backgroundDatabase, stock, publisher, log });
  const service = createService("order-processing", assembly.handlers, {
    authenticate: issuer.authenticate,
    origins: config.origins,
    checkResponses: true,
    readiness: () => database.ping(),
  });
  const clientOf = (token: string): Client =>
    createClient({ baseUrl: "http://localhost", fetch: service.handle, token, retry: { attempts: 1 } });
  const seller = createClient({ baseUrl: products.url, token: await issuer.userToken() });
  const counts: Shop["counts"] = async (productId) => {
    const { body } = await seller.getProductStock({ params: { productId } });
    return { available: body.available, reserved: body.reserved, sold: body.sold };
  };
  return {
    seller,
    products,
    customer: async (id) => clientOf(await issuer.userToken(id === undefined ? {} : { id })),
    admin: async () => clientOf(await issuer.userToken({ roles: ["admin"] })),
    async send(request, roles = ["customer"]) {
      request.headers.set("authorization", `Bearer ${await issuer.userToken({ roles })}`);
      return service.handle(request);
    },
    async stock(units, change = {}) {
      const sku = `SKU-${crypto.randomUUID()}`;
      const product = { sku, name: "Desk lamp", price: { amount: 4900, currency: "USD" }, stock: units, ...change };
      return (await seller.createProduct({ body: product })).body.id;
    },
    counts,
    async settled(productId) {
      const endsAt = performance.now() + SETTLES_WITHIN_MS;
      for (;;) {
        if (await isQuiet(database)) return counts(productId);
        if (performance.now() > endsAt) throw new Error("The background comes to no end");
        await Bun.sleep(10);
      }
    },
    async stop() {
      await assembly.stop();
      await publisher?.stop();
      await Promise.all([database.close(), backgroundDatabase.close(), products.stop(), issuer.stop()]);
    },
  };
}

/** Whether nothing is undecided and every message is done. */
async function isQuiet(database: Postgres): Promise<boolean> {
  const [row] = await database.query<{ count: number }>`
    SELECT (SELECT count(*) FROM orders WHERE lease_until IS NOT NULL)
      + (SELECT count(*) FROM outbox WHERE done_at IS NULL) AS count`;
  return row?.count === 0;
}

/** The test issuer has no `POST /token`: its tokens are given here, everything else goes over the network. */
function answerTokens(issuer: TestIssuer): (request: Request) => Promise<Response> {
  return async (request) => {
    if (new URL(request.url).pathname !== "/token") return fetch(request);
    const token = await issuer.serviceToken();
    return Response.json({ access_token: token, token_type: "Bearer", expires_in: 300, scope: "stock:write" });
  };
}

/** What a call was refused with. @throws if it was not. */
export async function refusalOf(call: Promise<unknown>): Promise<ApiError> {
  const outcome = await call.catch((error: unknown) => error);
  if (outcome instanceof ApiError) return outcome;
  throw new Error(`The call was not refused: ${JSON.stringify(outcome)}`);
}
