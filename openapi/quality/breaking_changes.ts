/** Finds what a client of one document could not do any more by the next one. */
import { type Document, follow, operationsIn, type Part, type PlacedOperation } from "./contract_rules.ts";

/** Who writes what a schema is about. */
type Direction = "request" | "response";

interface Versions {
  readonly before: Document;
  readonly after: Document;
}
interface Place extends Versions {
  readonly direction: Direction;
  readonly at: string;
  /** Pairs of references that are being compared: schemas may hold themselves. */
  readonly seen: ReadonlySet<string>;
}
interface SchemaPart extends Part {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Part>>;
  readonly required?: readonly string[];
  readonly items?: Part;
  readonly oneOf?: readonly Part[];
}

/** Limits that take less when they grow, and those that take less when they shrink. */
const LOWER_LIMITS = ["minimum", "minLength", "minItems", "minProperties"];
const UPPER_LIMITS = ["maximum", "maxLength", "maxItems", "maxProperties"];

/** A line for each change that can break a client; empty if the new document keeps all that the old one promised. */
export function breakingChanges(before: Document, after: Document): readonly string[] {
  const now = new Map(operationsIn(after).map((placed) => [`${placed.method} ${placed.path}`, placed]));
  return operationsIn(before).flatMap((old) => {
    const at = `${old.method.toUpperCase()} ${old.path}`;
    const next = now.get(`${old.method} ${old.path}`);
    return next === undefined ? [`${at} is gone`] : operationChanges(old, next, { before, after, at });
  });
}

function operationChanges(
  old: PlacedOperation,
  next: PlacedOperation,
  { at, ...versions }: Versions & { at: string },
): string[] {
  return [
    ...(old.id === next.id ? [] : [`${at} is called ${next.id}: it was ${old.id}`]),
    ...securityChanges(old.operation, next.operation, at),
    ...parameterChanges(old, next, { ...versions, at }),
    ...bodyChanges(old, next, { ...versions, at }),
    ...responseChanges(old, next, { ...versions, at }),
  ];
}

/** What sufficed must suffice. */
function securityChanges(old: Part, next: Part, at: string): readonly string[] {
  const ways = (part: Part): readonly string[] => (part.security as readonly Part[]).map((way) => JSON.stringify(way));
  if (ways(next).length === 0) return [];
  const lost = ways(old).length === 0 ? ["without a token"] : ways(old).filter((way) => !ways(next).includes(way));
  return lost.map((way) => `${at} can't be called ${way} any more`);
}

function parameterChanges(
  old: PlacedOperation,
  next: PlacedOperation,
  { at, ...versions }: Versions & { at: string },
): string[] {
  const key = ({ in: place, name }: Part): string => `${place} ${name}`;
  const known = new Map(old.parameters.map((parameter) => [key(parameter), parameter]));
  const now = new Map(next.parameters.map((parameter) => [key(parameter), parameter]));
  const lost = [...known].flatMap(([name, parameter]) => {
    const other = now.get(name);
    if (other === undefined) return [`${at} does not take ${name} any more`];
    const place: Place = { ...versions, direction: "request", at: `${at} ${name}`, seen: new Set() };
    return [
      ...(other.required === true && parameter.required !== true ? [`${at} needs ${name}`] : []),
      ...schemaChanges(parameter.schema as Part, other.schema as Part, place), // parameters hold schemas
    ];
  });
  const demanded = [...now].filter(([name, { required }]) => required === true && !known.has(name));
  return [...lost, ...demanded.map(([name]) => `${at} needs ${name}`)];
}

function bodyChanges(
  old: PlacedOperation,
  next: PlacedOperation,
  { at, ...versions }: Versions & { at: string },
): string[] {
  const [was, is] = [
    mediaOf(versions.before, old.operation.requestBody),
    mediaOf(versions.after, next.operation.requestBody),
  ];
  const demanded = Object.keys(was).length === 0 && Object.keys(is).length > 0 ? [`${at} needs a body`] : [];
  return [
    ...demanded,
    ...mediaChanges(was, is, { ...versions, direction: "request", at: `${at} body`, seen: new Set() }),
  ];
}

function responseChanges(
  old: PlacedOperation,
  next: PlacedOperation,
  { at, ...versions }: Versions & { at: string },
): string[] {
  const [was, is] = [old.operation.responses, next.operation.responses] as [Record<string, Part>, Record<string, Part>];
  return Object.entries(was).flatMap(([status, response]) => {
    const other = is[status];
    if (other === undefined) return [`${at} does not answer ${status} any more`];
    const [from, to] = [follow(versions.before, response), follow(versions.after, other)];
    const place: Place = { ...versions, direction: "response", at: `${at} ${status}`, seen: new Set() };
    return [
      ...headerChanges(from, to, place),
      ...mediaChanges(mediaOf(versions.before, from), mediaOf(versions.after, to), place),
    ];
  });
}

