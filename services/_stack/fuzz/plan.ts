/** Requests as they are planned: made by fast-check of the contract, made smaller by it when one of them finds a fault. */
import fc from "fast-check";
import type { OperationId, ServiceName } from "#contract";
import { follow, memberOf, OPERATIONS, type Operation, partAt } from "../../../openapi/conformance/document.ts";
import { rightValues, wrongValues } from "./schema_values.ts";

/** Who sends a request. */
export type Role = "anonymous" | "customer" | "stranger" | "admin" | "service" | "client" | "impostor";

/** A parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  /** A JSON Pointer to its schema. */
  readonly schema: string;
}

/** What is sent as a body: a value in the operation's media type, or a text as it is. */
export type PlannedBody = { readonly value: unknown } | { readonly text: string };

/** A request before it is known what there is to ask about. */
export interface Plan {
  readonly id: OperationId;
  readonly role: Role;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Goes behind the query as it is. */
  readonly tail: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: PlannedBody | undefined;
  /** In place of the operation's own. */
  readonly mediaType: string | undefined;
  /** Chooses which ids, versions and tokens are taken from what was answered before; 0 takes the latest. */
  readonly reuse: number;
}

interface RawParameter {
  readonly name: string;
  readonly in: Parameter["in"];
  readonly required?: boolean;
}

/** How often a request is right in each of its parts, where it can be wrong. */
const RIGHT = 14;
/** An operation has up to a dozen parameters. */
const PARAMETER_RIGHT = 3 * RIGHT;
const STEPS_MAX = 10;
const BROKEN_TEXTS = [
  "{",
  "",
  "null",
  "[]",
  '"text"',
  "{}",
  '{"a":1,}',
  "{'a':1}",
  "\u0000",
  '{"version":1e999}',
  "NaN",
];
const BROKEN_TAILS = ["surprise=1", "limit=1&limit=2", "limit=%zz", "cursor=%ff", "=", "limit", "%00=1", "sort[]=name"];
const OTHER_MEDIA_TYPES = [
  "text/plain",
  "application/xml",
  "multipart/form-data; boundary=x",
  "application/json; charset=latin1",
  "json",
];
const BROKEN_TOKENS: readonly Role[] = ["anonymous", "impostor"];
const ROLES: Readonly<Record<Operation["access"], readonly Role[]>> = {
  public: ["anonymous"],
  optional: ["anonymous", "customer", "stranger", "admin"],
  user: ["customer", "customer", "stranger", "admin"],
  service: ["service"],
  client: ["anonymous", "client"],
};
const ALL_ROLES: readonly Role[] = ["anonymous", "customer", "stranger", "admin", "service", "impostor"];

/** The parameters of an operation, those of its path included. */
export function parametersOf({ path, method }: Operation): readonly Parameter[] {
  const item = memberOf("#", "paths", path);
  return [item, memberOf(item, method.toLowerCase())].flatMap((pointer) => {
    const { parameters = [] } = partAt(pointer) as { parameters?: readonly unknown[] }; // of a path or an operation
    return parameters.map((_, index) => toParameter(follow(memberOf(pointer, "parameters", `${index}`))));
  });
}

function toParameter(pointer: string): Parameter {
  const { name, in: place, required = false } = partAt(pointer) as RawParameter; // it stands among parameters
  return { name, in: place, required, schema: memberOf(pointer, "schema") };
}

/** The schema of an operation's body. */
export function bodySchemaOf({ path, method, body }: Operation): string | undefined {
  if (body === undefined) return undefined;
  return memberOf("#", "paths", path, method.toLowerCase(), "requestBody", "content", body.mediaType, "schema");
}

/** Requests in a row, each of any operation of a service: what one answers, the next ones ask about. */
export function scenarios(service: ServiceName): fc.Arbitrary<readonly Plan[]> {
  const operations = OPERATIONS.filter((operation) => operation.service === service);
  const plans = operations.map((operation) => ({ arbitrary: plansOf(operation), weight: weightOf(operation) }));
  return fc.array(fc.oneof(...plans), { minLength: 1, maxLength: STEPS_MAX, size: "max" });
}

/** More is made than is ended, so that there is something to ask about. */
function weightOf({ method, responses }: Operation): number {
  if (method === "DELETE") return 1;
  return method === "POST" && responses.has(201) ? 6 : 4;
}

function plansOf(operation: Operation): fc.Arbitrary<Plan> {
  const parameters = parametersOf(operation);
  const among = (place: Parameter["in"]) => parameters.filter((parameter) => parameter.in === place);
  return fc.record({
    id: fc.constant(operation.id),
    role: roles(operation),
    params: parametersAs(among("path"), isPathSegment),
    query: parametersAs(among("query"), (text) => text.isWellFormed()),
    tail: mostly(fc.constant(""), fc.constantFrom(...BROKEN_TAILS), 3 * RIGHT),
    headers: parametersAs(among("header"), isHeaderValue),
    body: bodies(operation),
    mediaType: mostly(fc.constant(undefined), fc.constantFrom(...OTHER_MEDIA_TYPES), 3 * RIGHT),
    reuse: fc.nat(),
  });
}

function roles({ access, needs }: Operation): fc.Arbitrary<Role> {
  const right: readonly Role[] = needs.includes("admin") ? ["admin"] : ROLES[access];
  const others = access === "client" ? BROKEN_TOKENS : access === "public" ? right : ALL_ROLES;
  return mostly(fc.constantFrom(...right), fc.constantFrom(...others), RIGHT);
}

function mostly<T>(right: fc.Arbitrary<T>, wrong: fc.Arbitrary<T>, weight = RIGHT): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: right, weight }, { arbitrary: wrong, weight: 1 });
}

/** Values as the texts they are sent as; those that can't be sent in this place are left out. */
function parametersAs(
  parameters: readonly Parameter[],
  canBeSent: (text: string) => boolean,
): fc.Arbitrary<Record<string, string>> {
  const members = parameters.map(({ name, schema }) => {
    const texts = mostly(rightValues(schema), wrongValues(schema), PARAMETER_RIGHT).map(asText);
    return [name, texts.filter(canBeSent)] as const;
  });
  const requiredKeys = parameters.filter(({ in: place }) => place === "path").map(({ name }) => name);
  return fc.record(Object.fromEntries(members), { requiredKeys, noNullPrototype: true });
}

function asText(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A dot segment would be another path, and so would nothing. */
function isPathSegment(text: string): boolean {
  return text !== "" && !/^\.+$/.test(text) && text.isWellFormed();
}

/** RFC 9110, 5.5: what arrives as it was sent, whoever carries it. */
function isHeaderValue(text: string): boolean {
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text);
}

function bodies(operation: Operation): fc.Arbitrary<PlannedBody | undefined> {
  const schema = bodySchemaOf(operation);
  if (schema === undefined) return fc.constant(undefined);
  return fc.oneof(
    { arbitrary: rightValues(schema).map((value) => ({ value })), weight: RIGHT },
    { arbitrary: wrongValues(schema).map((value) => ({ value })), weight: RIGHT / 2 },
    { arbitrary: fc.constantFrom(...BROKEN_TEXTS).map((text) => ({ text })), weight: 1 },
  );
}
