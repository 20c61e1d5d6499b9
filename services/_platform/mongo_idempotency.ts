import type { ClientSession } from "mongodb";
import { IDEMPOTENCY_HOURS, type IdempotencyRecord, type IdempotencyStore, KeyTaken } from "./idempotency.ts";
import type { Mongo } from "./mongo.ts";
import { duplicateKey } from "./mongo_faults.ts";
import { millis } from "./mongo_time.ts";

interface RecordDocument {
  /** Scope and key; a key has no space in it. */
  _id: string;
  fingerprint: string;
  /** As JSON text, so that any member name is possible. */
  reply: string;
  /** Tells the writer whether it is this record that was kept. */
  writer: string;
  createdAt: Date;
}

const COLLECTION = "idempotencyRecords";
const LIFETIME_S = IDEMPOTENCY_HOURS * 3600;
/** Whether a record counts, by the clock of the database; one that is not there does not. */
const IS_FRESH = { $gt: [millis("$createdAt"), { $subtract: [millis("$$NOW"), LIFETIME_S * 1000] }] };

/** Makes the collection of idempotency records; the database deletes what is too old. */
export async function prepareIdempotency(database: Mongo): Promise<void> {
  const text = { bsonType: "string" };
  const properties = { _id: text, fingerprint: text, reply: text, writer: text, createdAt: { bsonType: "date" } };
  await database.prepare(COLLECTION, {
    validator: { $jsonSchema: { required: Object.keys(properties), properties, additionalProperties: false } },
    indexes: [{ name: "idempotency_records_by_age", key: { createdAt: 1 }, expireAfterSeconds: LIFETIME_S }],
  });
}

/** Idempotency records in MongoDB. */
export function createMongoIdempotency(database: Mongo): IdempotencyStore {
  const records = database.collection<RecordDocument>(COLLECTION);
  return {
    async find(scope, key) {
      const document = await records.findOne({ _id: idOf(scope, key), $expr: IS_FRESH });
      if (!document) return undefined;
      // Written by insertRecord() from a record's reply.
      const reply = JSON.parse(document.reply) as IdempotencyRecord["reply"];
      return { scope, key, fingerprint: document.fingerprint, reply };
    },
    // In a transaction: of many at once, on compatible engines some would not be answered.
    save: (record) => database.transaction((session) => insertRecord(database, record, session)),
  };
}

/** Inserts a record, in place of one that is too old. @throws {KeyTaken} if there is a younger one. */
export async function insertRecord(database: Mongo, record: IdempotencyRecord, session: ClientSession): Promise<void> {
  const { scope, key, fingerprint, reply } = record;
  const _id = idOf(scope, key);
  const writer = crypto.randomUUID();
  const kept = { $literal: { _id, fingerprint, reply: JSON.stringify(reply), writer } };
  const replacement = { $mergeObjects: [kept, { createdAt: "$$NOW" }] };
  const records = database.collection<RecordDocument>(COLLECTION);
  try {
    const document = await records.findOneAndUpdate(
      { _id },
      [{ $replaceWith: { $cond: [IS_FRESH, "$$ROOT", replacement] } }],
      { upsert: true, returnDocument: "after", session },
    );
    if (document?.writer !== writer) throw new KeyTaken();
  } catch (error) {
    throw duplicateKey(error) ? new KeyTaken() : error;
  }
}

function idOf(scope: string, key: string): string {
  return `${scope} ${key}`;
}
