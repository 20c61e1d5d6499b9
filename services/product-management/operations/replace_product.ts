import type { Handler } from "#contract";
import { formatEtag } from "#platform/etag.ts";
import type { Dependencies } from "../dependencies.ts";
import { editProduct } from "../edit.ts";

/** Replaces a product, if the caller has seen its latest version. */
export function replaceProduct(dependencies: Dependencies): Handler<"replaceProduct"> {
  return async ({ params, headers, body, caller }) => {
    const seen = { ifMatch: headers["if-match"], version: body.version };
    const product = await editProduct(dependencies, { id: params.productId, caller, seen }, () => body);
    return { status: 200, headers: { etag: formatEtag(product.version) }, body: product };
  };
}
