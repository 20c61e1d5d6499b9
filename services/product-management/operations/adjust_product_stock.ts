import type { Handler, Input, Schema } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import { idempotently } from "#platform/idempotency.ts";
import type { Dependencies } from "../dependencies.ts";
import { editable, productNotFound, type Stock } from "../product.ts";
import type { Adjustment } from "../store/mod.ts";

/** Adds or removes units of a product, once for each key. */
export function adjustProductStock({ products, newId, now }: Dependencies): Handler<"adjustProductStock"> {
  return ({ params, headers, body, caller, context }) => {
    const key = headers["idempotency-key"];
    const request = { operationId: "adjustProductStock", key, caller, params, body } as const;
    return idempotently({ store: products.idempotency, request }, async (recordOf) => {
      const { id: productId } = editable(await products.find(params.productId), caller);
      const details = { delta: String(body.delta), reason: body.reason };
      const deed = { action: "stock-adjusted", target: { kind: "product", id: productId }, details } as const;
      const event = auditEvent(newId(), { caller, context }, deed);
      const adjustment = { id: newId(), productId, ...body, adjustedBy: caller.id, createdAt: now(), event };
      const stock = await products.adjust(adjustment, (after) => recordOf(replyOf(adjustment, after)));
      if (!stock) throw productNotFound(); // deleted since it was read
      return replyOf(adjustment, stock);
    });
  };
}

function replyOf(
  { id, productId, delta, reason, note, createdAt }: Adjustment & Input<"adjustProductStock">["body"],
  stock: Stock,
): { status: 201; body: Schema<"StockAdjustment"> } {
  const body = { id, productId, delta, reason, createdAt: createdAt.toISOString(), stock };
  return { status: 201, body: note === undefined ? body : { ...body, note } };
}
