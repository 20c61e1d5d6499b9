/** What the services answer while something they need is away: the statuses that no healthy system shows. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ApiError, type Client, clientCredentials, createClient, type OperationId, type Schema } from "#sdk";
import type { Stack } from "./stack.ts";
import { startTestStack } from "./test_stack.ts";

/** The others answer from memory. */
type NeedsStore = Exclude<OperationId, "getAuthorizationServerMetadata" | "getJsonWebKeySet" | "issueServiceToken">;
type Calls = Readonly<Record<NeedsStore, () => Promise<unknown>>>;

const START_TIMEOUT_MS = 60_000;
const ID = Bun.randomUUIDv7();
const PASSWORD = `pass ${crypto.randomUUID()}`;
const PRODUCT = { sku: `TEST-${ID}`, name: "Desk lamp", price: { amount: 4900, currency: "USD" }, stock: 10 };
const SHIPPING_ADDRESS = {
  name: "Grace Hopper",
  line1: "1 Navy Yard",
  city: "Washington",
  postalCode: "20374",
  country: "US",
};

let stack: Stack;
let shop: Client;
let service: Client;
let product: Schema<"Product">;

beforeAll(async () => {
  stack = await startTestStack();
  const { origins, admin, serviceClient } = stack;
  const { body: tokens } = await createClient({ baseUrl: origins }).logIn({ body: admin });
  // What is away is to be seen, so nothing is sent twice.
  const options = { baseUrl: origins, retry: { attempts: 1 } };
  shop = createClient({ ...options, token: tokens.access_token });
  const { id: clientId, secret: clientSecret } = serviceClient;
  const grant = { baseUrl: origins, clientId, clientSecret, scope: "stock:write" };
  service = createClient({ ...options, token: await clientCredentials(grant)() });
  ({ body: product } = await shop.createProduct({ body: PRODUCT }));
}, START_TIMEOUT_MS);

afterAll(() => stack?.stop(), START_TIMEOUT_MS);

describe("while product-management hangs", () => {
  beforeAll(() => stack.services["product-management"].freeze());
  afterAll(() => stack.services["product-management"].thaw());

  test("createOrder answers 202 with the pending order, which is confirmed when it goes on", async () => {
    const {
      status,
      headers,
      body: order,
    } = await shop.createOrder({
      body: { items: [{ productId: product.id, quantity: 2 }], shippingAddress: SHIPPING_ADDRESS },
    });
    expect(status).toBe(202);
    expect(headers).toMatchObject({ location: `/orders/${order.id}`, "retry-after": expect.any(Number) });
    expect(order).toMatchObject({ status: "pending", total: null, version: 1 });
    stack.services["product-management"].thaw();
    await until(async () => {
      const { body: page } = await shop.listOrders({ query: { status: "confirmed" } });
      return page.items.some(({ id }) => id === order.id);
    });
  }, 30_000);
});

describe("while the database is away", () => {
  beforeAll(() => stack.postgres.kill());

  for (const [id, call] of Object.entries(callsOf())) {
    test(`${id} answers 503 with Retry-After`, async () => {
      const error: unknown = await call().then(
        (reply) => reply,
        (error) => error,
      );
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ status: 503, problem: { code: "service-unavailable" } });
      expect((error as ApiError).headers.get("retry-after")).toMatch(/^[1-9]\d*$/); // the line above proved it
    });
  }
});

/** One valid call of each operation, by clients that are there when it is made. */
function callsOf(): Calls {
  const productId = { productId: ID };
  const orderId = { orderId: ID };
  const item = { productId: ID, quantity: 1 };
  const contents = { items: [item], shippingAddress: SHIPPING_ADDRESS };
  const { name, price, sku } = PRODUCT;
  const replacement = { version: 1, sku, name, description: "", price, status: "active" as const, tags: [] };
  const email = "grace@example.com";
  const secrets = { currentPassword: PASSWORD, newPassword: `${PASSWORD}!` };
  const command = {
    ...item,
    command: "reserve",
    orderId: ID,
    revision: 1,
    notAfter: new Date(Date.now() + 60_000).toISOString(),
  } as const;
  return {
    registerUser: () => shop.registerUser({ body: { email, password: PASSWORD, displayName: "Grace" } }),
    logIn: () => shop.logIn({ body: { email, password: PASSWORD } }),
    getProfile: () => shop.getProfile(),
    updateProfile: () => shop.updateProfile({ body: { version: 1, displayName: "Grace" } }),
    changePassword: () => shop.changePassword({ body: secrets }),
    refreshTokens: () => shop.refreshTokens({ body: { refresh_token: ID } }),
    requestPasswordReset: () => shop.requestPasswordReset({ body: { email } }),
    resetPassword: () => shop.resetPassword({ body: { token: ID, newPassword: PASSWORD } }),
    requestEmailVerification: () => shop.requestEmailVerification(),
    confirmEmail: () => shop.confirmEmail({ body: { token: ID } }),
    listSessions: () => shop.listSessions(),
    endSession: () => shop.endSession({ params: { sessionId: ID } }),
    endAllSessions: () => shop.endAllSessions(),
    revokeToken: () => shop.revokeToken({ body: { token: ID } }),
    logOut: () => shop.logOut({ body: { refresh_token: ID } }),
    listUsers: () => shop.listUsers(),
    replaceUserRoles: () => shop.replaceUserRoles({ params: { userId: ID }, body: { version: 1, roles: ["admin"] } }),
    listAuditEvents: () => shop.listAuditEvents(),
    listProductAuditEvents: () => shop.listProductAuditEvents(),
    listOrderAuditEvents: () => shop.listOrderAuditEvents(),
    listProducts: () => shop.listProducts(),
    createProduct: () => shop.createProduct({ body: PRODUCT }),
    getProduct: () => shop.getProduct({ params: productId }),
    replaceProduct: () => shop.replaceProduct({ params: productId, body: replacement }),
    updateProduct: () => shop.updateProduct({ params: productId, body: { version: 1, name } }),
    deleteProduct: () => shop.deleteProduct({ params: productId }),
    getProductStock: () => shop.getProductStock({ params: productId }),
    adjustProductStock: () => shop.adjustProductStock({ params: productId, body: { delta: 1, reason: "received" } }),
    applyStockCommands: () => service.applyStockCommands({ body: { commands: [command] } }),
    auditStock: () => service.auditStock({ body: {} }),
    listOrders: () => shop.listOrders(),
    createOrder: () => shop.createOrder({ body: contents }),
    getOrder: () => shop.getOrder({ params: orderId }),
    replaceOrder: () => shop.replaceOrder({ params: orderId, body: { version: 1, ...contents } }),
    deleteOrder: () => shop.deleteOrder({ params: orderId }),
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await Bun.sleep(100);
}
