import type { Postgres } from "#platform/postgres.ts";
import { audited, auditInsert } from "#platform/postgres_audit.ts";
import type { MailTokenStore } from "./mod.ts";

interface UsedToken {
  userId: string;
  epoch: number;
}

/** Tokens that were sent by mail, in Postgres. */
export function createPostgresMailTokens(database: Postgres): MailTokenStore {
  return {
    async issue({ hash, userId, epoch, lifetimeMs, event }) {
      const { sql } = database;
      await database.query`
        WITH ${event ? sql`audited AS (${auditInsert(sql, event)}),` : sql``} expiry AS (
          SELECT clock_timestamp() + ${lifetimeMs} * interval '1 millisecond' AS at)
        INSERT INTO mail_tokens (hash, user_id, epoch, expires_at)
        SELECT ${hash}, ${userId}::uuid, ${epoch}::integer, expiry.at FROM expiry`;
    },

    async findUser(hash) {
      const [row] = await database.query<{ id: string }>`
        SELECT users.id FROM mail_tokens AS token JOIN users ON users.id = token.user_id AND users.session_epoch = token.epoch
        WHERE token.hash = ${hash} AND token.expires_at > clock_timestamp()`;
      return row?.id;
    },

    resetPassword(hash, { to, now, event }) {
      return audited(database, event, async (sql) => {
        const [token] = await sql<UsedToken[]>`
          DELETE FROM mail_tokens WHERE hash = ${hash} AND expires_at > clock_timestamp() RETURNING user_id, epoch`;
        if (!token) return false;
        const { count } = await sql`
          UPDATE users
          SET password_hash = ${to}, session_epoch = session_epoch + 1, email_verified = true,
            version = version + (NOT email_verified)::integer,
            updated_at = CASE WHEN email_verified THEN updated_at ELSE ${now}::timestamptz END
          WHERE id = ${token.userId} AND session_epoch = ${token.epoch}`;
        return count === 1;
      });
    },

    async verifyEmail(hash, { now, eventOf }) {
      return database.transaction(async (sql) => {
        const [token] = await sql<UsedToken[]>`
          DELETE FROM mail_tokens WHERE hash = ${hash} AND expires_at > clock_timestamp() RETURNING user_id, epoch`;
        if (!token) return false;
        const { count } = await sql`
          UPDATE users SET email_verified = true, version = version + 1, updated_at = ${now}
          WHERE id = ${token.userId} AND NOT email_verified`;
        if (count === 1) await auditInsert(sql, eventOf(token.userId));
        return true;
      });
    },
  };
}

/** Deletes tokens that are too old. */
export async function purgeMailTokens(database: Postgres): Promise<void> {
  await database.query`
    DELETE FROM mail_tokens WHERE hash IN (
      SELECT hash FROM mail_tokens WHERE expires_at < now() ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`;
}
