/** A shop as it looks after a while, made through the API as anyone would, the same each time for the same size. */
import { ApiError, type Call, type Client, createClient } from "#sdk";
import { createRandom, type Random } from "./history/random.ts";
import type { Login, Stack } from "./stack.ts";

/** Whose shop it is. */
export type Shop = Pick<Stack, "origins" | "admin" | "seller">;

/** What is told while it is made. */
export interface DemoOptions {
  /** Orders; customers and products are as many as fit. */
  readonly orders: number;
  readonly onProgress: (done: number, total: number) => void;
  /** Breaks it off; what is there stays. */
  readonly signal?: AbortSignal;
}

const CUSTOMERS_MAX = 40;
const PRODUCTS_MAX = 300;
/** Requests at once. */
const LANES = 4;
const ITEMS_MAX = 4;
const STOCK = { min: 20, more: 400 };
const FIRST_NAMES = ["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Radia", "Tony", "Frances", "Ken"];
const LAST_NAMES = [
  "Lovelace",
  "Hopper",
  "Turing",
  "Dijkstra",
  "Liskov",
  "Knuth",
  "Perlman",
  "Hoare",
  "Allen",
  "Thompson",
];
const STREETS = ["Main Street", "St James's Square", "Harbour Road", "Mill Lane", "Station Road", "Castle Street"];
const CITIES = [
  { city: "London", postalCode: "SW1Y 4LB", country: "GB" },
  { city: "Arlington", postalCode: "22201", country: "US" },
  { city: "Nuenen", postalCode: "5671", country: "NL" },
  { city: "Vienna", postalCode: "1010", country: "AT" },
];
const LOOKS = ["Oak", "Linen", "Brass", "Felt", "Glass", "Cork", "Slate", "Wool", "Copper", "Birch"];
const THINGS = [
  { name: "desk lamp", tags: ["light", "office"], amount: 4_900 },
  { name: "shelf", tags: ["furniture"], amount: 12_900 },
  { name: "mug", tags: ["kitchen"], amount: 1_250 },
  { name: "notebook", tags: ["office", "paper"], amount: 1_990 },
  { name: "cushion", tags: ["living"], amount: 2_450 },
  { name: "vase", tags: ["living", "art"], amount: 3_900 },
  { name: "tray", tags: ["kitchen"], amount: 1_790 },
  { name: "clock", tags: ["office", "living"], amount: 5_400 },
];

