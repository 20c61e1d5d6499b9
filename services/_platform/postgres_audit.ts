import { type AuditEvent, type AuditStore, timeOf } from "./audit.ts";
import type { Postgres, Sql, TransactionSql } from "./postgres.ts";

interface EventRow {
  id: string;
  action: AuditEvent["action"];
  actorKind: AuditEvent["actor"]["kind"];
  actorId: string | null;
  targetKind: AuditEvent["target"]["kind"];
  targetId: string | null;
  address: string;
  userAgent: string | null;
  requestId: string;
  details: AuditEvent["details"];
}

/** The trail in Postgres; triggers keep its events from being changed, and the young ones from being deleted. */
export function createPostgresAudit(database: Postgres): AuditStore {
  const { sql } = database;
  return {
    async append(event) {
      await database.query`${auditInsert(sql, event)}`;
    },

    async list({ limit, before, from, actorId, targetId, action }) {
      const rows = await database.query<EventRow>`
        SELECT id, action, actor_kind, actor_id, target_kind, target_id, address, user_agent, request_id, details
        FROM audit_events
        WHERE true
          ${before ? sql`AND id < ${before}` : sql``} ${from ? sql`AND id >= ${from}` : sql``}
          ${actorId ? sql`AND actor_id = ${actorId}` : sql``} ${targetId ? sql`AND target_id = ${targetId}` : sql``}
          ${action ? sql`AND action = ${action}` : sql``}
        ORDER BY id DESC LIMIT ${limit}`;
      return rows.map(toEvent);
    },

    async forget(retentionDays, limit) {
      const { count } = await database.query`
        DELETE FROM audit_events WHERE id IN (
          SELECT id FROM audit_events WHERE id < first_id_at(now() - ${retentionDays} * interval '1 day')
          ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
      return count;
    },
  };
}

/**
 * The statement that adds an event, or a part of one: a `WITH` of what it tells of.
 *
 * @param source Where to take it from, such as ``sql`FROM edited` ``: once for each row, so that no row leaves no event.
 */
export function auditInsert(sql: Sql, event: AuditEvent, source: ReturnType<Sql> = sql``): ReturnType<Sql> {
  const { id, action, actor, target, requestId } = event;
  const { address, userAgent } = event.source;
  return sql`
    INSERT INTO audit_events (id, action, actor_kind, actor_id, target_kind, target_id, address, user_agent, request_id, details)
    SELECT ${id}::uuid, ${action}::text, ${actor.kind}::text, ${actor.id}::text, ${target.kind}::text, ${target.id}::text,
      ${address}::text, ${userAgent}::text, ${requestId}::text, ${JSON.stringify(event.details)}::text::json ${source}`;
}

/** Does something and, if it took effect, adds its event in the same transaction. @param work Answers what is false where nothing was done. */
export function audited<T>(
  database: Postgres,
  event: AuditEvent | undefined,
  work: (sql: TransactionSql) => Promise<T>,
): Promise<T> {
  // What the work answers is no array of statements: it comes back as it is.
  return database
    .transaction(async (sql) => {
      const done = await work(sql);
      if (event && done) await auditInsert(sql, event);
      return { done };
    })
    .then(({ done }) => done);
}

function toEvent(row: EventRow): AuditEvent {
  const { id, action, requestId, details, address, userAgent } = row;
  return {
    ...{ id, at: timeOf(id), action, requestId, details },
    actor: { kind: row.actorKind, id: row.actorId },
    target: { kind: row.targetKind, id: row.targetId },
    source: { address, userAgent },
  };
}
