import type { Schema } from "#contract";
import type { Product } from "./product.ts";
import type { ProductStore } from "./store/mod.ts";

/** Adds the counts of this moment to products. */
export async function withStock(
  store: Pick<ProductStore, "stocks">,
  products: readonly Product[],
): Promise<Schema<"Product">[]> {
  const stocks = await store.stocks(products.map(({ id }) => id));
  return products.map((product) => {
    const stock = stocks.get(product.id); // gone with a product that was deleted since it was read
    return stock ? { ...product, stock } : product;
  });
}
