import type { Handler } from "#contract";
import type { Dependencies } from "../dependencies.ts";
import { checkSeen, editable } from "../product.ts";

/** Deletes a product; with `If-Match`, only the version that the caller has seen. */
export function deleteProduct({ products }: Pick<Dependencies, "products">): Handler<"deleteProduct"> {
  return async ({ params, headers, caller }) => {
    const ifMatch = headers["if-match"];
    for (;;) {
      const product = editable(await products.find(params.productId), caller);
      checkSeen(product, { ifMatch });
      const version = ifMatch === undefined ? undefined : product.version;
      if (await products.delete(product.id, version)) return { status: 204 };
      // Edited or deleted since it was read: the next round says which.
    }
  };
}
