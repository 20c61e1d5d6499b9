import type { Handler } from "#contract";
import { Problem } from "#platform/problem.ts";
import type { Dependencies } from "../dependencies.ts";
import { readable } from "../product.ts";

/** Reads the counts of a product that the caller may see. */
export function getProductStock({ products }: Pick<Dependencies, "products">): Handler<"getProductStock"> {
  return async ({ params, caller }) => {
    const { id } = readable(await products.find(params.productId), caller);
    const stock = (await products.stocks([id])).get(id);
    if (!stock) throw new Problem("not-found", "There is no such product"); // deleted since it was read
    return { status: 200, headers: { "cache-control": "no-store" }, body: stock };
  };
}
