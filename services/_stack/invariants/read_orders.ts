/** Reads orders, keys and messages from their database, and keeps a copy of every event that is ever queued there. */
import postgres from "postgres";
import type { OrderedItem, OrderStatus } from "../history/entry.ts";
import type { State, StoredEvent, StoredKey, StoredMessage, StoredOrder } from "./state.ts";

/** What order-processing has. */
export type OrdersState = Pick<State, "orders" | "keys" | "outbox" | "events">;

/** How long a statement may take; the database may have just come back. */
const CONNECT_S = 20;
/** Fixed by the design. */
const PURGE_DELAY_S = 60;

/** Opens a connection of our own, as the superuser. */
export async function withPostgres<Result>(url: string, work: (sql: postgres.Sql) => Promise<Result>): Promise<Result> {
  const sql = postgres(url, { max: 1, connect_timeout: CONNECT_S, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** From now on every event that is queued is copied, in the same transaction; those that are told are deleted soon. */
export async function keepEvents(url: string): Promise<void> {
  await withPostgres(url, (sql) =>
    sql
      .unsafe(`
        CREATE SCHEMA IF NOT EXISTS audit;
        CREATE TABLE IF NOT EXISTS audit.events (event json NOT NULL);
        CREATE OR REPLACE FUNCTION audit.keep_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
          BEGIN INSERT INTO audit.events VALUES (NEW.event); RETURN NEW; END $$;
        CREATE OR REPLACE TRIGGER keep_event AFTER INSERT ON outbox
          FOR EACH ROW WHEN (NEW.channel = 'event') EXECUTE FUNCTION audit.keep_event();`)
      .simple(),
  );
}

/** How much is left to do: undecided orders and undone messages. */
export function countUndone(url: string): Promise<number> {
  return withPostgres(url, async (sql) => {
    const [row] = await sql<{ count: string }[]>`
      SELECT (SELECT count(*) FROM orders WHERE lease_until IS NOT NULL)
        + (SELECT count(*) FROM outbox WHERE done_at IS NULL) AS count`;
    return Number(row?.count);
  });
}

/** Reads what concerns some products. */
export function readOrders(url: string, productIds: ReadonlySet<string>): Promise<OrdersState> {
  return withPostgres(url, async (sql) => {
    const all = await sql<OrderRow[]>`
      SELECT id AS "orderId", customer_id AS "customerId", status, version::int, items, status_history AS "statusHistory",
        hidden_at IS NOT NULL AS "isHidden", lease_until IS NOT NULL AS "isUndecided",
        not_after + ${PURGE_DELAY_S} * interval '1 s' <= now() AS "mayBePurged"
      FROM orders`;
    const rows = all.filter(({ items }) => items.some(({ productId }) => productIds.has(productId)));
    const ids = rows.map(({ orderId }) => orderId);
    const keys = await sql<KeyRow[]>`
      SELECT scope, key, order_id AS "orderId", reply FROM idempotency_records WHERE order_id = ANY (${ids}::uuid[])`;
    const outbox = await sql<MessageRow[]>`
      SELECT order_id AS "orderId", sequence::int, coalesce(command, event ->> 'type') AS what,
        dead_at IS NOT NULL AS "isDead", last_error AS "lastError"
      FROM outbox WHERE done_at IS NULL AND order_id = ANY (${ids}::uuid[])`;
    const events = await sql<StoredEvent[]>`
      SELECT event ->> 'id' AS "eventId", event ->> 'subject' AS "orderId", event ->> 'type' AS type,
        (event -> 'data' ->> 'version')::int AS version
      FROM audit.events WHERE event ->> 'subject' = ANY (${ids}::text[])`;
    return {
      orders: rows.map(toOrder),
      keys: keys.map(toKey),
      outbox: outbox.map(({ lastError, ...row }): StoredMessage => ({ ...row, lastError: lastError ?? undefined })),
      events: [...events],
    };
  });
}

interface OrderRow extends Omit<StoredOrder, "statuses"> {
  readonly statusHistory: readonly { readonly status: OrderStatus }[];
}
interface KeyRow {
  readonly scope: string;
  readonly key: string;
  readonly orderId: string;
  readonly reply: { readonly status: number; readonly body?: unknown } | null;
}
interface MessageRow extends Omit<StoredMessage, "lastError"> {
  readonly lastError: string | null;
}

function toOrder({ statusHistory, items, ...row }: OrderRow): StoredOrder {
  const ordered = items.map(({ productId, quantity }): OrderedItem => ({ productId, quantity }));
  return { ...row, items: ordered, statuses: statusHistory.map(({ status }) => status) };
}

function toKey({ reply, ...row }: KeyRow): StoredKey {
  return { ...row, status: reply?.status, reply: reply ? JSON.stringify(reply.body) : undefined };
}
