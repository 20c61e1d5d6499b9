import { AUDITED_HOLDS_MAX, type AuditRange, type StockBooks } from "./mod.ts";
import { toEntry, toInventory } from "./mongo_documents.ts";
import type { Scope } from "./mongo_stock.ts";

/** Within a transaction, so that everything is as of one moment. */
export async function auditInTransaction(scope: Scope, range: AuditRange): Promise<StockBooks[]> {
  const { collections, session } = scope;
  const { productIds, afterProductId, limit } = range;
  const filter = {
    ...((productIds ?? afterProductId) !== undefined && {
      _id: {
        ...(productIds && { $in: [...productIds] }),
        ...(afterProductId !== undefined && { $gt: afterProductId }),
      },
    }),
  };
  const inventories = await collections.inventories
    .find(filter, { session, sort: { _id: 1 }, limit, hint: "_id_" })
    .toArray();
  const adjusted = await sumAdjustments(
    scope,
    inventories.map(({ _id }) => _id),
  );
  const books: StockBooks[] = [];
  for (const document of inventories) {
    const { productId, available, reserved, sold, sequence } = toInventory(document);
    const held = await readHeld(scope, productId);
    books.push({ productId, available, reserved, sold, sequence, adjusted: adjusted.get(productId) ?? 0, held });
  }
  return books;
}

async function sumAdjustments({ collections, session }: Scope, ids: string[]): Promise<Map<string, number>> {
  const sums = await collections.adjustments
    .aggregate<{ _id: string; sum: number }>(
      [{ $match: { productId: { $in: ids } } }, { $group: { _id: "$productId", sum: { $sum: "$delta" } } }],
      { session },
    )
    .toArray();
  return new Map(sums.map(({ _id, sum }) => [_id, sum]));
}

async function readHeld({ collections, session }: Scope, productId: string): Promise<StockBooks["held"]> {
  // "0" comes right after the "/" that ends the product in an entry's key.
  const filter = { _id: { $gte: `${productId}/`, $lt: `${productId}0` }, state: "held" as const };
  const options = { session, sort: { _id: 1 as const }, limit: AUDITED_HOLDS_MAX };
  const entries = await collections.entries.find(filter, options).toArray();
  return entries.map(toEntry).map(({ orderId, revision, quantity, notAfter }) => {
    return { orderId, revision, quantity, notAfter };
  });
}
