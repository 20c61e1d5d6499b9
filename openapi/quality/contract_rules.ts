/** Our own rules for the contract: what no ready-made rule knows of it. Each takes the document and tells what breaks it. */

/** A part of the document. */
export type Part = Readonly<Record<string, unknown>>;

/** An OpenAPI document, as far as rules look at it. */
export interface Document extends Part {
  readonly tags?: readonly Part[];
  readonly paths: Readonly<Record<string, Part>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Part>>>>;
}

/** A rule by its name. */
export interface Rule {
  readonly name: string;
  /** One line for each place that breaks it. */
  readonly check: (document: Document) => readonly string[];
}

/** An operation with where it is. */
export interface PlacedOperation {
  readonly id: string;
  readonly path: string;
  readonly method: string;
  readonly operation: Part;
  /** Of the path and of the operation, their references followed. */
  readonly parameters: readonly Part[];
}

const METHODS = ["get", "put", "post", "patch", "delete"];
const SUMMARY_MAX_LENGTH = 80;
/** What anybody may call without a token: who adds to it opens a door. */
const OPEN = new Set([
  ...["registerUser", "logIn", "refreshTokens", "logOut", "requestPasswordReset", "resetPassword", "confirmEmail"],
  ...["issueServiceToken", "revokeToken", "getJsonWebKeySet", "getAuthorizationServerMetadata"],
  ...["listProducts", "getProduct", "getProductStock"],
]);
/** Forms that may have parameters nobody knows (RFC 6749, 3.2); their size is bounded by that of the body. */
const TAKES_MORE = new Set(["issueServiceToken", "revokeToken"]);
/** A text of this pattern has an end, whatever its length says. */
const BOUNDED_PATTERN = /^\^(?!.*[*+](?!\?=)).*\$$/;

export const RULES: readonly Rule[] = [
  { name: "an operation has one tag, a summary without a period, a description and its security", check: described },
  { name: "what is open is on the list of what is open, and all else answers 401", check: guarded },
  { name: "what callers send is bounded", check: bounded },
  { name: "what makes something links to what uses it", check: linked },
  { name: "a problem has its page, its status and its code", check: problems },
  { name: "what is deprecated says since when, until when and what to use instead", check: deprecated },
  { name: "a tag is a service, told in a paragraph", check: tags },
];

/** All that is wrong with a document, a line for each. */
export function brokenRules(document: Document): readonly string[] {
  return RULES.flatMap(({ name, check }) => check(document).map((place) => `${place}: ${name}`));
}

/** Every operation under `paths`. */
export function operationsIn(document: Document): readonly PlacedOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => {
      const operation = item[method] as Part; // a method of a path holds an operation
      const parameters = [...listAt(item, "parameters"), ...listAt(operation, "parameters")];
      const followed = parameters.map((parameter) => follow(document, parameter));
      return { id: String(operation.operationId), path, method, operation, parameters: followed };
    }),
  );
}

/** The part that a reference names; what is none is itself. */
export function follow(document: Document, part: Part): Part {
  if (typeof part.$ref !== "string") return part;
  let found: unknown = document;
  for (const name of part.$ref.slice(2).split("/")) {
    found = (found as Part)[name.replaceAll("~1", "/").replaceAll("~0", "~")]; // a wrong reference throws here
  }
  return follow(document, found as Part); // references of the document name parts
}

function described(document: Document): readonly string[] {
  return operationsIn(document).flatMap(({ id, operation }) => {
    const {
      summary = "",
      description = "",
      security,
    } = operation as { summary?: string; description?: string; security?: unknown };
    const isTold =
      summary !== "" && !/[.!]$/.test(summary) && summary.length <= SUMMARY_MAX_LENGTH && description !== "";
    return isTold && security !== undefined && listAt(operation, "tags").length === 1 ? [] : [id];
  });
}

function guarded(document: Document): readonly string[] {
  return operationsIn(document).flatMap(({ id, operation }) => {
    const security = listAt(operation, "security");
    const isOpen = security.length === 0 || security.some((requirement) => Object.keys(requirement).length === 0);
    const needs401 = security.length > 0 && !("401" in (operation.responses as Part)); // every operation has responses
    return isOpen !== OPEN.has(id) || needs401 ? [id] : [];
  });
}

