/** Somebody who sells and buys, and products with more units than a run can sell. */
import { createClient } from "#sdk";
import type { Stack } from "../stack.ts";

/** A shop for a bench. */
export interface Shop {
  /** The access token of the account. */
  readonly token: string;
  /** Products by their ids: one that everybody wants, and others. */
  readonly hot: string;
  readonly cold: readonly string[];
}

/** What is sold: about a kilobyte of it. */
export const PRODUCT = {
  sku: "LAMP-1",
  name: "Desk lamp",
  description: "A lamp for a desk, with a warm light. ".repeat(22),
  price: { amount: 4900, currency: "USD" },
  tags: ["lighting", "office"],
  stock: 50,
};

const ADDRESS = { name: "Ada", line1: "1 Main Street", city: "London", postalCode: "N1", country: "GB" };
const COLD = 50;
const UNITS = 1_000_000;

/** Opens a shop in a stack that is empty. */
export async function openShop({ origins }: Pick<Stack, "origins">): Promise<Shop> {
  const account = { email: "bench@example.com", password: "a passphrase for the bench" };
  const guest = createClient({ baseUrl: origins });
  await guest.registerUser({ body: { ...account, displayName: "Bench" } });
  const { body: tokens } = await guest.logIn({ body: account });
  const seller = createClient({ baseUrl: origins, token: tokens.access_token });
  const put = async (sku: string): Promise<string> => {
    return (await seller.createProduct({ body: { ...PRODUCT, sku, stock: UNITS } })).body.id;
  };
  const hot = await put("HOT-1");
  const cold = await Promise.all(Array.from({ length: COLD }, (_, index) => put(`COLD-${index}`)));
  return { token: tokens.access_token, hot, cold };
}

/** The body of an order of one unit. */
export function orderOf(productId: string): string {
  return JSON.stringify({ items: [{ productId, quantity: 1 }], shippingAddress: ADDRESS });
}

/** The request that places an order, with a key of its own. */
export function placing({ token }: Pick<Shop, "token">, productId: string): RequestInit {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  return { method: "POST", headers: { ...headers, "idempotency-key": crypto.randomUUID() }, body: orderOf(productId) };
}
