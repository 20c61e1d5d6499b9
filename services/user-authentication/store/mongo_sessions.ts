import type { ClientSession, Filter } from "mongodb";
import type { Mongo } from "#platform/mongo.ts";
import { audited, insertEvent } from "#platform/mongo_audit.ts";
import { millis } from "#platform/mongo_time.ts";
import type { Session } from "../refresh_token.ts";
import type { Role } from "../user.ts";
import type { RefreshOutcome, SessionStore } from "./mod.ts";

interface SessionDocument {
  _id: string;
  userId: string;
  epoch: number;
  /** That of its youngest token. */
  generation: number;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  /** What the client called itself; sessions of before have no name. */
  client?: string | null;
  /** When a transaction last took the session for itself, by the clock of the database. */
  lockedAt: Date;
}

interface TokenDocument {
  /** The hash. */
  _id: string;
  sessionId: string;
  generation: number;
  replacedAt: Date | null;
  expiresAt: Date;
}

/** The part of an account that decides about its sessions. */
interface AccountDocument {
  _id: string;
  roles: Role[];
  sessionEpoch: number;
}

const DATE = { bsonType: "date" };
const DATE_OR_NULL = { bsonType: ["date", "null"] };
const TEXT = { bsonType: "string", minLength: 1 };
const COUNT = { bsonType: "number", minimum: 1 };

