import type { Handler } from "#contract";
import { formatEtag, isNotModified } from "#platform/etag.ts";
import type { Dependencies } from "../dependencies.ts";
import { readable } from "../product.ts";
import { findWithStock } from "../with_stock.ts";

/** Reads a product that the caller may see. */
export function getProduct({ products }: Pick<Dependencies, "products">): Handler<"getProduct"> {
  return async ({ params, query, headers, caller }) => {
    if (query.expand !== undefined) {
      const expanded = readable(await findWithStock(products, params.productId), caller);
      return { status: 200, headers: { "cache-control": "no-store" }, body: expanded };
    }
    const product = readable(await products.find(params.productId), caller);
    const isPublic = product.status === "active";
    const cached = {
      etag: formatEtag(product.version),
      "cache-control": isPublic ? "no-cache" : "private, no-cache",
    } as const;
    if (isNotModified(headers["if-none-match"], product.version)) return { status: 304, headers: cached };
    return { status: 200, headers: cached, body: product };
  };
}
