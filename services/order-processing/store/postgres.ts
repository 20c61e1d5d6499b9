import { join } from "node:path";
import type { AuditEvent, AuditStore } from "#platform/audit.ts";
import { IDEMPOTENCY_HOURS, type IdempotencyRecord, type StoredReply } from "#platform/idempotency.ts";
import { migrate } from "#platform/migrate.ts";
import type { Postgres } from "#platform/postgres.ts";
import { auditInsert, createPostgresAudit } from "#platform/postgres_audit.ts";
import type { Decision, OutboxMessage } from "../decision.ts";
import { type Order, type OrderDraft, type OrderRecord, type Proposal, pendingOrder } from "../order.ts";
import type {
  Claim,
  Claimed,
  DecisionOptions,
  Lease,
  OrderFilter,
  OrderStore,
  Refusal,
  StoreTimes,
  Undecided,
} from "./mod.ts";
import { type LeasedRow, type OrderRow, toOrder, toRecord, toUndecided } from "./order_rows.ts";

/** Brings the tables up to date. */
export async function migrateOrders(database: Postgres): Promise<void> {
  await migrate(database, join(import.meta.dir, "migrations"));
}

type Fragment = ReturnType<Postgres["sql"]>;

/** Orders in Postgres. Each method that writes is one statement: one round trip, one commit. */
export class PostgresOrderStore implements OrderStore {
  readonly trail: AuditStore;
  readonly #database: Postgres;
  readonly #times: StoreTimes;
  /** The columns of an {@link OrderRow}. */
  readonly #columns: Fragment;
  /** Those of a {@link LeasedRow}. */
  readonly #leasedColumns: Fragment;

