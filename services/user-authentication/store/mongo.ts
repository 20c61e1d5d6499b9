import { connectMongo, type Mongo, type MongoOptions } from "#platform/mongo.ts";
import { createMongoAudit, prepareAudit } from "#platform/mongo_audit.ts";
import { createMongoIdempotency, prepareIdempotency } from "#platform/mongo_idempotency.ts";
import type { Store } from "./mod.ts";
import { createMongoMailTokens, prepareMailTokens } from "./mongo_mail_tokens.ts";
import { createMongoSessions, prepareSessions } from "./mongo_sessions.ts";
import { createMongoSigningKeys, prepareSigningKeys } from "./mongo_signing_keys.ts";
import { createMongoThrottle, prepareThrottle } from "./mongo_throttle.ts";
import { createMongoUsers, prepareUsers } from "./mongo_users.ts";

const PREPARATIONS = [
  ...[prepareUsers, prepareSessions, prepareThrottle, prepareSigningKeys],
  ...[prepareIdempotency, prepareAudit, prepareMailTokens],
];

/** Connects and brings collections, validators and indexes up to date. @throws {StartFault} if that can't be done. */
export async function openMongoStore(options: MongoOptions): Promise<Store> {
  const database = await connectMongo(options);
  try {
    for (const prepare of PREPARATIONS) await prepare(database);
    return createMongoStore(database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

function createMongoStore(database: Mongo): Store {
  return {
    users: createMongoUsers(database),
    sessions: createMongoSessions(database),
    mailTokens: createMongoMailTokens(database),
    throttle: createMongoThrottle(database),
    signingKeys: createMongoSigningKeys(database),
    idempotency: createMongoIdempotency(database),
    audit: createMongoAudit(database),
    ping: () => database.ping(),
    // TTL indexes do it.
    purge: async () => {},
    close: () => database.close(),
  };
}
