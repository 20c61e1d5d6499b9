import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import type { Dependencies } from "../dependencies.ts";
import { checkSeen, editable } from "../product.ts";

/** Deletes a product; with `If-Match`, only the version that the caller has seen. */
export function deleteProduct({ products, newId }: Pick<Dependencies, "products" | "newId">): Handler<"deleteProduct"> {
  return async ({ params, headers, caller, context }) => {
    const deed = { action: "product-deleted", target: { kind: "product", id: params.productId } } as const;
    const event = auditEvent(newId(), { caller, context }, deed);
    const ifMatch = headers["if-match"];
    for (;;) {
      const product = editable(await products.find(params.productId), caller);
      checkSeen(product, { ifMatch });
      const version = ifMatch === undefined ? undefined : product.version;
      if (await products.delete(product.id, { version, event })) return { status: 204 };
      // Edited or deleted since it was read: the next round says which.
    }
  };
}