/** Makes the collections of sessions and refresh tokens; the database deletes what has expired. */
export async function prepareSessions(database: Mongo): Promise<void> {
  const session = {
    ...{ _id: TEXT, userId: TEXT, epoch: COUNT, generation: COUNT },
    ...{ createdAt: DATE, lastUsedAt: DATE, expiresAt: DATE, revokedAt: DATE_OR_NULL, lockedAt: DATE },
  };
  await database.prepare("sessions", {
    validator: {
      $jsonSchema: {
        required: Object.keys(session),
        properties: { ...session, client: { bsonType: ["string", "null"] } },
        additionalProperties: false,
      },
    },
    indexes: [
      { name: "sessions_by_user", key: { userId: 1, _id: 1 } },
      { name: "sessions_by_expiry", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
    ],
  });
  const token = { _id: TEXT, sessionId: TEXT, generation: COUNT, replacedAt: DATE_OR_NULL, expiresAt: DATE };
  await database.prepare("refreshTokens", {
    validator: { $jsonSchema: { required: Object.keys(token), properties: token, additionalProperties: false } },
    indexes: [{ name: "refresh_tokens_by_expiry", key: { expiresAt: 1 }, expireAfterSeconds: 0 }],
  });
}

/** Sessions and refresh tokens in MongoDB. */
export function createMongoSessions(database: Mongo): SessionStore {
  const sessions = database.collection<SessionDocument>("sessions");
  const tokens = database.collection<TokenDocument>("refreshTokens");
  const users = database.collection<AccountDocument>("users");

  /** Keeps all others out of a session until the transaction ends; they run again, and see what it did. */
  async function lock(id: string, transaction: ClientSession): Promise<SessionDocument> {
    const lockedAt = { $set: { lockedAt: "$$NOW" } };
    const options = { session: transaction, returnDocument: "after" } as const;
    const session = await sessions.findOneAndUpdate({ _id: id }, [lockedAt], options);
    if (!session) throw new Error("A refresh token has no session");
    return session;
  }

  async function renew(session: SessionDocument, token: TokenDocument, nextHash: string, transaction: ClientSession) {
    const options = { session: transaction };
    const now = session.lockedAt;
    const generation = token.generation + 1;
    if (!token.replacedAt) await tokens.updateOne({ _id: token._id }, { $set: { replacedAt: now } }, options);
    const { _id: sessionId, expiresAt } = session;
    await tokens.insertOne({ _id: nextHash, sessionId, generation, replacedAt: null, expiresAt }, options);
    const update = { $set: { lastUsedAt: now }, $max: { generation } };
    await sessions.updateOne({ _id: sessionId }, update, options);
  }

  async function revokeSession(filter: Filter<SessionDocument>, transaction?: ClientSession): Promise<boolean> {
    const update = { $currentDate: { revokedAt: true } } as const;
    const { modifiedCount } = await sessions.updateOne(filter, update, transaction && { session: transaction });
    return modifiedCount === 1;
  }

  /** The sessions of an account that are not over. */
  async function live(userId: string) {
    const account = await users.findOne({ _id: userId }, { projection: { sessionEpoch: 1 } });
    const isYoung = { $gt: [millis("$expiresAt"), millis("$$NOW")] };
    return { userId, revokedAt: null, epoch: account?.sessionEpoch ?? 0, $expr: isYoung };
  }

  return {
    async open({ id, userId, epoch, tokenHash, lifetimeMs, client = null, event }) {
      const opened = {
        ...{ userId: { $literal: userId }, epoch, generation: 1, revokedAt: null, client: { $literal: client } },
        ...{ createdAt: "$$NOW", lastUsedAt: "$$NOW", lockedAt: "$$NOW", expiresAt: { $add: ["$$NOW", lifetimeMs] } },
      };
      await database.transaction(async (transaction) => {
        const options = { session: transaction, upsert: true, returnDocument: "after" } as const;
        const session = await sessions.findOneAndUpdate({ _id: id }, [{ $set: opened }], options);
        if (!session) throw new Error("The session was not answered");
        const token = { _id: tokenHash, sessionId: id, generation: 1, replacedAt: null, expiresAt: session.expiresAt };
        await tokens.insertOne(token, { session: transaction });
        if (event) await insertEvent(database, event, transaction);
      });
    },

    async refresh(tokenHash, { nextHash, decide, reused }) {
      const known = await tokens.findOne({ _id: tokenHash });
      if (!known) return { decision: "refuse" };
      return database.transaction(async (transaction): Promise<RefreshOutcome> => {
        const session = await lock(known.sessionId, transaction);
        const token = await tokens.findOne({ _id: tokenHash }, { session: transaction });
        const projection = { roles: 1, sessionEpoch: 1 };
        const account = await users.findOne({ _id: session.userId }, { session: transaction, projection });
        if (!token || !account) return { decision: "refuse" };
        const decision = decide({ now: session.lockedAt, token, session, accountEpoch: account.sessionEpoch });
        if (decision === "renew") await renew(session, token, nextHash, transaction);
        if (decision === "revoke") {
          const update = { $set: { revokedAt: session.lockedAt } };
          await sessions.updateOne({ _id: session._id }, update, { session: transaction });
          if (reused) await insertEvent(database, reused({ id: session._id, userId: account._id }), transaction);
        }
        return { decision, user: { id: account._id, roles: account.roles }, sessionId: session._id };
      });
    },

    async revoke(tokenHash, ended) {
      const token = await tokens.findOne({ _id: tokenHash });
      const session = token && (await sessions.findOne({ _id: token.sessionId, revokedAt: null }));
      if (!session) return;
      const event = ended?.({ id: session._id, userId: session.userId });
      await audited(database, event, (transaction) =>
        revokeSession({ _id: session._id, revokedAt: null }, transaction),
      );
    },

    async list(userId, { limit, before }) {
      const filter = { ...(await live(userId)), ...(before !== undefined && { _id: { $lt: before } }) };
      const found = await sessions.find(filter).sort({ _id: -1 }).limit(limit).toArray();
      return found.map(toSession);
    },

    async isLive({ id, userId }) {
      return (await sessions.findOne({ _id: id, ...(await live(userId)) }, { projection: { _id: 1 } })) !== null;
    },

    async end(userId, id, event) {
      const filter = { _id: id, ...(await live(userId)) };
      return audited(database, event, (transaction) => revokeSession(filter, transaction));
    },

    async endAll(userId, event) {
      await audited(database, event, async (transaction) => {
        const options = transaction && { session: transaction };
        const { modifiedCount } = await users.updateOne({ _id: userId }, { $inc: { sessionEpoch: 1 } }, options);
        return modifiedCount === 1;
      });
    },
  };
}

function toSession({ _id: id, client = null, createdAt, lastUsedAt, expiresAt }: SessionDocument): Session {
  const times = { createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt.toISOString() };
  return { id, client, ...times, expiresAt: expiresAt.toISOString() };
}