/** Makes customers, products and orders; the customers and products of an earlier run are found again, and orders come on top. */
export async function makeDemoData(shop: Shop, { orders, onProgress, signal }: DemoOptions): Promise<void> {
  const random = createRandom(orders);
  const customers = Array.from({ length: Math.min(CUSTOMERS_MAX, Math.ceil(orders / 4)) }, (_, index) => index);
  const products = Array.from({ length: Math.min(PRODUCTS_MAX, Math.ceil(orders / 2) + 5) }, (_, index) => index);
  const total = customers.length + products.length + orders;
  let done = 0;
  const each = async <Item, Result>(
    items: readonly Item[],
    work: (item: Item) => Promise<Result>,
  ): Promise<Result[]> => {
    const results: Result[] = [];
    const queue = items.entries();
    const lane = async (): Promise<void> => {
      for (const [index, item] of queue) {
        signal?.throwIfAborted();
        results[index] = await work(item);
        onProgress(++done, total);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return results;
  };
  onProgress(0, total);
  const [seller, admin] = await Promise.all([signIn(shop, shop.seller), signIn(shop, shop.admin)]);
  const buyers = await each(customers, (index) => makeCustomer(shop, index));
  const plans = products.map((index) => planProduct(index, random.fork(`product ${index}`)));
  const ids = (await each(plans, (plan) => makeProduct(seller, plan))).filter((id) => id !== undefined);
  await each(
    Array.from({ length: orders }, (_, index) => random.fork(`order ${index}`)),
    async (chance) => placeOrder(chance, { buyer: chance.pick(buyers), admin, ids }),
  );
}

/** Signs in, and again whenever a token has expired: many orders take longer than one lives. */
async function signIn({ origins }: Shop, login: Login): Promise<Client> {
  const visitor = createClient({ baseUrl: origins });
  const renew = async (): Promise<string> => (await visitor.logIn({ body: login })).body.access_token;
  let token = await renew();
  const current = async (refused?: string): Promise<string> => {
    if (refused === token) token = await renew();
    return token;
  };
  return createClient({ baseUrl: origins, token: current });
}

/** All demo customers have the seller's password. */
async function makeCustomer(shop: Shop, index: number): Promise<Client> {
  const first = FIRST_NAMES[index % FIRST_NAMES.length];
  const last = LAST_NAMES[Math.floor(index / FIRST_NAMES.length + index) % LAST_NAMES.length];
  const email = `${first}.${last}.${index + 1}@example.com`.toLowerCase();
  const login = { email, password: shop.seller.password };
  const visitor = createClient({ baseUrl: shop.origins });
  await visitor.registerUser({ body: { ...login, displayName: `${first} ${last}` } }).catch(unlessThere);
  return signIn(shop, login);
}

type ProductInput = Call<"createProduct">["body"];

function planProduct(index: number, random: Random): ProductInput {
  const thing = THINGS[index % THINGS.length]!; // the remainder is an index of it
  const look = LOOKS[Math.floor(index / THINGS.length) % LOOKS.length];
  const series = Math.floor(index / (THINGS.length * LOOKS.length));
  return {
    sku: `DEMO-${String(index + 1).padStart(4, "0")}`,
    name: `${look} ${thing.name}${series > 0 ? `, series ${series + 1}` : ""}`,
    description: `Made of ${look?.toLowerCase()} in a small workshop.`,
    price: { amount: thing.amount + 50 * random.below(40), currency: "USD" },
    tags: thing.tags,
    status: random.chance(0.05) ? "draft" : "active",
    stock: STOCK.min + random.below(STOCK.more),
  };
}

/** Its id; undefined if it is not for sale. */
async function makeProduct(seller: Client, body: ProductInput): Promise<string | undefined> {
  const made = await seller.createProduct({ body }).catch(unlessThere);
  const find = async () => (await seller.listProducts({ query: { q: body.sku } })).body.items;
  const product = made?.body ?? (await find()).find(({ sku }) => sku === body.sku);
  return product?.status === "active" ? product.id : undefined;
}

interface Purchase {
  readonly buyer: Client;
  readonly admin: Client;
  readonly ids: readonly string[];
}

/** Most orders are fulfilled, some are waiting, a few were cancelled; some products are sold out by then. */
async function placeOrder(random: Random, { buyer, admin, ids }: Purchase): Promise<void> {
  const chosen = new Set(Array.from({ length: 1 + random.below(ITEMS_MAX) }, () => random.pick(ids)));
  const items = [...chosen].map((productId) => ({ productId, quantity: 1 + random.below(3) }));
  const name = `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`;
  const line1 = `${1 + random.below(90)} ${random.pick(STREETS)}`;
  const shippingAddress = { name, line1, ...random.pick(CITIES) };
  const placed = await buyer.createOrder({ body: { items, shippingAddress } }).catch(unlessThere);
  if (placed?.body.status !== "confirmed") return;
  const { id: orderId, version } = placed.body;
  const move = (client: Client, status: "fulfilled" | "cancelled") =>
    client.replaceOrder({ params: { orderId }, body: { version, status } });
  const fate = random.next();
  if (fate < 0.6) await move(admin, "fulfilled");
  else if (fate < 0.7) await move(buyer, "cancelled");
}

/** It is there already, or sold out. */
function unlessThere(error: unknown): undefined {
  if (!(error instanceof ApiError && error.status === 409)) throw error;
}
