import type { Postgres } from "#platform/postgres.ts";
import type { ThrottleStore } from "./mod.ts";

interface WaitRow {
  waitMs: number | null;
}

/** Failed attempts in Postgres: one atomic statement counts and times them. */
export function createPostgresThrottle(database: Postgres): ThrottleStore {
  const { sql } = database;
  const remainingMs = sql`ceil(extract(epoch FROM max(blocked_until) - clock_timestamp()) * 1000)::bigint`;

  async function waitMs(keys: readonly string[]): Promise<number> {
    const [row] = await database.query<WaitRow>`
      SELECT ${remainingMs} AS wait_ms FROM throttle WHERE key = ANY (${[...keys]})`;
    return Math.max(0, row?.waitMs ?? 0);
  }

  return {
    waitMs: (keys) => waitMs(keys.map(({ key }) => key)),

    async attempt({ key, rule: { delaysMs, forgetAfterMs } }) {
      const delays = sql`${[...delaysMs]}::integer[]`;
      // Arrays count from 1, and the delay after n failures is the one after n others.
      const failures = sql`(CASE WHEN t.expires_at <= clock_timestamp() THEN 0 ELSE t.failures END + 1)`;
      const delay = sql`(${delays})[least(${failures}, cardinality(${delays}) - 1) + 1]`;
      const expiry = sql`clock_timestamp() + ${forgetAfterMs} * interval '1 millisecond'`;
      const { count } = await database.query`
        INSERT INTO throttle AS t (key, failures, blocked_until, expires_at)
        VALUES (${key}, 1, clock_timestamp() + (${delays})[2] * interval '1 millisecond', ${expiry})
        ON CONFLICT (key) DO UPDATE
        SET failures = ${failures}, blocked_until = clock_timestamp() + ${delay} * interval '1 millisecond', expires_at = ${expiry}
        WHERE t.blocked_until <= clock_timestamp()`;
      return count === 1 ? 0 : Math.max(1, await waitMs([key]));
    },

    async forgive({ key }) {
      await database.query`
        UPDATE throttle SET failures = greatest(failures - 1, 0), blocked_until = clock_timestamp() WHERE key = ${key}`;
    },

    async clear({ key }) {
      await database.query`DELETE FROM throttle WHERE key = ${key}`;
    },
  };
}

/** Deletes failures that are forgotten. */
export async function purgeThrottle(database: Postgres): Promise<void> {
  await database.query`
    DELETE FROM throttle WHERE key IN (
      SELECT key FROM throttle WHERE expires_at < now() ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`;
}
