import type { ClientSession } from "mongodb";
import { type AuditEvent, type AuditQuery, type AuditStore, firstIdAt, timeOf } from "./audit.ts";
import type { Mongo } from "./mongo.ts";
import { millis } from "./mongo_time.ts";

/** An event; its time is that of its id. */
type EventDocument = Omit<AuditEvent, "id" | "at"> & { _id: string };

const COLLECTION = "auditEvents";
const DAY_MS = 86_400_000;

/** Makes the collection of the trail. */
export async function prepareAudit(database: Mongo): Promise<void> {
  const text = { bsonType: "string" };
  const textOrNull = { bsonType: ["string", "null"] };
  const object = (properties: Readonly<Record<string, object>>) => ({
    ...{ bsonType: "object", required: Object.keys(properties), properties, additionalProperties: false },
  });
  const someone = object({ kind: text, id: textOrNull });
  const properties = {
    ...{ _id: text, action: text, actor: someone, target: someone, requestId: text },
    ...{ source: object({ address: text, userAgent: textOrNull }), details: { bsonType: "object" } },
  };
  await database.prepare(COLLECTION, {
    validator: { $jsonSchema: { required: Object.keys(properties), properties, additionalProperties: false } },
    indexes: [
      { name: "audit_events_by_actor", key: { "actor.id": 1, _id: 1 } },
      { name: "audit_events_by_target", key: { "target.id": 1, _id: 1 } },
      { name: "audit_events_by_action", key: { action: 1, _id: 1 } },
    ],
  });
}

/** The trail in MongoDB. */
export function createMongoAudit(database: Mongo): AuditStore {
  const events = database.collection<EventDocument>(COLLECTION);
  return {
    append: (event) => insertEvent(database, event),
    async list(query) {
      const { limit, before, from, actorId, targetId, action } = query;
      const filter = {
        ...((before || from) && { _id: { ...(before && { $lt: before }), ...(from && { $gte: from }) } }),
        ...(actorId && { "actor.id": actorId }),
        ...(targetId && { "target.id": targetId }),
        ...(action && { action }),
      };
      const documents = await events
        .find(filter, { hint: hintFor(query) })
        .sort({ _id: -1 })
        .limit(limit)
        .toArray();
      return documents.map(({ _id: id, ...event }) => ({ id, at: timeOf(id), ...event }));
    },
    async forget(retentionDays, limit) {
      // A database that can't be asked for its time but in an expression over a document: the oldest will do.
      const first = [{ $sort: { _id: 1 } }, { $limit: 1 }, { $project: { nowMs: millis("$$NOW") } }];
      const [oldest] = await events.aggregate<{ nowMs: number }>(first, { hint: "_id_" }).toArray();
      if (oldest === undefined) return 0;
      const filter = { _id: { $lt: firstIdAt(oldest.nowMs - retentionDays * DAY_MS) } };
      const projection = { _id: 1 } as const;
      const old = await events.find(filter, { hint: "_id_", projection }).sort({ _id: 1 }).limit(limit).toArray();
      const last = old.at(-1);
      if (last === undefined) return 0;
      return (await events.deleteMany({ _id: { $lte: last._id } }, { hint: "_id_" })).deletedCount;
    },
  };
}

/** Adds an event; with a session, together with what it tells of. */
export async function insertEvent(
  database: Mongo,
  { id: _id, at: _, ...event }: AuditEvent,
  session?: ClientSession,
): Promise<void> {
  await database.collection<EventDocument>(COLLECTION).insertOne({ _id, ...event }, session && { session });
}

/** Does something and, if it took effect, adds its event in the same transaction. @param work Answers what is false where nothing was done. */
export function audited<T>(
  database: Mongo,
  event: AuditEvent | undefined,
  work: (session?: ClientSession) => Promise<T>,
): Promise<T> {
  if (!event) return work();
  return database.transaction(async (session) => {
    const done = await work(session);
    if (done) await insertEvent(database, event, session);
    return done;
  });
}

function hintFor({ actorId, targetId, action }: AuditQuery): string {
  if (targetId) return "audit_events_by_target";
  if (actorId) return "audit_events_by_actor";
  return action ? "audit_events_by_action" : "_id_";
}
