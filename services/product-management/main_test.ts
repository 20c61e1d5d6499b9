import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createClient } from "#sdk";
import { mainsIn } from "../_stack/main_fixture.ts";
import { freePort } from "../_stack/ports.ts";
import { createMongoDatabase, createPostgresDatabase, describeWithMongo, type TestDatabase } from "../_stack/setup.ts";
import { createTestIssuer, type TestIssuer } from "../_stack/test_issuer.ts";

setDefaultTimeout(60_000);

const mains = mainsIn(import.meta.dir);
let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await createTestIssuer();
});
afterEach(() => mains.killAll());
afterAll(() => issuer.stop());

const settings = () => ({ ISSUER: issuer.issuer, JWKS_URL: issuer.jwksUrl });
const start = (environment: Record<string, string>) => mains.start({ ...settings(), ...environment });
const startReady = (environment: Record<string, string>) => mains.startReady({ ...settings(), ...environment });

function testProcess(createDatabase: () => Promise<TestDatabase>): void {
  test("serves, ends cleanly, and knows its products and their stock after a restart", async () => {
    const { url } = await createDatabase();
    const first = await startReady({ STORE_URL: url });
    const seller = createClient({ baseUrl: first.baseUrl, token: await issuer.userToken() });
    const orders = createClient({ baseUrl: first.baseUrl, token: await issuer.serviceToken() });
    const body = { sku: "LAMP-1", name: "Desk lamp", price: { amount: 4900, currency: "USD" }, stock: 5 };
    const { body: lamp } = await seller.createProduct({ body });
    const order = { orderId: Bun.randomUUIDv7(), revision: 1, productId: lamp.id, quantity: 2 };
    const notAfter = new Date(Date.now() + 60_000).toISOString();
    const reserve = { command: "reserve", ...order, notAfter } as const;
    const { body: answer } = await orders.applyStockCommands({ body: { commands: [reserve] } });
    expect(answer.results).toMatchObject([{ outcome: "done" }]);
    first.child.kill("SIGTERM");
    expect(await first.child.exited).toBe(0);

    const second = await startReady({ STORE_URL: url, GROUP_COMMIT: "false" });
    const visitor = createClient({ baseUrl: second.baseUrl });
    const { body: found } = await visitor.listProducts({ query: { q: "lamp", expand: "stock" } });
    const stock = { productId: lamp.id, available: 3, reserved: 2, sold: 0, sequence: 2 };
    expect(found.items).toEqual([{ ...lamp, stock }]);
    const again = createClient({ baseUrl: second.baseUrl, token: await issuer.serviceToken() });
    const { body: repeated } = await again.applyStockCommands({ body: { commands: [reserve] } });
    expect(repeated).toEqual(answer);
  });
}

describe("the process on Postgres", () => testProcess(createPostgresDatabase));
describeWithMongo("the process on MongoDB", () => testProcess(createMongoDatabase));

test("a start that can't succeed is one line and exit 1", async () => {
  const port = await freePort();
  const attempts: Record<string, string>[] = [{}, { STORE_URL: `postgres://127.0.0.1:${port}/none` }];
  for (const environment of attempts) {
    const child = start(environment);
    expect(await child.exited).toBe(1);
    const lines = (await new Response(child.stderr).text()).trim().split("\n");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toStartWith("Cannot start: ");
  }
});
