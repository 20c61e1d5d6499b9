import { IDEMPOTENCY_HOURS, type IdempotencyRecord, type IdempotencyStore, KeyTaken } from "./idempotency.ts";
import type { Postgres, Sql } from "./postgres.ts";

/** Idempotency records in Postgres. */
export function createPostgresIdempotency(database: Postgres): IdempotencyStore {
  return {
    async find(scope, key) {
      const [record] = await database.query<{ [Name in keyof IdempotencyRecord]: IdempotencyRecord[Name] }>`
        SELECT scope, key, fingerprint, reply FROM idempotency_records
        WHERE scope = ${scope} AND key = ${key} AND created_at > now() - ${IDEMPOTENCY_HOURS} * interval '1 hour'`;
      return record;
    },
    async save(record) {
      await database.transaction((sql) => insertRecord(sql, record));
    },
  };
}

/** Inserts a record, in place of one that is too old. @throws {KeyTaken} if there is a younger one. */
export async function insertRecord(sql: Sql, { scope, key, fingerprint, reply }: IdempotencyRecord): Promise<void> {
  const { count } = await sql`
    INSERT INTO idempotency_records AS r (scope, key, fingerprint, reply)
    VALUES (${scope}, ${key}, ${fingerprint}, ${reply && JSON.stringify(reply)}::text::json)
    ON CONFLICT (scope, key) DO UPDATE
    SET fingerprint = excluded.fingerprint, reply = excluded.reply, created_at = excluded.created_at
    WHERE r.created_at <= now() - ${IDEMPOTENCY_HOURS} * interval '1 hour'`;
  if (count === 0) throw new KeyTaken();
}

/** Deletes records that are too old. */
export async function purgeIdempotency(database: Postgres): Promise<void> {
  await database.query`
    DELETE FROM idempotency_records WHERE (scope, key) IN (
      SELECT scope, key FROM idempotency_records
      WHERE created_at < now() - ${IDEMPOTENCY_HOURS} * interval '1 hour' ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`;
}
