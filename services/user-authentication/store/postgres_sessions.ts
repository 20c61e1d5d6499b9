import type { Postgres, TransactionSql } from "#platform/postgres.ts";
import { audited, auditInsert } from "#platform/postgres_audit.ts";
import type { RefreshState, Session } from "../refresh_token.ts";
import type { Role } from "../user.ts";
import type { RefreshOutcome, SessionKey, SessionStore } from "./mod.ts";

interface SessionRow {
  id: string;
  client: string | null;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
}
interface TokenRow {
  now: Date;
  generation: number;
  replacedAt: Date | null;
  sessionId: string;
  sessionGeneration: number;
  expiresAt: Date;
  revokedAt: Date | null;
  epoch: number;
  userId: string;
  roles: Role[];
  accountEpoch: number;
}

/** Sessions and refresh tokens in Postgres. */
export function createPostgresSessions(database: Postgres): SessionStore {
  return {
    async open({ id, userId, epoch, tokenHash, lifetimeMs, client = null, event }) {
      const { sql } = database;
      await database.query`
        WITH ${event ? sql`audited AS (${auditInsert(sql, event)}),` : sql``} session AS (
          INSERT INTO sessions (id, user_id, epoch, client, expires_at)
          VALUES (${id}, ${userId}, ${epoch}, ${client}, clock_timestamp() + ${lifetimeMs} * interval '1 millisecond')
          RETURNING id)
        INSERT INTO refresh_tokens (hash, session_id, generation) SELECT ${tokenHash}, id, 1 FROM session`;
    },

    refresh(tokenHash, { nextHash, decide, reused }) {
      return database.transaction(async (sql): Promise<RefreshOutcome> => {
        await lockSession(sql, tokenHash);
        const row = await readToken(sql, tokenHash);
        if (!row) return { decision: "refuse" };
        const decision = decide(toState(row));
        if (decision === "renew") await renew(sql, row, { tokenHash, nextHash });
        if (decision === "revoke") {
          await sql`UPDATE sessions SET revoked_at = now() WHERE id = ${row.sessionId}`;
          if (reused) await auditInsert(sql, reused({ id: row.sessionId, userId: row.userId }));
        }
        return { decision, user: { id: row.userId, roles: row.roles }, sessionId: row.sessionId };
      });
    },

    async revoke(tokenHash, ended) {
      await database.transaction(async (sql) => {
        const [session] = await sql<SessionKey[]>`
          UPDATE sessions SET revoked_at = now()
          WHERE revoked_at IS NULL AND id = (SELECT session_id FROM refresh_tokens WHERE hash = ${tokenHash})
          RETURNING id, user_id`;
        if (session && ended) await auditInsert(sql, ended(session));
      });
    },

    async list(userId, { limit, before }) {
      const rows = await database.query<SessionRow>`
        SELECT id, client, created_at, last_used_at, expires_at FROM sessions
        WHERE user_id = ${userId} AND ${isLive(database)} ${before ? database.sql`AND id < ${before}` : database.sql``}
        ORDER BY id DESC LIMIT ${limit}`;
      return rows.map(toSession);
    },

    async isLive({ id, userId }) {
      const { count } = await database.query`
        SELECT FROM sessions WHERE id = ${id} AND user_id = ${userId} AND ${isLive(database)}`;
      return count === 1;
    },

    end(userId, id, event) {
      return audited(database, event, async (sql) => {
        const { count } = await sql`
          UPDATE sessions SET revoked_at = now() WHERE id = ${id} AND user_id = ${userId} AND ${isLive(database)}`;
        return count === 1;
      });
    },

    async endAll(userId, event) {
      await audited(database, event, async (sql) => {
        const { count } = await sql`UPDATE users SET session_epoch = session_epoch + 1 WHERE id = ${userId}`;
        return count === 1;
      });
    },
  };
}

/** Whether a session is not over, as a condition on its row. */
function isLive({ sql }: Postgres) {
  return sql`
    revoked_at IS NULL AND expires_at > clock_timestamp()
    AND epoch = (SELECT session_epoch FROM users WHERE users.id = sessions.user_id)`;
}

function toSession({ id, client, createdAt, lastUsedAt, expiresAt }: SessionRow): Session {
  const times = { createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt.toISOString() };
  return { id, client, ...times, expiresAt: expiresAt.toISOString() };
}

/** Deletes sessions that have expired, and their tokens with them. */
export async function purgeSessions(database: Postgres): Promise<void> {
  await database.query`
    DELETE FROM sessions WHERE id IN (
      SELECT id FROM sessions WHERE expires_at < now() ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`;
}

/** What is read after this sees what all others have done to the session. */
async function lockSession(sql: TransactionSql, tokenHash: string): Promise<void> {
  await sql`
    SELECT FROM sessions WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = ${tokenHash}) FOR UPDATE`;
}

async function readToken(sql: TransactionSql, tokenHash: string): Promise<TokenRow | undefined> {
  const [row] = await sql<TokenRow[]>`
    SELECT clock_timestamp() AS now, token.generation, token.replaced_at,
      session.id AS session_id, session.generation AS session_generation, session.expires_at, session.revoked_at, session.epoch,
      account.id AS user_id, account.roles, account.session_epoch AS account_epoch
    FROM refresh_tokens AS token
    JOIN sessions AS session ON session.id = token.session_id
    JOIN users AS account ON account.id = session.user_id
    WHERE token.hash = ${tokenHash}`;
  return row;
}

function toState({ now, generation, replacedAt, sessionGeneration, accountEpoch, ...session }: TokenRow): RefreshState {
  const { expiresAt, revokedAt, epoch } = session;
  return {
    now,
    token: { generation, replacedAt },
    session: { generation: sessionGeneration, expiresAt, revokedAt, epoch },
    accountEpoch,
  };
}

async function renew(
  sql: TransactionSql,
  { sessionId, generation }: TokenRow,
  { tokenHash, nextHash }: { tokenHash: string; nextHash: string },
): Promise<void> {
  const next = generation + 1;
  await Promise.all([
    sql`UPDATE refresh_tokens SET replaced_at = coalesce(replaced_at, clock_timestamp()) WHERE hash = ${tokenHash}`,
    sql`INSERT INTO refresh_tokens (hash, session_id, generation) VALUES (${nextHash}, ${sessionId}, ${next})`,
    sql`
      UPDATE sessions SET generation = greatest(generation, ${next}), last_used_at = clock_timestamp()
      WHERE id = ${sessionId}`,
  ]);
}