  constructor(database: Postgres, times: StoreTimes) {
    const { sql } = database;
    this.#database = database;
    this.trail = createPostgresAudit(database);
    this.#times = times;
    this.#columns = sql`id, number, customer_id, status, items, total, shipping_address, version, status_history,
      created_at, updated_at, revision, proposal, proposal_revision`;
    this.#leasedColumns = sql`${this.#columns}, fence, not_after, attempts,
      undecided_since + ${times.pendingLimitMs} * interval '1 ms' <= now() AND status = 'pending'
        OR undecided_since + ${times.editLimitMs} * interval '1 ms' <= now() AND status <> 'pending' AS overdue`;
  }

  async find(id: string): Promise<OrderRecord | undefined> {
    const [row] = await this.#database.query<OrderRow>`
      SELECT ${this.#columns} FROM orders WHERE id = ${id} AND hidden_at IS NULL`;
    return row && toRecord(row);
  }

  async findRefusal(id: string): Promise<Refusal | undefined> {
    const [row] = await this.#database.query<{ refusal: Refusal | null }>`SELECT refusal FROM orders WHERE id = ${id}`;
    return row?.refusal ?? undefined;
  }

  async list({ customerId, status, afterId, limit }: OrderFilter): Promise<Order[]> {
    const { sql } = this.#database;
    const rows = await this.#database.query<OrderRow>`
      SELECT ${this.#columns} FROM orders
      WHERE hidden_at IS NULL
        ${customerId === undefined ? sql`` : sql`AND customer_id = ${customerId}`}
        ${status === undefined ? sql`` : sql`AND status = ${status}`}
        ${afterId === undefined ? sql`` : sql`AND id < ${afterId}`}
      ORDER BY id DESC LIMIT ${limit}`;
    return rows.map(toOrder);
  }

  async place(draft: OrderDraft, claim: Claim | undefined): Promise<Undecided | undefined> {
    const { sql } = this.#database;
    const order = pendingOrder(draft, 0); // the number is drawn by the database
    const { commandLifeMs, leaseMs } = this.#times;
    const [row] = await this.#database.query<{ number: number; notAfter: Date }>`
      ${claim === undefined ? sql`` : this.#claiming(claim, draft.id)}
      INSERT INTO orders (id, customer_id, status, items, shipping_address, version, status_history, created_at, updated_at,
        not_after, lease_until, undecided_since)
      SELECT ${order.id}, ${order.customerId}, ${order.status}, ${json(order.items)}::text::json,
        ${json(order.shippingAddress)}::text::json, ${order.version}, ${json(order.statusHistory)}::text::json,
        ${order.createdAt}::timestamptz, ${order.updatedAt}::timestamptz,
        now() + ${commandLifeMs} * interval '1 ms', now() + ${leaseMs} * interval '1 ms', now()
      ${claim === undefined ? sql`` : sql`FROM claimed`}
      RETURNING number, not_after`;
    if (!row) return undefined;
    return {
      record: { order: pendingOrder(draft, row.number), revision: 1, proposal: undefined },
      lease: { orderId: draft.id, fence: 0, notAfter: row.notAfter.toISOString() },
      overdue: false,
      attempts: 0,
    };
  }

  /** Takes the key, or none if another record has it; a record that is too old gives way. */
  #claiming({ scope, key, fingerprint }: Claim, orderId: string): Fragment {
    return this.#database.sql`
      WITH claimed AS (
        INSERT INTO idempotency_records AS record (scope, key, fingerprint, order_id, expires_at)
        VALUES (${scope}, ${key}, ${fingerprint}, ${orderId}, now() + ${IDEMPOTENCY_HOURS} * interval '1 hour')
        ON CONFLICT (scope, key) DO UPDATE
          SET fingerprint = excluded.fingerprint, order_id = excluded.order_id, reply = NULL, expires_at = excluded.expires_at
          WHERE record.expires_at <= now()
        RETURNING 1
      )`;
  }

  async findClaim(scope: string, key: string): Promise<Claimed | undefined> {
    const [row] = await this.#database.query<IdempotencyRecord & { orderId: string }>`
      SELECT scope, key, fingerprint, reply, order_id FROM idempotency_records
      WHERE scope = ${scope} AND key = ${key} AND expires_at > now()`;
    if (!row) return undefined;
    const { orderId, ...record } = row;
    return { record, orderId };
  }

  async takeOver(orderId: string): Promise<Undecided | undefined> {
    const [row] = await this.#database.query<LeasedRow>`
      UPDATE orders SET ${this.#taking()}
      WHERE id = ${orderId} AND status = 'pending' AND lease_until <= now()
      RETURNING ${this.#leasedColumns}`;
    return row && toUndecided(row);
  }

  async propose(orderId: string, edit: Omit<Proposal, "revision">, event?: AuditEvent): Promise<Undecided | undefined> {
    const [row] = await this.#database.query<LeasedRow>`
      WITH decided AS (
        UPDATE orders
        SET ${this.#taking()}, revision = revision + 1, proposal_revision = revision + 1,
          proposal = ${json(edit)}::text::json, undecided_since = now(), attempts = 0
        WHERE id = ${orderId} AND hidden_at IS NULL AND status = 'confirmed' AND version = ${edit.version}
          AND proposal_revision IS NULL
        RETURNING ${this.#leasedColumns}
      )
      ${this.#auditing(event)}
      SELECT * FROM decided`;
    return row && toUndecided(row);
  }

  async leaseUndecided(limit: number): Promise<Undecided[]> {
    const rows = await this.#database.query<LeasedRow>`
      UPDATE orders SET ${this.#taking()}
      WHERE id = ANY (ARRAY(
        SELECT id FROM orders WHERE lease_until <= now() ORDER BY lease_until LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ))
      RETURNING ${this.#leasedColumns}`;
    return rows.map(toUndecided);
  }

  /** A new holder: what the one before decides from now on is void, and commands get time to arrive. */
  #taking(): Fragment {
    const { leaseMs, commandLifeMs } = this.#times;
    return this.#database.sql`fence = fence + 1, lease_until = now() + ${leaseMs} * interval '1 ms',
      not_after = greatest(not_after, now() + ${commandLifeMs} * interval '1 ms')`;
  }

  async postpone({ orderId, fence }: Lease, delayMs: number): Promise<void> {
    await this.#database.query`
      UPDATE orders SET lease_until = now() + ${delayMs} * interval '1 ms', attempts = attempts + 1
      WHERE id = ${orderId} AND fence = ${fence} AND lease_until IS NOT NULL`;
  }

  async decide(decision: Decision, { reply, refusal, event }: DecisionOptions = {}): Promise<boolean> {
    const { sql } = this.#database;
    const { guard, order, settles, hides, revision, outbox } = decision;
    const rows = await this.#database.query`
      WITH decided AS (
        UPDATE orders
        SET status = ${order.status}, items = ${json(order.items)}::text::json, total = ${json(order.total)}::text::json,
          shipping_address = ${json(order.shippingAddress)}::text::json, version = ${order.version},
          status_history = ${json(order.statusHistory)}::text::json, updated_at = ${order.updatedAt}::timestamptz,
          revision = ${revision}
          ${refusal === undefined ? sql`` : sql`, refusal = ${json(refusal)}::text::json`}
          ${settles ? sql`, lease_until = NULL, undecided_since = NULL, proposal = NULL, proposal_revision = NULL` : sql``}
          ${hides ? sql`, hidden_at = now()` : sql``}
        WHERE id = ${order.id} AND hidden_at IS NULL AND status = ${guard.status} AND version = ${guard.version}
          ${guard.revision === undefined ? sql`` : sql`AND revision = ${guard.revision}`}
          ${guard.fence === undefined ? sql`` : sql`AND fence = ${guard.fence}`}
          ${guard.proposal === undefined ? sql`` : sql`AND proposal_revision = ${guard.proposal}`}
        RETURNING id
      )
      ${reply === undefined ? sql`` : this.#replying(reply)}
      ${outbox.length === 0 ? sql`` : this.#queueing(outbox)}
      ${this.#auditing(event)}
      SELECT id FROM decided`;
    return rows.length === 1;
  }

  async rejectProposal(orderId: string, revision: number, outbox: readonly OutboxMessage[]): Promise<boolean> {
    const { sql } = this.#database;
    const rows = await this.#database.query`
      WITH decided AS (
        UPDATE orders
        SET lease_until = NULL, undecided_since = NULL, proposal = NULL, proposal_revision = NULL
        WHERE id = ${orderId} AND proposal_revision = ${revision}
        RETURNING id
      )
      ${outbox.length === 0 ? sql`` : this.#queueing(outbox)}
      SELECT id FROM decided`;
    return rows.length === 1;
  }

  /** Gives the key of a decided order its reply. */
  #replying(reply: StoredReply): Fragment {
    return this.#database.sql`, replied AS (
        UPDATE idempotency_records SET reply = ${json(reply)}::text::json
        FROM decided WHERE order_id = decided.id AND reply IS NULL
      )`;
  }

  /** Tells the trail, if something was decided. */
  #auditing(event: AuditEvent | undefined): Fragment {
    const { sql } = this.#database;
    return event === undefined ? sql`` : sql`, audited AS (${auditInsert(sql, event, sql`FROM decided`)})`;
  }

  /** Puts the messages of a decided order into the outbox, in their order. */
  #queueing(outbox: readonly OutboxMessage[]): Fragment {
    return this.#database.sql`, queued AS (
        INSERT INTO outbox (order_id, channel, command, revision, items, event)
        SELECT decided.id, message.channel, message.command, message.revision, message.items, message.event
        FROM decided, ROWS FROM (
          json_to_recordset(${json(outbox)}::text::json)
            AS (channel text, command text, revision integer, items json, event json)
        ) WITH ORDINALITY AS message (channel, command, revision, items, event, position)
        ORDER BY message.position
      )`;
  }

  async forgetKeys(limit: number): Promise<number> {
    const { count } = await this.#database.query`
      DELETE FROM idempotency_records WHERE (scope, key) IN (
        SELECT scope, key FROM idempotency_records WHERE expires_at <= now() LIMIT ${limit} FOR UPDATE SKIP LOCKED
      )`;
    return count;
  }
}

/** Bound as text: the driver would make of a `json` parameter a string within a string. */
function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
