/** What the tests begin with. Everything is made anew and touched by its own test only, so any deployment will do. */
import { randomUUID } from "node:crypto";
import { test as base } from "@playwright/test";
import type { Call as ContractCall, Schema } from "#contract";
import { Api, type Caller } from "./api.ts";
import { readDeployment } from "./deployment.ts";

/** An account with its password. */
export interface Account extends Caller {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

export type ProductFields = ContractCall<"createProduct">["body"];

interface TestFixtures {
  /** A deployment's admin. Skips the test where the run has none. */
  readonly admin: Caller;
  /** A service that may write stock. Skips the test where the run has none. */
  readonly service: Caller;
  readonly recorded: undefined;
}

interface WorkerFixtures {
  readonly api: Api;
  /** Three accounts that many tests share. A test that lists what is somebody's own takes `anAccount`. */
  readonly seller: Account;
  readonly customer: Account;
  readonly stranger: Account;
  readonly operators: { readonly admin: Caller | undefined; readonly service: Caller | undefined };
}

/** How long before its end a token is renewed. */
const RENEW_BEFORE_MS = 60_000;

export const SIGHTINGS = "sightings";

export const test = base.extend<TestFixtures, WorkerFixtures>({
  api: [
    async ({ playwright }, use) => {
      const request = await playwright.request.newContext();
      await use(new Api(request, readDeployment(process.env).baseUrls));
      await request.dispose();
    },
    { scope: "worker" },
  ],
  seller: [async ({ api }, use) => use(await anAccount(api)), { scope: "worker" }],
  customer: [async ({ api }, use) => use(await anAccount(api)), { scope: "worker" }],
  stranger: [async ({ api }, use) => use(await anAccount(api)), { scope: "worker" }],
  operators: [
    async ({ api }, use) => {
      const { admin, client } = readDeployment(process.env);
      await use({
        admin: admin && { token: renewed(() => logIn(api, { email: admin.name, password: admin.secret })) },
        service: client && { token: renewed(() => issueServiceToken(api, client.name, client.secret)) },
      });
    },
    { scope: "worker" },
  ],
  admin: async ({ operators: { admin } }, use) => {
    test.skip(admin === undefined, "needs TRADEPOST_ADMIN");
    await use(admin!); // skip() ends the test where there is none
  },
  service: async ({ operators: { service } }, use) => {
    test.skip(service === undefined, "needs TRADEPOST_CLIENT");
    await use(service!); // skip() ends the test where there is none
  },
  recorded: [
    async ({ api }, use, testInfo) => {
      await use(undefined);
      await testInfo.attach(SIGHTINGS, { body: JSON.stringify(api.takeSightings()), contentType: "application/json" });
    },
    { auto: true },
  ],
});

export { expect } from "@playwright/test";

/** What registers an account that nobody has. */
export function aRegistration(): { email: string; password: string; displayName: string } {
  return {
    email: `conformance-${randomUUID()}@example.com`,
    password: `pass ${randomUUID()}`,
    displayName: "Grace Hopper",
  };
}

/** Registers an account that nobody else uses. */
export async function anAccount(api: Api): Promise<Account> {
  const registration = aRegistration();
  const { body: user } = await api.answers(201, "registerUser", { body: registration });
  const { email, password } = registration;
  return { id: user.id, email, password, token: renewed(() => logIn(api, { email, password })) };
}

/** Signs in. */
export async function logIn(api: Api, { email, password }: Schema<"Credentials">): Promise<Schema<"Tokens">> {
  return (await api.answers(200, "logIn", { body: { email, password } })).body;
}

/** What creates a product that nobody has: a sku of its own, ten units. */
export function productFields(fields: Partial<ProductFields> = {}): ProductFields {
  return {
    sku: `TEST-${randomUUID()}`,
    name: "Desk lamp",
    description: "A lamp for a desk, with a warm light.",
    price: { amount: 4900, currency: "USD" },
    tags: ["lighting"],
    stock: 10,
    ...fields,
  };
}

/** Creates a product; with no fields given, an active one with ten units for 49.00 USD. */
export async function aProduct(
  api: Api,
  seller: Caller,
  fields: Partial<ProductFields> = {},
): Promise<Schema<"Product">> {
  return (await api.answers(201, "createProduct", { as: seller, body: productFields(fields) })).body;
}

/** All that a replacement of a product carries. */
export function replacementOf(product: Schema<"Product">): Schema<"ProductReplacement"> {
  const { version, sku, name, description, price, status, tags } = product;
  return { version, sku, name, description, price, status, tags };
}

export const ADDRESS: Schema<"ShippingAddress"> = {
  name: "Grace Hopper",
  line1: "1 Navy Yard",
  city: "Washington",
  postalCode: "20374",
  country: "US",
};

/** A product and how many units of it. */
export type Line = readonly [product: { readonly id: string }, quantity: number];

/** What orders units of products. */
export function orderOf(...lines: readonly Line[]): Schema<"OrderCreation"> {
  return { items: lines.map(([{ id }, quantity]) => ({ productId: id, quantity })), shippingAddress: ADDRESS };
}

/** Places an order that is confirmed. */
export async function anOrder(api: Api, customer: Caller, ...lines: readonly Line[]): Promise<Schema<"Order">> {
  return (await api.answers(201, "createOrder", { as: customer, body: orderOf(...lines) })).body;
}

/** The counts of a product's stock now. */
export async function stockOf(api: Api, { id }: { id: string }): Promise<Schema<"Stock">> {
  return (await api.answers(200, "getProductStock", { params: { productId: id } })).body;
}

/** A word that no other product has, to search for. */
export function aWord(): string {
  return `w${randomUUID().replaceAll("-", "")}`;
}

/** Gives a token again until shortly before its end; callers that ask at once wait for the same one. */
function renewed(get: () => Promise<{ access_token: string; expires_in: number }>): () => Promise<string> {
  let token: Promise<string> | undefined;
  let renewAtMs = 0;
  const renew = async (): Promise<string> => {
    renewAtMs = Number.POSITIVE_INFINITY;
    const { access_token, expires_in } = await get();
    renewAtMs = Date.now() + expires_in * 1000 - RENEW_BEFORE_MS;
    return access_token;
  };
  return () => {
    if (token === undefined || Date.now() > renewAtMs) token = renew();
    return token;
  };
}

async function issueServiceToken(api: Api, id: string, secret: string): Promise<Schema<"ServiceToken">> {
  const body = { grant_type: "client_credentials", client_id: id, client_secret: secret, scope: "stock:write" };
  return (await api.answers(200, "issueServiceToken", { body })).body;
}
