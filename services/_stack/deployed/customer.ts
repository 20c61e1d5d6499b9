import { deepStrictEqual } from "node:assert";
import { randomUUID } from "node:crypto";
import { createClient, type Schema } from "#sdk";
import { StackError } from "../stack_error.ts";
import type { Deployed } from "./conformance.ts";
import { expectSoon } from "./expect_soon.ts";

/** Somebody who has bought something, and looks later whether it is still so. */
export interface Customer {
  /** @throws if the account, the product, its stock, the order or the keys of the tokens are not what they were. */
  findsEverything(): Promise<void>;
  /** Places one more order. */
  buys(): Promise<void>;
}

const ADDRESS = { name: "Grace Hopper", line1: "1 Main Street", city: "Arlington", postalCode: "22201", country: "US" };
const STOCK = 100;
/** What has just started on a busy machine may refuse for some seconds. */
const RETRY = { attempts: 8 };
const QUIET_WITHIN_MS = 60_000;
const POLL_MS = 500;

/** Registers, lists a product and buys two of it. */
export async function createCustomer({ origins }: Pick<Deployed, "origins">): Promise<Customer> {
  const credentials = { email: `customer-${randomUUID()}@example.com`, password: `pass ${randomUUID()}` };
  const visitor = createClient({ baseUrl: origins, retry: RETRY });
  await visitor.registerUser({ body: { ...credentials, displayName: "Grace Hopper" } });
  const token = async (): Promise<string> => (await visitor.logIn({ body: credentials })).body.access_token;
  const shop = createClient({ baseUrl: origins, token, retry: RETRY });

  const price = { amount: 4_900, currency: "USD" };
  const { body: lamp } = await shop.createProduct({ body: { sku: randomUUID(), name: "Lamp", price, stock: STOCK } });
  const orderOf = (quantity: number) => ({
    body: { items: [{ productId: lamp.id, quantity }], shippingAddress: ADDRESS },
  });
  /** A busy machine may take longer to decide than a request waits. */
  const place = async (quantity: number): Promise<Schema<"Order">> => {
    let { body: placed } = await shop.createOrder(orderOf(quantity));
    for (const deadline = performance.now() + QUIET_WITHIN_MS; placed.status === "pending"; await Bun.sleep(POLL_MS)) {
      if (performance.now() > deadline) break;
      ({ body: placed } = await shop.getOrder({ params: { orderId: placed.id } }));
    }
    if (placed.status !== "confirmed") throw new StackError(`an order is ${placed.status}`);
    return placed;
  };
  const order = await place(2);
  const { body: keys } = await visitor.getJsonWebKeySet();
  const params = { productId: lamp.id };
  let sold = 2;

  async function findsEverything(): Promise<void> {
    deepStrictEqual((await visitor.getJsonWebKeySet()).body, keys);
    deepStrictEqual((await visitor.getProduct({ params })).body, lamp);
    deepStrictEqual((await shop.getOrder({ params: { orderId: order.id } })).body, order);
    await expectSoon(async () => {
      const { body: stock } = await shop.getProductStock({ params });
      const isRight = stock.sold === sold && stock.reserved === 0 && stock.available === STOCK - sold;
      return isRight ? undefined : `${sold} are bought, but the stock is ${JSON.stringify(stock)}`;
    }, QUIET_WITHIN_MS);
  }

  async function buys(): Promise<void> {
    await place(1);
    sold += 1;
  }

  await findsEverything();
  return { findsEverything, buys };
}
