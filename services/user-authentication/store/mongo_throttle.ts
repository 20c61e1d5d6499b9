import type { Mongo } from "#platform/mongo.ts";
import { duplicateKey } from "#platform/mongo_faults.ts";
import { millis } from "#platform/mongo_time.ts";
import type { ThrottleStore } from "./mod.ts";

/** More than one is needed only if the document is deleted in between. */
const INSERT_ATTEMPTS = 5;
/** Nobody waits. Not `$$NOW`: for a command that began earlier and comes later, that is still to come. */
const NEVER = new Date(0);

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
      const remaining = { $subtract: [millis("$blockedUntil"), millis("$$NOW")] };
      const rows = await throttle
        .aggregate<{ waitMs: number }>([
          { $match: { _id: { $in: keys.map(({ key }) => key) } } },
          { $project: { waitMs: remaining } },
        ])
        .toArray();
      return Math.max(0, ...rows.map(({ waitMs }) => waitMs));
    },

    async attempt({ key, rule: { delaysMs, forgetAfterMs } }) {
      const isPast = (time: string) => ({ $lte: [{ $ifNull: [millis(time), 0] }, millis("$$NOW")] });
      const counted = { $add: [{ $cond: [isPast("$expiresAt"), 0, "$failures"] }, 1] };
      const delay = { $arrayElemAt: [[...delaysMs], { $min: ["$failures", delaysMs.length - 1] }] };
      const ifAdmitted = (value: object, otherwise: string) => ({ $cond: ["$admitted", value, otherwise] });
      const update = [
        { $set: { attemptedAt: "$$NOW", admitted: isPast("$blockedUntil") } },
        { $set: { failures: ifAdmitted(counted, "$failures") } },
        {
          $set: {
            blockedUntil: ifAdmitted(
              { $cond: [{ $gt: [delay, 0] }, { $add: ["$$NOW", delay] }, NEVER] },
              "$blockedUntil",
            ),
            expiresAt: ifAdmitted({ $add: ["$$NOW", forgetAfterMs] }, "$expiresAt"),
          },
        },
      ];
      const tryUpdate = () => throttle.findOneAndUpdate({ _id: key }, update, { returnDocument: "after" });
      let document = await tryUpdate();
      // Not an upsert: of many at once, on compatible engines some would not be answered.
      for (let attempt = 1; !document && attempt <= INSERT_ATTEMPTS; attempt++) {
        await throttle.insertOne(blankDocument(key, forgetAfterMs)).catch(ignoreDuplicate);
        document = await tryUpdate();
      }
      if (!document) throw new Error("The document of the attempts was deleted again and again");
      if (document.admitted) return 0;
      return Math.max(1, document.blockedUntil.getTime() - document.attemptedAt.getTime());
    },

    async forgive({ key }) {
      const failures = { $max: [{ $subtract: ["$failures", 1] }, 0] };
      await throttle.updateOne({ _id: key }, [{ $set: { failures, blockedUntil: NEVER } }]);
    },

    async clear({ key }) {
      await throttle.deleteOne({ _id: key });
    },
  };
}

/** No attempt so far. */
function blankDocument(key: string, forgetAfterMs: number): ThrottleDocument {
  const expiresAt = new Date(Date.now() + forgetAfterMs);
  return { _id: key, failures: 0, blockedUntil: NEVER, expiresAt, attemptedAt: NEVER, admitted: true };
}

function ignoreDuplicate(error: unknown): void {
  if (!duplicateKey(error)) throw error;
}