function bounded(document: Document): readonly string[] {
  return operationsIn(document).flatMap(({ id, operation, parameters }) => {
    const { content = {} } = follow(document, (operation.requestBody ?? {}) as Part) as {
      content?: Record<string, Part>;
    };
    const schemas = [...parameters.filter(({ in: place }) => place !== "header"), ...Object.values(content)].map(
      ({ schema }) => schema as Part, // parameters and media types hold schemas
    );
    return schemas.flatMap((schema) => unbounded(document, schema, id));
  });
}

/** The places of a schema that take something without end. */
function unbounded(document: Document, schema: Part, place: string): readonly string[] {
  const {
    type,
    enum: choices,
    const: constant,
    pattern = "",
    properties = {},
    items,
    oneOf = [],
    ...rest
  } = follow(document, schema) as {
    type?: string;
    enum?: unknown;
    const?: unknown;
    pattern?: string;
    properties?: Record<string, Part>;
    items?: Part;
    oneOf?: Part[];
  } & Part; // of a schema
  const isChoice = choices !== undefined || constant !== undefined;
  const hasEnd: Readonly<Record<string, boolean>> = {
    string: isChoice || rest.maxLength !== undefined || rest.format !== undefined || BOUNDED_PATTERN.test(pattern),
    integer: isChoice || (rest.minimum !== undefined && rest.maximum !== undefined),
    array: rest.maxItems !== undefined,
    object: rest.additionalProperties === false || TAKES_MORE.has(place) || rest.maxProperties !== undefined,
  };
  return [
    ...(type === undefined || (hasEnd[type] ?? true) ? [] : [place]),
    ...Object.entries(properties).flatMap(([name, member]) => unbounded(document, member, `${place} ${name}`)),
    ...oneOf.flatMap((choice) => unbounded(document, choice, place)),
    ...(items === undefined ? [] : unbounded(document, items, `${place}[]`)),
  ];
}

function linked(document: Document): readonly string[] {
  const ids = new Set(operationsIn(document).map(({ id }) => id));
  return operationsIn(document).flatMap(({ id, operation }) => {
    const { "201": made } = operation.responses as Readonly<Record<string, Part>>; // every operation has responses
    if (made === undefined) return [];
    const links = Object.values((follow(document, made).links ?? {}) as Readonly<Record<string, Part>>);
    const isLinked = links.length > 0 && links.every(({ operationId }) => ids.has(String(operationId)));
    return isLinked ? [] : [id];
  });
}

function problems(document: Document): readonly string[] {
  const schemas = Object.entries(document.components.schemas ?? {}).filter(([name]) => /.Problem$/.test(name));
  return schemas.flatMap(([name, { properties, description }]) => {
    const { type, status, code } = properties as Readonly<Record<string, Part>>; // the schemas of problems have members
    const isWhole =
      type?.const === `/problems/${code?.const}` && Number.isInteger(status?.const) && description !== undefined;
    return isWhole ? [] : [name];
  });
}

function deprecated(document: Document): readonly string[] {
  const isDay = (value: unknown): boolean => /^\d{4}-\d{2}-\d{2}$/.test(String(value));
  const parts = operationsIn(document).flatMap(({ id, operation, parameters }) => [
    { place: id, part: operation },
    ...parameters.map((part) => ({ place: `${id} ${part.name}`, part })),
  ]);
  return parts.flatMap(({ place, part }) => {
    if (part.deprecated !== true) return [];
    const { "x-deprecated-since": since, "x-sunset": sunset, description } = part;
    const isLater = String(sunset) > String(since);
    return isDay(since) && isDay(sunset) && isLater && /\binstead\b/i.test(String(description)) ? [] : [place];
  });
}

function tags({ tags = [], paths, components }: Document): readonly string[] {
  const names = tags.map(({ name }) => String(name));
  const used = operationsIn({ paths, components }).flatMap(({ operation }) => listAt(operation, "tags").map(String));
  const untold = tags.filter(({ description }) => String(description ?? "").split("\n\n").length < 2);
  return [...used.filter((name) => !names.includes(name)), ...untold.map(({ name }) => String(name))];
}

function listAt(part: Part, name: string): readonly Part[] {
  return (part[name] ?? []) as readonly Part[]; // tags, parameters and security are lists
}
