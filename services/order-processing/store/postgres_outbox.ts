import type { Postgres } from "#platform/postgres.ts";
import type { FollowingCommand } from "../decision.ts";
import type { OrderEvent } from "../event.ts";
import type { OrderedItem } from "../order.ts";
import type { DeadRow, EventRow, Outbox, OutboxFailure, OutboxRow, PurgeJob, StockRow, StoreTimes } from "./mod.ts";

interface LeasedRow {
  sequence: number;
  orderId: string;
  command: FollowingCommand;
  revision: number;
  items: OrderedItem[];
  event: OrderEvent;
  fence: number;
  notAfter: Date;
  attempts: number;
  refusals: number;
}

/** The outbox in Postgres. Each method is one statement, committed before anything is sent. */
export class PostgresOutbox implements Outbox {
  readonly #database: Postgres;
  readonly #times: StoreTimes;

  constructor(database: Postgres, times: StoreTimes) {
    this.#database = database;
    this.#times = times;
  }

  async leaseStock(limit: number): Promise<StockRow[]> {
    const rows = await this.#lease("stock", limit);
    return rows.map(({ command, revision, items, ...row }) => ({ ...toRow(row), command, revision, items }));
  }

  async leaseEvents(limit: number): Promise<EventRow[]> {
    const rows = await this.#lease("event", limit);
    return rows.map(({ event, ...row }) => ({ ...toRow(row), event }));
  }