function headerChanges(old: Part, next: Part, { before, after, at }: Place): readonly string[] {
  const headers = (part: Part): Readonly<Record<string, Part>> => (part.headers ?? {}) as Record<string, Part>;
  return Object.entries(headers(old)).flatMap(([name, header]) => {
    const other = headers(next)[name];
    if (other === undefined) return [`${at} has no header ${name} any more`];
    const isLess = follow(before, header).required === true && follow(after, other).required !== true;
    return isLess ? [`${at} may lack the header ${name}`] : [];
  });
}

function mediaOf(document: Document, part: unknown): Readonly<Record<string, Part>> {
  if (part === undefined) return {};
  return (follow(document, part as Part).content ?? {}) as Record<string, Part>; // of a body or a response
}

function mediaChanges(
  old: Readonly<Record<string, Part>>,
  next: Readonly<Record<string, Part>>,
  place: Place,
): string[] {
  return Object.entries(old).flatMap(([type, { schema }]) => {
    const other = next[type]?.schema;
    if (other === undefined) return [`${place.at} is not ${type} any more`];
    return schemaChanges(schema as Part, other as Part, place); // media types hold schemas
  });
}

/** What of a schema breaks those who write by it (request), or read by it (response). */
function schemaChanges(old: Part, next: Part, place: Place): string[] {
  const key = `${old.$ref} ${next.$ref}`;
  if (old.$ref !== undefined && place.seen.has(key)) return [];
  const inner = { ...place, seen: new Set([...place.seen, key]) };
  const [was, is]: [SchemaPart, SchemaPart] = [follow(place.before, old), follow(place.after, next)];
  return [
    ...typeChanges(was, is, inner),
    ...limitChanges(was, is, inner),
    ...memberChanges(was, is, inner),
    ...choiceChanges(was, is, inner),
    ...(was.items && is.items ? schemaChanges(was.items, is.items, { ...inner, at: `${place.at}[]` }) : []),
  ];
}

function typeChanges(was: SchemaPart, is: SchemaPart, { direction, at }: Place): readonly string[] {
  const types = ({ type }: SchemaPart): readonly unknown[] => (type === undefined ? [] : [type].flat());
  const [narrow, wide] = direction === "request" ? [is, was] : [was, is];
  const isSame = types(wide).every((type) => types(narrow).includes(type)) || types(narrow).length === 0;
  if (!isSame) return [`${at} is of type ${types(is).join(" or ")}: it was ${types(was).join(" or ")}`];
  if (was.const !== undefined && was.const !== is.const) return [`${at} is not ${JSON.stringify(was.const)} any more`];
  if (was.enum === undefined || is.enum === undefined || direction === "response") return [];
  const lost = was.enum.filter((value) => !is.enum?.includes(value));
  return lost.map((value) => `${at} does not take ${JSON.stringify(value)} any more`);
}

/** Who reads does not mind tighter limits. */
function limitChanges(was: SchemaPart, is: SchemaPart, { direction, at }: Place): readonly string[] {
  if (direction === "response") return [];
  const isLess = (name: string, sign: 1 | -1): boolean => {
    return is[name] !== undefined && (was[name] === undefined || sign * Number(is[name]) > sign * Number(was[name]));
  };
  const limits = [
    ...LOWER_LIMITS.filter((name) => isLess(name, 1)),
    ...UPPER_LIMITS.filter((name) => isLess(name, -1)),
    ...["pattern", "format"].filter((name) => is[name] !== undefined && is[name] !== was[name]),
    ...(was.enum === undefined && is.enum !== undefined ? ["enum"] : []),
    ...(was.additionalProperties !== false && is.additionalProperties === false ? ["additionalProperties"] : []),
  ];
  return limits.map((name) => `${at} takes less by its ${name}`);
}

function memberChanges(was: SchemaPart, is: SchemaPart, place: Place): string[] {
  const { direction, at } = place;
  const [old, next] = [was.properties ?? {}, is.properties ?? {}];
  const needed = (schema: SchemaPart): readonly string[] => schema.required ?? [];
  const demanded = direction === "request" ? needed(is).filter((name) => !needed(was).includes(name)) : [];
  const unsure =
    direction === "response" ? needed(was).filter((name) => name in next && !needed(is).includes(name)) : [];
  return [
    ...demanded.map((name) => `${at} needs ${name}`),
    ...unsure.map((name) => `${at} may lack ${name}`),
    ...Object.entries(old).flatMap(([name, member]) => {
      const other = next[name];
      if (other === undefined) return [`${at} has no ${name} any more`];
      return schemaChanges(member, other, { ...place, at: `${at} ${name}` });
    }),
  ];
}

/** Choices are told apart by their names, as those of problems and events are. */
function choiceChanges(was: SchemaPart, is: SchemaPart, place: Place): string[] {
  if (was.oneOf === undefined || is.oneOf === undefined) return [];
  const name = ({ $ref, type }: Part): string => String($ref ?? type);
  const now = new Map(is.oneOf.map((choice) => [name(choice), choice]));
  return was.oneOf.flatMap((choice) => {
    const other = now.get(name(choice));
    if (other !== undefined) return schemaChanges(choice, other, place);
    return place.direction === "request" ? [`${place.at} does not take ${name(choice)} any more`] : [];
  });
}
