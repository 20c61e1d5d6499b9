/** The people and the products of a load. */
import { ApiError, type Client, createClient } from "#sdk";
import type { Login, Stack } from "../stack.ts";
import { StackError } from "../stack_error.ts";
import type { Recorder } from "./recorder.ts";

/** Somebody who is signed in. */
export interface Person {
  /** Of their account. */
  readonly id: string;
  /** Sends everything once: what is sent again, and when, is the driver's to choose and to write down. */
  readonly client: Client;
}

/** The products, by what happens to them. */
export interface Shelf {
  /** Sold by everybody, edited by one. */
  readonly hot: string;
  /** Edited by two at once. */
  readonly contested: string;
  /** Never enough of it. */
  readonly scarce: string;
  /** Now for sale, now not. */
  readonly fickle: string;
  /** Priced in another currency. */
  readonly foreign: string;
  readonly plain: string;
}

/** A shop that is open. */
export interface Shop {
  readonly seller: Person;
  readonly admin: Person;
  readonly customers: readonly Person[];
  readonly shelf: Shelf;
}

/** Accounts that outlive a shop. */
export interface Accounts {
  readonly admin: Login;
  readonly seller: Login;
  readonly customers: readonly Login[];
}

/** An attempt of the driver; shorter than what a frozen engine makes a service wait. */
const TIMEOUT_MS = 6_000;
const CUSTOMERS = 3;
/** To put a product on the shelf: what went wrong before may still be felt. */
const ATTEMPTS = 5;
const PASSWORD = `everybody ${crypto.randomUUID()}`;

const STOCK: Readonly<Record<keyof Shelf, number>> = {
  hot: 100_000,
  contested: 500,
  scarce: 12,
  fickle: 500,
  foreign: 500,
  plain: 500,
};

/** Makes the accounts, or finds them. */
export async function openAccounts({ origins, admin }: Pick<Stack, "origins" | "admin">): Promise<Accounts> {
  const guest = createClient({ baseUrl: origins });
  const logins = ["seller", ...Array.from({ length: CUSTOMERS }, (_, index) => `customer-${index}`)].map((name) => ({
    email: `${name}@load.example.com`,
    password: PASSWORD,
  }));
  for (const login of logins) {
    await guest.registerUser({ body: { ...login, displayName: "Somebody" } }).catch(unlessTaken);
  }
  const [seller = admin, ...customers] = logins;
  return { admin, seller, customers };
}

/** Signs everybody in and fills the shelf with new products. */
export async function openShop(stack: Pick<Stack, "origins">, accounts: Accounts, recorder: Recorder): Promise<Shop> {
  const [admin, seller, ...customers] = await Promise.all(
    [accounts.admin, accounts.seller, ...accounts.customers].map((login) => signIn(stack, login)),
  );
  if (!admin || !seller) throw new Error("Two accounts are always signed in");
  const put = async (name: keyof Shelf): Promise<[name: keyof Shelf, productId: string]> => {
    const currency = name === "foreign" ? "EUR" : "USD";
    for (let attempt = 1; ; attempt++) {
      const input = { sku: `${name}-${crypto.randomUUID()}`, value: `${name} 1`, stock: STOCK[name] };
      const result = await recorder.record({ client: "shop", kind: "create product", input }, async () => {
        const { sku, value, stock } = input;
        const price = { amount: 1_999, currency };
        const { body } = await seller.client.createProduct({ body: { sku, name: value, price, stock } });
        return { productId: body.id, version: body.version };
      });
      if (result.outcome === "ok") return [name, result.answer.productId];
      if (attempt === ATTEMPTS) throw new StackError(`the shop cannot open: ${result.refusal.code}`);
    }
  };
  const names = Object.keys(STOCK) as (keyof Shelf)[]; // the record has exactly these
  const shelf = Object.fromEntries(await Promise.all(names.map(put)));
  return { admin, seller, customers, shelf: shelf as unknown as Shelf }; // one product for each name
}

/** Signs somebody in. */
export async function signIn({ origins }: Pick<Stack, "origins">, login: Login): Promise<Person> {
  const guest = createClient({ baseUrl: origins });
  const { body: tokens } = await guest.logIn({ body: login });
  const client = clientOf(origins, tokens.access_token);
  const { body: profile } = await client.getProfile();
  return { id: profile.id, client };
}

/** A client that sends each request once. */
export function clientOf(origins: Stack["origins"], token: string): Client {
  return createClient({ baseUrl: origins, token, timeoutMs: TIMEOUT_MS, retry: { attempts: 1 } });
}

function unlessTaken(error: unknown): void {
  if (!(error instanceof ApiError && error.status === 409)) throw error;
}
