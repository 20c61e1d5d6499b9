import type { Postgres } from "#platform/postgres.ts";
import type { FollowingCommand } from "../decision.ts";
import type { Holder, HoldKey, Ledger, MissingCommand, SagaFigures, SoldUnits } from "../ledger_port.ts";

const TASK = "reconcile";

/** The ledger in Postgres. */
export class PostgresLedger implements Ledger {
  readonly #database: Postgres;

  constructor(database: Postgres) {
    this.#database = database;
  }

  async takeTurn(intervalMs: number): Promise<boolean> {
    const { count } = await this.#database.query`
      UPDATE periodic_tasks SET last_run_at = now()
      WHERE name = ${TASK} AND last_run_at + ${intervalMs} * interval '1 ms' <= now()`;
    return count === 1;
  }

  async soldUnits(afterOrderId: string | undefined, limit: number): Promise<SoldUnits> {
    const { sql } = this.#database;
    const [row] = await this.#database.query<{ lastId: string | null; units: Record<string, number> }>`
      WITH batch AS (
        SELECT id, status, items FROM orders
        ${afterOrderId === undefined ? sql`` : sql`WHERE id > ${afterOrderId}`}
        ORDER BY id LIMIT ${limit}
      ), sold AS (
        SELECT item."productId" AS product_id, sum(item.quantity) AS units
        FROM batch, json_to_recordset(items) AS item ("productId" uuid, quantity bigint)
        WHERE status IN ('confirmed', 'fulfilled') GROUP BY item."productId"
      )
      SELECT (SELECT id FROM batch ORDER BY id DESC LIMIT 1) AS last_id,
        coalesce((SELECT json_object_agg(product_id, units) FROM sold), '{}') AS units`;
    return { units: new Map(Object.entries(row?.units ?? {})), lastOrderId: row?.lastId ?? undefined };
  }

  async unsettledProducts(): Promise<ReadonlySet<string>> {
    const rows = await this.#database.query<{ productId: string }>`
      WITH unsettled AS (
        SELECT items FROM outbox WHERE channel = 'stock' AND done_at IS NULL
        UNION ALL SELECT items FROM orders WHERE lease_until IS NOT NULL
        UNION ALL SELECT proposal -> 'items' FROM orders WHERE lease_until IS NOT NULL AND proposal IS NOT NULL
      )
      SELECT DISTINCT item."productId" AS product_id
      FROM unsettled, json_to_recordset(items) AS item ("productId" uuid)`;
    return new Set(rows.map(({ productId }) => productId));
  }

  async holders(keys: readonly HoldKey[]): Promise<Holder[]> {
    const rows = await this.#database.query<Omit<Holder, "told"> & { told: FollowingCommand | null }>`
      SELECT DISTINCT held.order_id, held.revision, status,
        status_history::jsonb @> '[{"status": "confirmed"}]' AS was_confirmed,
        lease_until IS NOT NULL OR EXISTS (
          SELECT FROM outbox WHERE outbox.order_id = orders.id AND channel = 'stock' AND done_at IS NULL
        ) AS is_unsettled,
        (
          SELECT command FROM outbox
          WHERE outbox.order_id = orders.id AND channel = 'stock' AND outbox.revision = held.revision
            AND command IN ('consume', 'release')
          ORDER BY sequence LIMIT 1
        ) AS told
      FROM json_to_recordset(${JSON.stringify(keys)}::text::json) AS key ("orderId" uuid, revision integer),
        LATERAL (SELECT key."orderId" AS order_id, key.revision) AS held
        JOIN orders ON orders.id = held.order_id`;
    return rows.map(({ told, ...row }) => ({ ...row, told: told ?? undefined }));
  }

  async requeue(commands: readonly MissingCommand[]): Promise<ReadonlySet<string>> {
    const messages = Map.groupBy(commands, ({ orderId, revision, command }) => `${orderId} ${revision} ${command}`);
    const rows = [...messages.values()].map((group) => {
      const { orderId, revision, command } = group[0]!; // no group is empty
      const items = group.map(({ productId, quantity }) => ({ productId, quantity }));
      return { order_id: orderId, revision, command, items };
    });
    // Locked like by a decision: the sequence tells which came first, and no second reconciler queues the same.
    const queued = await this.#database.transaction(async (sql) => {
      const ids = [...new Set(rows.map(({ order_id }) => order_id))];
      await sql`SELECT FROM orders WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR UPDATE`;
      return sql<{ orderId: string }[]>`
        INSERT INTO outbox (order_id, channel, command, revision, items)
        SELECT missing.order_id, 'stock', missing.command, missing.revision, missing.items
        FROM json_to_recordset(${JSON.stringify(rows)}::text::json)
          AS missing (order_id uuid, command text, revision integer, items json)
        JOIN orders ON orders.id = missing.order_id
        WHERE lease_until IS NULL AND NOT EXISTS (
          SELECT FROM outbox WHERE outbox.order_id = orders.id AND channel = 'stock' AND done_at IS NULL
        )
        RETURNING order_id`;
    });
    return new Set(queued.map(({ orderId }) => orderId));
  }

  async overdueOrders(olderThanMs: number, limit: number): Promise<string[]> {
    const rows = await this.#database.query<{ id: string }>`
      SELECT id FROM orders
      WHERE lease_until IS NOT NULL AND undecided_since + ${olderThanMs} * interval '1 ms' <= now()
      ORDER BY undecided_since LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  }

  async figures(): Promise<SagaFigures> {
    const [row] = await this.#database.query<SagaFigures>`
      WITH undecided AS (
        SELECT count(*) AS orders, extract(epoch FROM now() - min(undecided_since)) AS age
        FROM orders WHERE lease_until IS NOT NULL
      ), undone AS (
        SELECT count(*) FILTER (WHERE channel = 'stock') AS stock, count(*) FILTER (WHERE channel = 'event') AS events,
          (SELECT extract(epoch FROM now() - orders.updated_at) FROM outbox JOIN orders ON orders.id = outbox.order_id
            WHERE sequence = min(undone.sequence)) AS age
        FROM outbox AS undone WHERE done_at IS NULL AND dead_at IS NULL
      )
      SELECT undecided.orders AS undecided_orders, coalesce(undecided.age, 0)::float8 AS oldest_undecided_seconds,
        undone.stock AS undone_stock_messages, undone.events AS undone_events,
        coalesce(undone.age, 0)::float8 AS oldest_undone_seconds,
        (SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL) AS dead_messages
      FROM undecided, undone`;
    if (!row) throw new Error("An aggregate answered no row");
    return row;
  }
}
