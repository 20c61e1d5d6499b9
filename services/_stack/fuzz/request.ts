/** Requests as they are sent: a plan, with what is known put into it. */
import type { OperationId } from "#contract";
import { type Operation, operationOf } from "../../../openapi/conformance/document.ts";
import type { Knowledge } from "./knowledge.ts";
import { anAddress, type People, type Sender } from "./people.ts";
import type { Plan, PlannedBody, Role } from "./plan.ts";

/** A request that can be sent and judged. */
export interface FuzzRequest {
  readonly operation: Operation;
  readonly role: Role;
  readonly sender: Sender;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Without its question mark; with what was put behind the query. */
  readonly search: string;
  readonly path: string;
  /** What the operation declares, and the media type; names as in the contract. */
  readonly headers: Readonly<Record<string, string>>;
  readonly mediaType: string | undefined;
  /** Undefined where the operation takes none. */
  readonly text: string | undefined;
}

/** The JSON object that a request sends; empty if it sends none. */
export function bodyOf({ text }: Pick<FuzzRequest, "text">): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text ?? "{}"));
  } catch {
    return {};
  }
}

/** Fields and parameters that mean the same thing under another name. */
const ALIASES: Readonly<Record<string, string>> = {
  productIds: "productId",
  afterProductId: "productId",
  token: "refresh_token",
  customerId: "personId",
  ownerId: "personId",
};
/** Characters of a part of a request that a report shows. */
const DESCRIBED_MAX = 1_500;
/** Of so many chances, one is not taken. */
const CHANCES = 5;
const LATEST = 3;

/** Puts ids, versions, tokens and cursors that are known into a planned request. */
export async function prepare(plan: Plan, knowledge: Knowledge, people: People): Promise<FuzzRequest> {
  const operation = operationOf(plan.id);
  const sender = await people.senderOf(plan.role);
  const choose = new Choice(plan.reuse);
  const source = { operation: plan.id, caller: sender.id, choose, knowledge };
  const params = mapValues(plan.params, (value, name) => chosen(source, { name, value }));
  const target = knowledge.things.get(Object.values(params).at(-1) ?? "");
  const version = target?.version;
  const query = queryOf(plan, source);
  const headers = mapValues(plan.headers, (value, name) => {
    if (version === undefined || !choose.take(name)) return value;
    return name === "If-Match" || name === "If-None-Match" ? `"${version}"` : value;
  });
  const own = ownVersion(plan.id, knowledge, sender);
  const text = textOf(operation, plan.body, (value) => fill(value, { ...source, version: version ?? own, name: "" }));
  const search = [new URLSearchParams(query).toString(), plan.tail].filter(Boolean).join("&");
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const mediaType = text === undefined ? undefined : (plan.mediaType ?? operation.body?.mediaType);
  return { operation, role: plan.role, sender, params, query, search, path, headers, mediaType, text };
}

/** The headers as they go over the wire. */
export function wireHeaders({ sender, headers, mediaType }: FuzzRequest): Record<string, string> {
  return {
    ...headers,
    ...(sender.authorization !== undefined && { authorization: sender.authorization }),
    ...(mediaType !== undefined && { "content-type": mediaType }),
    "x-forwarded-for": anAddress(),
  };
}

/** A request on one line, for a report. */
export function describeRequest({ operation, role, path, search, headers, mediaType, text }: FuzzRequest): string {
  const sent = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  if (mediaType !== operation.body?.mediaType) sent.push(`Content-Type: ${mediaType}`);
  const line = `${operation.method} ${path}${search && `?${search}`}`;
  const parts = [`${shorten(line)} as ${role}`, ...sent, ...(text === undefined ? [] : [text])];
  return parts.map(shorten).join(" | ");
}

function shorten(text: string): string {
  return text.length <= DESCRIBED_MAX ? text : `${text.slice(0, DESCRIBED_MAX)}… (${text.length} characters)`;
}

