import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ApiError, type Call, createClient } from "#sdk";
import type { Stack } from "./stack.ts";

type Product = Call<"createProduct">["body"];

/** What a first visitor can look at and buy. */
const PRODUCTS: readonly Product[] = [
  {
    sku: "LAMP-1",
    name: "Desk lamp",
    description: "Warm light, dimmable, with a weighted foot.",
    price: { amount: 4_900, currency: "USD" },
    tags: ["light", "office"],
    stock: 25,
  },
  {
    sku: "CHAIR-1",
    name: "Office chair",
    description: "Five castors, adjustable back and arms.",
    price: { amount: 18_900, currency: "USD" },
    tags: ["furniture", "office"],
    stock: 10,
  },
  {
    sku: "MUG-1",
    name: "Enamel mug",
    description: "Holds 350 ml; survives being dropped.",
    price: { amount: 1_250, currency: "USD" },
    tags: ["kitchen"],
    stock: 200,
  },
  {
    sku: "NOTEBOOK-1",
    name: "Dotted notebook",
    description: "160 pages that lie flat.",
    price: { amount: 1_990, currency: "USD" },
    tags: ["office", "paper"],
    stock: 120,
  },
  {
    sku: "POSTER-1",
    name: "Harbour poster",
    description: "Signed print, the last of its kind.",
    price: { amount: 7_500, currency: "USD" },
    tags: ["art", "paper"],
    stock: 1,
  },
];

/**
 * On the first start of a data folder: makes the demo seller and lists some products, through the API as anyone would.
 * What is there already is left as it is: an interrupted attempt's, or another data folder's on the same MongoDB.
 *
 * @returns Whether the seller can sign in and the products are new.
 */
export async function seedStack({ origins, seller, mongo }: Stack, dataFolder: string): Promise<boolean> {
  const mark = join(dataFolder, mongo === undefined ? "seeded-postgres" : "seeded-mongo");
  if (existsSync(mark)) return false;
  const visitor = createClient({ baseUrl: origins });
  await unless(409, visitor.registerUser({ body: { ...seller, displayName: "Demo seller" } }));
  const signedIn = await unless(401, visitor.logIn({ body: seller }));
  if (signedIn !== undefined) {
    const shop = createClient({ baseUrl: origins, token: signedIn.body.access_token });
    await Promise.all(PRODUCTS.map((body) => unless(409, shop.createProduct({ body }))));
  }
  writeFileSync(mark, `${new Date().toISOString()}\n`);
  return signedIn !== undefined;
}

/** The answer of a call; undefined if it was refused with this status. */
async function unless<Answer>(status: number, call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && error.status === status) return undefined;
    throw error;
  }
}
