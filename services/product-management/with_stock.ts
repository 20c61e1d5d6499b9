import type { Product, Stock } from "./product.ts";
import type { ProductStore } from "./store/mod.ts";

/** A product and its counts at this moment. */
export type StockedProduct = Product & { readonly stock: Stock };

/** Reads a product with its counts. */
export async function findWithStock(
  products: Pick<ProductStore, "find" | "stocks">,
  id: string,
): Promise<StockedProduct | undefined> {
  const [product, stocks] = await Promise.all([products.find(id), products.stocks([id])]);
  return product && join([product], stocks)[0];
}

/** Adds their counts to products. */
export async function withStock(
  products: Pick<ProductStore, "stocks">,
  found: readonly Product[],
): Promise<StockedProduct[]> {
  return join(found, await products.stocks(found.map(({ id }) => id)));
}

/** A product without counts was deleted a moment ago. */
function join(found: readonly Product[], stocks: ReadonlyMap<string, Stock>): StockedProduct[] {
  return found.flatMap((product) => {
    const stock = stocks.get(product.id);
    return stock ? [{ ...product, stock }] : [];
  });
}
