import type { ClientSession } from "mongodb";
import type { Mongo } from "#platform/mongo.ts";
import { audited, insertEvent } from "#platform/mongo_audit.ts";
import { millis } from "#platform/mongo_time.ts";
import type { MailTokenStore } from "./mod.ts";

interface TokenDocument {
  /** The hash. */
  _id: string;
  userId: string;
  epoch: number;
  expiresAt: Date;
}

/** The part of an account that a token changes. */
interface AccountDocument {
  _id: string;
  sessionEpoch: number;
  emailVerified?: boolean;
}

const COLLECTION = "mailTokens";
const IS_GOOD = { $gt: [millis("$expiresAt"), millis("$$NOW")] };

/** Makes the collection of tokens that were sent by mail; the database deletes those that are too old. */
export async function prepareMailTokens(database: Mongo): Promise<void> {
  const text = { bsonType: "string", minLength: 1 };
  const epoch = { bsonType: "number", minimum: 1 };
  const properties = { _id: text, userId: text, epoch, expiresAt: { bsonType: "date" } };
  await database.prepare(COLLECTION, {
    validator: { $jsonSchema: { required: Object.keys(properties), properties, additionalProperties: false } },
    indexes: [{ name: "mail_tokens_by_expiry", key: { expiresAt: 1 }, expireAfterSeconds: 0 }],
  });
}

/** Tokens that were sent by mail, in MongoDB. */
export function createMongoMailTokens(database: Mongo): MailTokenStore {
  const tokens = database.collection<TokenDocument>(COLLECTION);
  const users = database.collection<AccountDocument>("users");

  function take(hash: string, session: ClientSession): Promise<TokenDocument | null> {
    return tokens.findOneAndDelete({ _id: hash, $expr: IS_GOOD }, { session });
  }

  return {
    async issue({ hash, userId, epoch, lifetimeMs, event }) {
      const issued = { userId: { $literal: userId }, epoch, expiresAt: { $add: ["$$NOW", lifetimeMs] } };
      await audited(database, event, (session) =>
        tokens.findOneAndUpdate({ _id: hash }, [{ $set: issued }], {
          ...{ upsert: true, returnDocument: "after" },
          ...(session && { session }),
        }),
      );
    },

    async findUser(hash) {
      const token = await tokens.findOne({ _id: hash, $expr: IS_GOOD });
      const account = token && (await users.findOne({ _id: token.userId, sessionEpoch: token.epoch }));
      return account?._id;
    },

    resetPassword(hash, { to, now, event }) {
      const isVerified = { $eq: ["$emailVerified", true] };
      const change = {
        ...{ passwordHash: { $literal: to }, sessionEpoch: { $add: ["$sessionEpoch", 1] }, emailVerified: true },
        version: { $add: ["$version", { $cond: [isVerified, 0, 1] }] },
        updatedAt: { $cond: [isVerified, "$updatedAt", now] },
      };
      return database.transaction(async (session) => {
        const token = await take(hash, session);
        if (!token) return false;
        const filter = { _id: token.userId, sessionEpoch: token.epoch };
        const { modifiedCount } = await users.updateOne(filter, [{ $set: change }], { session });
        if (modifiedCount === 1 && event) await insertEvent(database, event, session);
        return modifiedCount === 1;
      });
    },

    verifyEmail(hash, { now, eventOf }) {
      const change = { $set: { emailVerified: true, updatedAt: now }, $inc: { version: 1 } };
      return database.transaction(async (session) => {
        const token = await take(hash, session);
        if (!token) return false;
        const filter = { _id: token.userId, emailVerified: { $ne: true } };
        const { modifiedCount } = await users.updateOne(filter, change, { session });
        if (modifiedCount === 1) await insertEvent(database, eventOf(token.userId), session);
        return true;
      });
    },
  };
}
