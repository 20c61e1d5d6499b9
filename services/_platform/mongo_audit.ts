import type { ClientSession } from "mongodb";
import { type AuditEvent, type AuditQuery, type AuditStore, timeOf } from "./audit.ts";
import type { Mongo } from "./mongo.ts";

/** An event; its time is that of its id. */
type EventDocument = Omit<AuditEvent, "id" | "at"> & { _id: string };

const COLLECTION = "auditEvents";

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
