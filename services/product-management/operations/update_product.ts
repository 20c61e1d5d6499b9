import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import { formatEtag } from "#platform/etag.ts";
import type { Dependencies } from "../dependencies.ts";
import { editProduct } from "../edit.ts";
import { merged } from "../product.ts";

/** Changes some fields of a product, if the caller has seen its latest version. */
export function updateProduct(dependencies: Dependencies): Handler<"updateProduct"> {
  return async ({ params, headers, body, caller, context }) => {
    const seen = { ifMatch: headers["if-match"], version: body.version };
    const deed = { action: "product-edited", target: { kind: "product", id: params.productId } } as const;
    const event = auditEvent(dependencies.newId(), { caller, context }, deed);
    const subject = { id: params.productId, caller, seen, event };
    const product = await editProduct(dependencies, subject, (before) => merged(before, body));
    return { status: 200, headers: { etag: formatEtag(product.version) }, body: product };
  };
}
