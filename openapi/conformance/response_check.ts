/** Holds a response against the contract, by means of its own: a fault in the services' checks is not repeated here. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { DOCUMENT, follow, memberOf, type Operation, partAt } from "./document.ts";

/** A response as it came over the wire. */
export interface Received {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

interface HeaderObject {
  readonly required?: boolean;
  readonly schema: { readonly type?: string; readonly $ref?: string };
}
interface ResponseObject {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

const PROBLEM = "application/problem+json";
const ANY_PROBLEM = "#/components/schemas/Problem";
const JSON_MEDIA_TYPES = new Set(["application/json", PROBLEM]);

const ajv = createAjv();
const validators = new Map<string, ValidateFunction>();

/** What is wrong with the response to an operation; empty if nothing is. */
export function faultsOf(operation: Operation, received: Received): readonly string[] {
  const pointer = operation.responses.get(received.status);
  const shared = conventionFaults(received);
  if (pointer === undefined) return [`status ${received.status} is not documented: ${received.text}`, ...shared];
  const response = partAt(pointer) as ResponseObject; // `responses` holds response objects
  return [
    ...shared,
    ...headerFaults(pointer, response, received),
    ...(response.content ? bodyFaults(pointer, response.content, received) : emptyFaults(received)),
  ];
}

/** What is wrong with a response that belongs to no operation, such as a 404 or a 405: every error is a known problem. */
export function faultsOutsideContract(received: Received): readonly string[] {
  const faults = conventionFaults(received);
  if (received.status < 400 || received.text === "") return faults;
  const mediaType = mediaTypeOf(received);
  if (mediaType !== PROBLEM) return [...faults, `content-type is ${mediaType}, not ${PROBLEM}`];
  return [...faults, ...jsonFaults(ANY_PROBLEM, received.text)];
}

/** What is wrong with a value, against the schema that a JSON Pointer names. */
export function schemaFaults(pointer: string, value: unknown): readonly string[] {
  let validate = validators.get(pointer);
  if (validate === undefined) {
    validate = ajv.compile({ $ref: `contract${pointer}` });
    validators.set(pointer, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `#${instancePath} ${message}`);
}

/** What holds for every response, documented or not. */
function conventionFaults({ status, headers, text }: Received): readonly string[] {
  const faults: string[] = [];
  if (!headers["x-request-id"]) faults.push("header x-request-id is missing");
  if (headers["content-type"]?.startsWith(PROBLEM)) {
    const stated = (parse(text) as { status?: unknown } | undefined)?.status;
    if (text !== "" && stated !== status) faults.push(`the problem's status is ${stated}, that of HTTP is ${status}`);
  }
  return faults;
}

function headerFaults(pointer: string, response: ResponseObject, { headers }: Received): readonly string[] {
  return Object.keys(response.headers ?? {}).flatMap((name) => {
    const at = follow(memberOf(pointer, "headers", name));
    const { required, schema } = partAt(at) as HeaderObject; // `headers` holds header objects
    const value = headers[name.toLowerCase()];
    if (value === undefined) return required ? [`header ${name} is missing`] : [];
    const typed = schema.type === "integer" && /^\d+$/.test(value) ? Number(value) : value;
    return schemaFaults(memberOf(at, "schema"), typed).map((fault) => `header ${name}: ${fault}`);
  });
}

function bodyFaults(pointer: string, content: Readonly<Record<string, unknown>>, received: Received): string[] {
  const mediaType = mediaTypeOf(received);
  if (!(mediaType in content)) {
    return [`content-type is ${mediaType || "missing"}, not ${Object.keys(content)}: ${received.text}`];
  }
  if (!JSON_MEDIA_TYPES.has(mediaType)) return [`content-type ${mediaType} is not one that these tests can read`];
  return jsonFaults(memberOf(pointer, "content", mediaType, "schema"), received.text);
}

function jsonFaults(pointer: string, text: string): string[] {
  const value = parse(text);
  return value === undefined ? [`the body is not JSON: ${text}`] : [...schemaFaults(pointer, value)];
}

function emptyFaults({ text, headers }: Received): readonly string[] {
  const faults = text === "" ? [] : ["there is a body where none is documented"];
  return headers["content-type"] === undefined ? faults : [...faults, "there is a content-type without a body"];
}

function mediaTypeOf({ headers }: Received): string {
  return (headers["content-type"] ?? "").split(";")[0]!.trim(); // split() gives at least one part
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function createAjv(): Ajv2020 {
  const validator = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  // What OpenAPI adds to JSON Schema says nothing about values here: `oneOf` decides, the discriminator only explains.
  validator.addVocabulary([...Object.keys(DOCUMENT), "discriminator", "example"]);
  addFormats.default(validator);
  return validator.addSchema(DOCUMENT, "contract");
}
