import type { Caller, RequestContext, Schema } from "#contract";
import { decodeCursor, isIdPosition, type ListQuery, type Page, toPage } from "./cursor.ts";

/** Who did what to which account or resource, when, and from where. Its id is a UUIDv7, and says when. */
export type AuditEvent = Schema<"AuditEvent">;

/** What was done. */
export interface Deed {
  readonly action: AuditEvent["action"];
  readonly target: AuditEvent["target"];
  /** What else there is to tell; never a secret. */
  readonly details?: AuditEvent["details"];
}

/** Who did it, and where the request came from. */
export interface Doer {
  readonly caller: Pick<Caller, "kind" | "id"> | undefined;
  readonly context: RequestContext;
}

/** Which events to read, newest first. */
export interface AuditQuery {
  readonly limit: number;
  /** Only ids before this one. */
  readonly before?: string | undefined;
  /** Only this id or later ones. */
  readonly from?: string | undefined;
  readonly actorId?: string | undefined;
  readonly targetId?: string | undefined;
  readonly action?: AuditEvent["action"] | undefined;
}

/** The trail of a service: events are added, read and, when they are old, forgotten. What has an effect writes its event in the same transaction. */
export interface AuditStore {
  /** Adds an event that has no effect to go with, such as a refusal. */
  append(event: AuditEvent): Promise<void>;
  list(query: AuditQuery): Promise<AuditEvent[]>;
  /** Deletes events that are older than so many days by the clock of the database, the oldest first. @returns How many. */
  forget(retentionDays: number, limit: number): Promise<number>;
}

/** In Postgres a trigger keeps what is younger, whoever asks. */
export const AUDIT_RETENTION_DAYS_MIN = 30;
/** Past it the time of an id would be before 1970. */
export const AUDIT_RETENTION_DAYS_MAX = 10_000;

/** What an operator does on the machine itself, without a request. */
export const BY_OPERATOR: AuditEvent["source"] = { address: "", userAgent: null };

const DETAIL_MAX_LENGTH = 200;
const ADDRESS_MAX_LENGTH = 64;

/** @param id A UUIDv7. */
export function auditEvent(id: string, { caller, context }: Doer, deed: Deed): AuditEvent {
  const actor = caller === undefined ? ANONYMOUS : { kind: caller.kind, id: caller.id };
  const source = { address: context.address.slice(0, ADDRESS_MAX_LENGTH), userAgent: context.userAgent };
  return completeEvent(id, { actor, source, requestId: context.requestId }, deed);
}

/** An event of what an operator does on the machine itself. @param id A UUIDv7. */
export function operatorEvent(id: string, deed: Deed): AuditEvent {
  return completeEvent(id, { actor: { kind: "operator", id: null }, source: BY_OPERATOR, requestId: "" }, deed);
}

const ANONYMOUS: AuditEvent["actor"] = { kind: "anonymous", id: null };

function completeEvent(
  id: string,
  who: Pick<AuditEvent, "actor" | "source" | "requestId">,
  { action, target, details = {} }: Deed,
): AuditEvent {
  const bounded = Object.entries(details).map(([name, value]) => [name, value.slice(0, DETAIL_MAX_LENGTH)]);
  return { id, at: timeOf(id), action, target, ...who, details: Object.fromEntries(bounded) };
}

/** When a UUIDv7 was made (RFC 9562, 5.7). */
export function timeOf(id: string): string {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString();
}

/** The least UUIDv7 of a time, in milliseconds since 1970. */
export function firstIdAt(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

function parseTime(time: string): number {
  // A leap second, which RFC 3339 has and this calendar has not.
  return Date.parse(time.replace(/:60(?=[.Z])/i, ":59"));
}

/** What the operations that list events are asked. */
export interface AuditListQuery extends ListQuery, Pick<AuditQuery, "actorId" | "targetId" | "action"> {
  readonly since?: string;
  readonly until?: string;
}

/** Answers a page of a trail. @param path Of the operation. */
export async function auditPage(
  trail: Pick<AuditStore, "list">,
  path: string,
  query: AuditListQuery,
): Promise<Page<AuditEvent>> {
  const { limit, actorId, targetId, action, since, until } = query;
  const ends = [decodeCursor(query, isIdPosition)?.[0], until && firstIdAt(parseTime(until))].filter(
    (end) => end !== undefined,
  );
  const found = await trail.list({
    ...{ limit: limit + 1, actorId, targetId, action },
    before: ends.sort()[0],
    from: since && firstIdAt(parseTime(since)),
  });
  return toPage({ path, query, found, positionOf: ({ id }) => [id] });
}
