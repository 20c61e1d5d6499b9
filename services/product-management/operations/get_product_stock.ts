import type { Handler } from "#contract";
import type { Dependencies } from "../dependencies.ts";
import { readable } from "../product.ts";
import { findWithStock } from "../with_stock.ts";

/** Reads the counts of a product that the caller may see. */
export function getProductStock({ products }: Pick<Dependencies, "products">): Handler<"getProductStock"> {
  return async ({ params, caller }) => {
    const { stock } = readable(await findWithStock(products, params.productId), caller);
    return { status: 200, headers: { "cache-control": "no-store" }, body: stock };
  };
}