/** Decides by one number, the same each time, and differently for each name. */
class Choice {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  take(name: string): boolean {
    return this.#seed === 0 || this.#hash(name) % CHANCES !== 0;
  }

  /** One of the last, mostly: they are more likely to be good still. */
  among<T>(name: string, values: readonly T[]): T | undefined {
    const hash = this.#seed === 0 ? 0 : this.#hash(name) >>> 8;
    const reach = hash % CHANCES === 1 ? values.length : Math.min(values.length, LATEST);
    return values.at(-1 - ((hash >>> 4) % reach));
  }

  /** FNV-1a. */
  #hash(name: string): number {
    let hash = 0x811c9dc5 ^ this.#seed;
    for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193) >>> 0;
    return hash;
  }
}

interface Field {
  readonly name: string;
  readonly value: string;
}

/** A known value in the place of a planned one; one that is wrong stays, and so does one of which nothing is known. */
function chosen({ operation, caller, choose, knowledge }: Source, { name, value }: Field): string {
  const kind = ALIASES[name] ?? name;
  const lists = [`${operation}.${name}`, ...(choose.take("own") ? [`${caller} ${kind}`] : []), kind];
  const values = lists.map((list) => knowledge.valuesOf(list)).find((list) => list.length > 0) ?? [];
  const isId = /Id$/.test(kind);
  // What an operation has of its own goes together, as a name and its password do.
  const subject = knowledge.valuesOf(`${operation}.${name}`).length > 0 ? operation : name;
  if (values.length === 0 || !choose.take(subject) || (isId && !/^[0-9a-f-]{36}$/.test(value))) return value;
  return String(choose.among(name, values));
}

/** Where known values come from. */
interface Source {
  readonly operation: OperationId;
  /** The id of the sender. */
  readonly caller: string;
  readonly choose: Choice;
  readonly knowledge: Knowledge;
}

interface Filling extends Source {
  readonly version: number | undefined;
  /** Of the member that holds the value. */
  readonly name: string;
}

function fill(value: unknown, filling: Filling): unknown {
  const { choose, version, name } = filling;
  if (typeof value === "string") return chosen(filling, { name, value });
  if (typeof value === "number") {
    const isVersion = name === "version" && version !== undefined && Number.isSafeInteger(value) && value > 0;
    return isVersion && choose.take(name) ? version : value;
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, filling));
  if (typeof value !== "object" || value === null) return value;
  return mapValues(value as Record<string, unknown>, (member, key) => fill(member, { ...filling, name: key }));
}

/** A list goes on where one ended, with the query that it ended with; where none did, it mostly begins. */
function queryOf({ id, query }: Plan, source: Source): Record<string, string> {
  const { caller, choose, knowledge } = source;
  const { cursor, ...beginning } = mapValues(query, (value, name) => chosen(source, { name, value }));
  if (cursor === undefined || !choose.take("cursor")) return { ...beginning, ...(cursor !== undefined && { cursor }) };
  const known = knowledge.cursors.filter((each) => each.operation === id && each.caller === caller);
  const given = choose.among("cursor", known);
  return given === undefined ? beginning : { ...given.query, cursor: given.value };
}

/** The profile is its caller's: no parameter names it. */
function ownVersion(id: OperationId, knowledge: Knowledge, sender: Sender): number | undefined {
  return id === "updateProfile" ? knowledge.things.get(sender.id)?.version : undefined;
}

function textOf(
  { body: declared }: Operation,
  planned: PlannedBody | undefined,
  fillIn: (value: unknown) => unknown,
): string | undefined {
  if (planned === undefined || declared === undefined) return undefined;
  if ("text" in planned) return planned.text;
  const value = fillIn(planned.value);
  if (declared.mediaType !== "application/x-www-form-urlencoded") return JSON.stringify(value);
  const members = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return new URLSearchParams(members.map(([name, member]) => [name, String(member).toWellFormed()])).toString();
}

function mapValues<In, Out>(
  values: Readonly<Record<string, In>>,
  map: (value: In, name: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value, name)]));
}
