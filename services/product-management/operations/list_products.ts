import type { Handler } from "#contract";
import { decodeCursor, toPage } from "#platform/cursor.ts";
import type { Dependencies } from "../dependencies.ts";
import { isPositionIn, listingFor, positionOf } from "../product_listing.ts";
import { withStock } from "../with_stock.ts";

/** Searches and lists the products that the caller may see. */
export function listProducts({ products }: Pick<Dependencies, "products">): Handler<"listProducts"> {
  return async ({ query, caller }) => {
    const { limit, sort } = query;
    const listing = listingFor(query, caller);
    const after = decodeCursor(query, isPositionIn(sort));
    const found = listing ? await products.list(listing, { limit: limit + 1, after }) : [];
    const page = toPage({ path: "/products", query, found, positionOf: (product) => positionOf(product, sort) });
    if (query.expand === undefined) return { status: 200, ...page };
    return { status: 200, ...page, body: { ...page.body, items: await withStock(products, page.body.items) } };
  };
}
