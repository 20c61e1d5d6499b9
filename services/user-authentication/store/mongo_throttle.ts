import type { Mongo } from "#platform/mongo.ts";
import type { ThrottleStore } from "./mod.ts";

interface ThrottleDocument {
  /** The key. */
  _id: string;
  failures: number;
  blockedUntil: Date;
  /** Then the failures are forgotten. */
  expiresAt: Date;
  /** The last attempt: when it came, and whether it was let in. */
  attemptedAt: Date;
  admitted: boolean;
}

/** Makes the collection of failed attempts; the database deletes what is forgotten. */
export async function prepareThrottle(database: Mongo): Promise<void> {
  const date = { bsonType: "date" };
  const properties = {
    ...{ _id: { bsonType: "string" }, failures: { bsonType: "number", minimum: 0 }, admitted: { bsonType: "bool" } },
    ...{ blockedUntil: date, expiresAt: date, attemptedAt: date },
  };
  await database.prepare("throttle", {
    validator: { $jsonSchema: { required: Object.keys(properties), properties, additionalProperties: false } },
    indexes: [{ name: "throttle_by_expiry", key: { expiresAt: 1 }, expireAfterSeconds: 0 }],
  });
}

/** Failed attempts in MongoDB: one atomic update counts and times them. */
export function createMongoThrottle(database: Mongo): ThrottleStore {
  const throttle = database.collection<ThrottleDocument>("throttle");

  return {
    async waitMs(keys) {
      const remaining = { $subtract: ["$blockedUntil", "$$NOW"] };
      const rows = await throttle
        .aggregate<{ waitMs: number }>([
          { $match: { _id: { $in: keys.map(({ key }) => key) } } },
          { $project: { waitMs: remaining } },
        ])
        .toArray();
      return Math.max(0, ...rows.map(({ waitMs }) => waitMs));
    },

    async attempt({ key, rule: { delaysMs, forgetAfterMs } }) {
      const forgotten = { $lte: [{ $ifNull: ["$expiresAt", "$$NOW"] }, "$$NOW"] };
      const counted = { $add: [{ $cond: [forgotten, 0, "$failures"] }, 1] };
      const delay = { $arrayElemAt: [[...delaysMs], { $min: ["$failures", delaysMs.length - 1] }] };
      const ifAdmitted = (value: object, otherwise: string) => ({ $cond: ["$admitted", value, otherwise] });
      const document = await throttle.findOneAndUpdate(
        { _id: key },
        [
          { $set: { attemptedAt: "$$NOW", admitted: { $lte: [{ $ifNull: ["$blockedUntil", "$$NOW"] }, "$$NOW"] } } },
          { $set: { failures: ifAdmitted(counted, "$failures") } },
          {
            $set: {
              blockedUntil: ifAdmitted({ $add: ["$$NOW", delay] }, "$blockedUntil"),
              expiresAt: ifAdmitted({ $add: ["$$NOW", forgetAfterMs] }, "$expiresAt"),
            },
          },
        ],
        { upsert: true, returnDocument: "after" },
      );
      if (!document) throw new Error("The attempt was not answered");
      if (document.admitted) return 0;
      return Math.max(1, document.blockedUntil.getTime() - document.attemptedAt.getTime());
    },

    async forgive({ key }) {
      const failures = { $max: [{ $subtract: ["$failures", 1] }, 0] };
      await throttle.updateOne({ _id: key }, [{ $set: { failures, blockedUntil: "$$NOW" } }]);
    },

    async clear({ key }) {
      await throttle.deleteOne({ _id: key });
    },
  };
}
