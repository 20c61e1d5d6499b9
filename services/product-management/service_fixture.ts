/** What the tests of the operations call: the real service over a real store, on a database of its own. */
import { afterAll, beforeAll, setDefaultTimeout } from "bun:test";
import type { Schema } from "#contract";
import { connectPostgres } from "#platform/postgres.ts";
import { createService, type Service } from "#platform/service.ts";
import { type Call, type Client, createClient } from "#sdk";
import { createPostgresDatabase } from "../_stack/setup.ts";
import { createTestIssuer } from "../_stack/test_issuer.ts";
import { createProductManagement } from "./mod.ts";
import { groupCommands } from "./store/group_commands.ts";
import { migrateProducts, PostgresProductStore } from "./store/postgres.ts";

/** The first test waits for the engine to start. */
const TIMEOUT_MS = 60_000;
const ORIGINS = {
  "user-authentication": "http://localhost:3000",
  "product-management": "http://localhost:3001",
  "order-processing": "http://localhost:3002",
};

type Product = Schema<"Product">;
type Creation = Call<"createProduct">["body"];

/** Callers of a service. */
export interface Fixture {
  readonly service: Service;
  /** Nobody: sends no token. */
  readonly visitor: Client;
  /** Owns the products that {@link Fixture.addProduct} makes. */
  readonly seller: Client;
  readonly sellerId: string;
  /** Another customer. */
  readonly customer: Client;
  readonly admin: Client;
  /** A service that may change stock. */
  readonly orders: Client;
  /** A service that may not. */
  readonly auditor: Client;
  /** The client of a new customer. */
  newCustomer(): Promise<Client>;
  /** Creates a product of the seller's with a sku of its own. */
  addProduct(change?: Partial<Creation>): Promise<Product>;
}

/** Makes a fixture before the tests of a file, and closes it after them. */
export function useFixture(): Fixture {
  setDefaultTimeout(TIMEOUT_MS);
  let open: { fixture: Fixture; close: () => Promise<void> } | undefined;
  beforeAll(async () => {
    open = await openFixture();
  });
  afterAll(() => open?.close());
  return new Proxy({} as Fixture, {
    // Only tests look at it, and they run after beforeAll.
    get: (_, name) => Reflect.get(open!.fixture, name),
  });
}

async function openFixture(): Promise<{ fixture: Fixture; close: () => Promise<void> }> {
  const { url } = await createPostgresDatabase();
  const database = await connectPostgres({ url, poolMax: 10, timeoutMs: 20_000 });
  await migrateProducts(database);
  const issuer = await createTestIssuer();
  const products = new PostgresProductStore(database);
  const time = { newId: Bun.randomUUIDv7, now: () => new Date() };
  const handlers = createProductManagement({ products, ...time }, groupCommands(products));
  const options = { authenticate: issuer.authenticate, origins: ORIGINS, checkResponses: true };
  const service = createService("product-management", handlers, options);

  const sellerId = Bun.randomUUIDv7();
  const newCustomer = async () => clientOf(service, await issuer.userToken());
  const seller = clientOf(service, await issuer.userToken({ id: sellerId }));
  let made = 0;
  const fixture: Fixture = {
    service,
    visitor: clientOf(service),
    seller,
    sellerId,
    customer: await newCustomer(),
    admin: clientOf(service, await issuer.userToken({ roles: ["customer", "admin"] })),
    orders: clientOf(service, await issuer.serviceToken()),
    auditor: clientOf(service, await issuer.serviceToken({ id: "auditor", scopes: ["stock:read"] })),
    newCustomer,
    async addProduct(change) {
      made++;
      const body = { sku: `LAMP-${made}`, name: "Desk lamp", price: { amount: 4900, currency: "USD" }, ...change };
      return (await seller.createProduct({ body })).body;
    },
  };
  const close = async () => {
    await issuer.stop();
    await database.close();
  };
  return { fixture, close };
}

/** A client that sends each request once. */
function clientOf({ handle }: Service, token?: string): Client {
  const options = { baseUrl: "http://localhost", fetch: handle, retry: { attempts: 1 }, timeoutMs: 30_000 };
  return createClient({ ...options, ...(token !== undefined && { token }) });
}

/** What a refusal of this status and code looks like. */
export function refusal(status: number, code: string, problem: object = {}): object {
  return { status, problem: { code, ...problem } };
}