  async #lease(channel: "stock" | "event", limit: number): Promise<LeasedRow[]> {
    const { leaseMs, commandLifeMs } = this.#times;
    const rows = await this.#database.query<LeasedRow>`
      UPDATE outbox
      SET fence = fence + 1, attempts = attempts + 1, due_at = now() + ${leaseMs} * interval '1 ms',
        not_after = greatest(not_after, now() + ${commandLifeMs} * interval '1 ms')
      WHERE sequence = ANY (ARRAY(
        SELECT sequence FROM outbox AS oldest
        WHERE channel = ${channel} AND done_at IS NULL AND dead_at IS NULL AND due_at <= now()
          AND NOT EXISTS (
            SELECT FROM outbox AS older
            WHERE older.order_id = oldest.order_id AND older.channel = oldest.channel
              AND older.sequence < oldest.sequence AND older.done_at IS NULL
          )
        ORDER BY sequence LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ))
      RETURNING sequence, order_id, command, revision, items, event, fence, not_after, attempts - 1 AS attempts, refusals`;
    return [...rows].sort((a, b) => a.sequence - b.sequence);
  }

  async markDone(rows: readonly OutboxRow[]): Promise<void> {
    await this.#database.query`
      UPDATE outbox SET done_at = now(), due_at = not_after + ${this.#times.purgeDelayMs} * interval '1 ms'
      FROM json_to_recordset(${keysOf(rows)}::text::json) AS sent (sequence bigint, fence integer)
      WHERE outbox.sequence = sent.sequence AND outbox.fence = sent.fence AND done_at IS NULL`;
  }

  async markFailed(failures: readonly OutboxFailure[]): Promise<void> {
    const rows = failures.map(({ row: { sequence, fence }, error, refused, retryInMs }) => {
      return {
        sequence,
        fence,
        error,
        refusals: refused ? 1 : 0,
        delay: retryInMs ?? 0,
        dead: retryInMs === undefined,
      };
    });
    await this.#database.query`
      UPDATE outbox
      SET last_error = failed.error, refusals = outbox.refusals + failed.refusals,
        due_at = now() + failed.delay * interval '1 ms', dead_at = CASE WHEN failed.dead THEN now() END
      FROM json_to_recordset(${JSON.stringify(rows)}::text::json)
        AS failed (sequence bigint, fence integer, error text, refusals integer, delay double precision, dead boolean)
      WHERE outbox.sequence = failed.sequence AND outbox.fence = failed.fence AND done_at IS NULL`;
  }

  async listDead(limit: number): Promise<DeadRow[]> {
    return this.#database.query<DeadRow>`
      SELECT sequence, order_id, coalesce(command, event ->> 'type') AS what, attempts, last_error, dead_at
      FROM outbox WHERE dead_at IS NOT NULL ORDER BY sequence LIMIT ${limit}`;
  }

  async redrive(): Promise<DeadRow[]> {
    return this.#database.query<DeadRow>`
      WITH dead AS (SELECT sequence, dead_at FROM outbox WHERE dead_at IS NOT NULL FOR UPDATE)
      UPDATE outbox SET dead_at = NULL, refusals = 0, due_at = now()
      FROM dead WHERE outbox.sequence = dead.sequence
      RETURNING outbox.sequence, order_id, coalesce(command, event ->> 'type') AS what, attempts, last_error, dead.dead_at`;
  }

  async leasePurge(limit: number): Promise<PurgeJob[]> {
    const { leaseMs, commandLifeMs, purgeDelayMs } = this.#times;
    const rows = await this.#database.query<LeasedRow>`
      UPDATE outbox SET due_at = now() + ${leaseMs} * interval '1 ms'
      WHERE channel = 'stock' AND done_at IS NOT NULL AND due_at <= now() AND order_id = ANY (ARRAY(
        SELECT order_id FROM outbox AS settled
        WHERE channel = 'stock' AND done_at IS NOT NULL AND due_at <= now()
          AND (
            SELECT lease_until IS NULL AND not_after + ${purgeDelayMs} * interval '1 ms' <= now()
            FROM orders WHERE id = settled.order_id
          )
          AND NOT EXISTS (
            SELECT FROM outbox AS other
            WHERE other.order_id = settled.order_id AND other.channel = 'stock'
              AND (other.done_at IS NULL OR other.due_at > now())
          )
        ORDER BY due_at LIMIT ${limit}
      ))
      RETURNING sequence, order_id, revision, items, now() + ${commandLifeMs} * interval '1 ms' AS not_after`;
    return [...Map.groupBy(rows, ({ orderId }) => orderId)].map(([orderId, group]) => ({
      orderId,
      notAfter: group[0]!.notAfter.toISOString(), // no group is empty
      entries: group.map(({ revision, items }) => ({ revision, items })),
      sequences: group.map(({ sequence }) => sequence),
    }));
  }

  async finishPurge(jobs: readonly PurgeJob[]): Promise<void> {
    const rows = jobs.flatMap(({ sequences }) => sequences.map((sequence) => ({ sequence })));
    await this.#database.query`
      DELETE FROM outbox USING json_to_recordset(${JSON.stringify(rows)}::text::json) AS purged (sequence bigint)
      WHERE outbox.sequence = purged.sequence`;
  }

  async discardEvents(limit: number): Promise<number> {
    const { count } = await this.#database.query`
      DELETE FROM outbox WHERE sequence = ANY (ARRAY(
        SELECT sequence FROM outbox
        WHERE channel = 'event' AND done_at IS NULL AND dead_at IS NULL ORDER BY sequence LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ))`;
    return count;
  }

  async forgetEvents(limit: number): Promise<number> {
    const { count } = await this.#database.query`
      DELETE FROM outbox WHERE sequence = ANY (ARRAY(
        SELECT sequence FROM outbox
        WHERE channel = 'event' AND done_at IS NOT NULL AND due_at <= now() ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ))`;
    return count;
  }
}

function toRow(row: Pick<LeasedRow, keyof OutboxRow>): OutboxRow {
  const { sequence, orderId, fence, notAfter, attempts, refusals } = row;
  return { sequence, orderId, fence, notAfter: notAfter.toISOString(), attempts, refusals };
}

function keysOf(rows: readonly OutboxRow[]): string {
  return JSON.stringify(rows.map(({ sequence, fence }) => ({ sequence, fence })));
}
