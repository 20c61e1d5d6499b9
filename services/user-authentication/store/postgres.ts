import { migrate } from "#platform/migrate.ts";
import { connectPostgres, type Postgres, type PostgresOptions } from "#platform/postgres.ts";
import { createPostgresAudit } from "#platform/postgres_audit.ts";
import { createPostgresIdempotency, purgeIdempotency } from "#platform/postgres_idempotency.ts";
import type { Store } from "./mod.ts";
import { createPostgresMailTokens, purgeMailTokens } from "./postgres_mail_tokens.ts";
import { createPostgresSessions, purgeSessions } from "./postgres_sessions.ts";
import { createPostgresSigningKeys } from "./postgres_signing_keys.ts";
import { createPostgresThrottle, purgeThrottle } from "./postgres_throttle.ts";
import { createPostgresUsers } from "./postgres_users.ts";

const MIGRATIONS = `${import.meta.dir}/migrations`;

/** Connects and brings the tables up to date. @throws {StartFault} if that can't be done. */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const database = await connectPostgres(options);
  try {
    await migrate(database, MIGRATIONS);
    return createPostgresStore(database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

function createPostgresStore(database: Postgres): Store {
  return {
    users: createPostgresUsers(database),
    sessions: createPostgresSessions(database),
    mailTokens: createPostgresMailTokens(database),
    throttle: createPostgresThrottle(database),
    signingKeys: createPostgresSigningKeys(database),
    idempotency: createPostgresIdempotency(database),
    audit: createPostgresAudit(database),
    ping: () => database.ping(),
    async purge() {
      await purgeSessions(database);
      await purgeMailTokens(database);
      await purgeThrottle(database);
      await purgeIdempotency(database);
    },
    close: () => database.close(),
  };
}
