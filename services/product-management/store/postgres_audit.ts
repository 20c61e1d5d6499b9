import type { Postgres } from "#platform/postgres.ts";
import { AUDITED_HOLDS_MAX, type AuditRange, type StockBooks } from "./mod.ts";

/** One statement, so that everything is as of one moment. */
export async function auditStock(database: Postgres, range: AuditRange): Promise<StockBooks[]> {
  const { productIds, afterProductId, limit } = range;
  const { sql } = database;
  const rows = await database.query<StockBooks>`
    SELECT i.product_id, i.available, i.reserved, i.sold, i.sequence,
      (SELECT coalesce(sum(a.delta), 0)::bigint FROM stock_adjustments a WHERE a.product_id = i.product_id) AS adjusted,
      (SELECT coalesce(json_agg(json_build_object('orderId', e.order_id, 'revision', e.revision, 'quantity', e.quantity,
          'notAfter', to_char(e.not_after AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))), '[]')
        FROM (
          SELECT * FROM stock_entries WHERE product_id = i.product_id AND state = 'held'
          ORDER BY order_id, revision LIMIT ${AUDITED_HOLDS_MAX}
        ) e) AS held
    FROM inventories i
    WHERE true
      ${productIds === undefined ? sql`` : sql`AND i.product_id = ANY (${[...productIds]}::uuid[])`}
      ${afterProductId === undefined ? sql`` : sql`AND i.product_id > ${afterProductId}`}
    ORDER BY i.product_id LIMIT ${limit}`;
  return rows.map((row) => ({ ...row }));
}
