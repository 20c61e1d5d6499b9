import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import { formatEtag } from "#platform/etag.ts";
import { idempotently } from "#platform/idempotency.ts";
import type { Dependencies } from "../dependencies.ts";
import { newProduct } from "../product.ts";

/** Creates a product of the caller's, once for each key. */
export function createProduct({ products, newId, now }: Dependencies): Handler<"createProduct"> {
  return ({ headers, body, caller, context }) => {
    const request = { operationId: "createProduct", key: headers["idempotency-key"], caller, body } as const;
    return idempotently({ store: products.idempotency, request }, async (recordOf) => {
      const product = newProduct(body, { id: newId(), ownerId: caller.id, now: now() });
      const location = `/products/${product.id}`;
      const reply = { status: 201, headers: { location, etag: formatEtag(product.version) }, body: product } as const;
      const deed = { action: "product-created", target: { kind: "product", id: product.id } } as const;
      const event = auditEvent(newId(), { caller, context }, deed);
      await products.insert(product, { stock: body.stock, adjustmentId: newId(), record: recordOf(reply), event });
      return reply;
    });
  };
}
