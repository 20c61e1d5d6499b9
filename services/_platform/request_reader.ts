import { type JsonSchema, type OperationSpec, type ParameterSpec, schemaNamed } from "./contract_document.ts";
import { Problem } from "./problem.ts";
import { compileRequest, escapeToken, type RequestFault, type RequestValidator, toPointer } from "./validation.ts";

/** The largest body that is taken. */
export const BODY_MAX_BYTES = 1_048_576;
/** Up to this size all faults of a body are found: many values have many faults. */
const THOROUGH_MAX_LENGTH = 8192;
/** A long query can't make a long answer. */
const QUERY_FAULTS_MAX = 100;
const FORM = "application/x-www-form-urlencoded";

/** The parts of a request, validated and with defaults filled in. */
export interface RequestParts {
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, unknown>>;
  /** The declared ones; names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: unknown;
}

/**
 * Reads and validates a request.
 *
 * @param params The path parameters as the router found them.
 * @throws {Problem} `invalid-request`, `unsupported-media-type`, `content-too-large`.
 */
export type ReadRequest = (
  request: Request,
  params: Readonly<Record<string, string>>,
) => RequestParts | Promise<RequestParts>;

/** Collects faults; undefined until there is one, which is the rule. */
interface Findings {
  faults: RequestFault[] | undefined;
}

type Read<T> = (request: Request, findings: Findings) => T;

const NOTHING: Readonly<Record<string, never>> = Object.freeze({});

/** Makes the reader of an operation's requests; everything that can be known beforehand is worked out here. */
export function createReader(spec: OperationSpec): ReadRequest {
  const path = compileParameters(spec, "path");
  const readQuery = createQueryReader(spec);
  const readHeaders = createHeaderReader(spec);
  const readBody = spec.body && createBodyReader(spec.body);

  const finish = (parts: RequestParts, { faults }: Findings): RequestParts => {
    if (faults === undefined) return parts;
    const places = faults.length === 1 ? "1 place" : `${faults.length} places`;
    throw new Problem("invalid-request", `The request does not match the contract in ${places}`, { errors: faults });
  };

  return (request, params) => {
    const findings: Findings = { faults: undefined };
    if (path !== undefined && !path.accepts(params)) add(findings, path.faultsOf(params, true));
    const query = readQuery(request, findings);
    const headers = readHeaders(request, findings);
    if (readBody === undefined) return finish({ params, query, headers, body: undefined }, findings);
    return readBody(request, findings).then((body) => finish({ params, query, headers, body }, findings));
  };
}

function add(findings: Findings, faults: RequestFault[]): void {
  findings.faults = findings.faults === undefined ? faults : [...findings.faults, ...faults];
}

/** One validator for all parameters of a place, or none if it has none. */
function compileParameters(spec: OperationSpec, place: ParameterSpec["in"]): RequestValidator | undefined {
  const parameters = spec.parameters.filter((parameter) => parameter.in === place);
  if (parameters.length === 0) return undefined;
  const nameOf = ({ name }: ParameterSpec): string => (place === "header" ? name.toLowerCase() : name);
  return compileRequest(place, {
    type: "object",
    properties: Object.fromEntries(parameters.map((parameter) => [nameOf(parameter), parameter.schema])),
    required: parameters.filter(({ required }) => required).map(nameOf),
  });
}

function createHeaderReader(spec: OperationSpec): Read<Readonly<Record<string, string>>> {
  const validator = compileParameters(spec, "header");
  const names = spec.parameters.filter((parameter) => parameter.in === "header").map(({ name }) => name.toLowerCase());
  const read = spec.access === "client" ? [...names, "authorization"] : names;
  if (read.length === 0) return () => NOTHING;
  return (request, findings) => {
    const headers: Record<string, string> = {};
    for (const name of read) {
      const value = request.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    if (validator !== undefined && !validator.accepts(headers)) add(findings, validator.faultsOf(headers, true));
    return headers;
  };
}

/** Makes a value of its declared type out of a text; a text that is none stays one, for the validator to refuse. */
type Parse = (text: string) => unknown;

const PARSERS: Readonly<Record<string, Parse>> = {
  string: (text) => text,
  integer: (text) => (/^-?(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : text),
  boolean: (text) => (text === "true" ? true : text === "false" ? false : text),
};

function createQueryReader(spec: OperationSpec): Read<Readonly<Record<string, unknown>>> {
  const parameters = spec.parameters.filter((parameter) => parameter.in === "query");
  const parsers = new Map(parameters.map(({ name, schema }) => [name, parserOf(spec, name, schema)]));
  const validator = compileParameters(spec, "query");
  return (request, findings) => {
    const query: Record<string, unknown> = {};
    const start = request.url.indexOf("?");
    if (start !== -1) parseQuery(request.url.slice(start + 1), { parsers, query, findings });
    if (validator !== undefined && !validator.accepts(query)) add(findings, validator.faultsOf(query, true));
    return query;
  };
}

function parserOf(spec: OperationSpec, name: string, schema: ParameterSpec["schema"]): Parse {
  const parse = PARSERS[typeOf(schema)];
  if (parse === undefined) throw new Error(`The query parameter ${name} of ${spec.id} has a type that is not served`);
  return parse;
}

interface QueryTarget {
  parsers: ReadonlyMap<string, Parse>;
  query: Record<string, unknown>;
  findings: Findings;
}

/** Reads `name=value` pairs; a name that is not known or comes twice, and an escape that is none, is a fault. */
function parseQuery(text: string, { parsers, query, findings }: QueryTarget): void {
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const middle = pair.indexOf("=");
    const name = decode(middle === -1 ? pair : pair.slice(0, middle));
    const value = decode(middle === -1 ? "" : pair.slice(middle + 1));
    const parse = name === undefined ? undefined : parsers.get(name);
    const fault =
      parse === undefined
        ? "is not known here"
        : name! in query
          ? "is given more than once"
          : value === undefined
            ? "is not valid percent-encoding"
            : undefined;
    if (fault === undefined) query[name!] = parse!(value!);
    else add(findings, [{ in: "query", pointer: toPointer(`/${escapeToken(name ?? "")}`), detail: fault }]);
    if ((findings.faults?.length ?? 0) >= QUERY_FAULTS_MAX) return;
  }
}

/** Undoes percent-encoding, or answers nothing for what is none. */
function decode(text: string): string | undefined {
  if (!text.includes("%") && !text.includes("+")) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

function typeOf(schema: JsonSchema): string {
  const target = typeof schema.$ref === "string" ? schemaNamed(schema.$ref) : schema;
  return String(target.type);
}

type ParseBody = (text: string, findings: Findings) => unknown;

function createBodyReader({ mediaType, schema }: NonNullable<OperationSpec["body"]>): Read<Promise<unknown>> {
  const validator = compileRequest("body", schema);
  const parse = mediaType === FORM ? parseForm : parseJson;
  return async (request, findings) => {
    const type = request.headers.get("content-type");
    if (type !== null) checkMediaType(type, mediaType);
    if (request.headers.has("content-encoding")) throw unsupportedCoding();
    const text = await readText(request);
    if (text === undefined) return fault(findings, "is not valid UTF-8");
    if (text === "") return fault(findings, "is required");
    if (type === null) throw unsupportedType(mediaType);
    const before = findings.faults;
    const body = parse(text, findings);
    if (findings.faults === before && !validator.accepts(body)) {
      add(findings, validator.faultsOf(body, text.length <= THOROUGH_MAX_LENGTH));
    }
    return body;
  };
}

function fault(findings: Findings, detail: string): undefined {
  add(findings, [{ in: "body", pointer: "#", detail }]);
}

/** Compares media types without their parameters; a charset other than UTF-8 is refused. */
function checkMediaType(type: string, wanted: string): void {
  if (type === wanted) return;
  const [essence = "", ...parameters] = type.toLowerCase().split(";");
  const utf8 = parameters.every((it) => !/^\s*charset\s*=/.test(it) || /^\s*charset\s*=\s*"?utf-?8"?\s*$/.test(it));
  if (essence.trim() !== wanted || !utf8) throw unsupportedType(wanted);
}

function unsupportedType(wanted: string): Problem {
  return new Problem("unsupported-media-type", `This operation takes ${wanted}`, { headers: { accept: wanted } });
}

/** RFC 9110, 12.5.3: a coding that is not taken is answered with the ones that are. */
function unsupportedCoding(): Problem {
  const headers = { "accept-encoding": "identity" };
  return new Problem("unsupported-media-type", "This operation takes a body without content coding", { headers });
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a body of bounded size as text; undefined if it is not UTF-8.
 *
 * @throws {Problem} `content-too-large`, before it is read where its length was declared.
 */
async function readText(request: Request): Promise<string | undefined> {
  const length = request.headers.get("content-length");
  if (length !== null && Number(length) > BODY_MAX_BYTES) throw tooLarge();
  const bytes = length === null ? await readBounded(request) : await request.arrayBuffer();
  try {
    return UTF_8.decode(bytes);
  } catch {
    return undefined;
  }
}

async function readBounded(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > BODY_MAX_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): Problem {
  return new Problem("content-too-large", `The body may have ${BODY_MAX_BYTES} bytes at most`);
}

const parseJson: ParseBody = (text, findings) => {
  try {
    return JSON.parse(text);
  } catch {
    return fault(findings, "is not valid JSON");
  }
};

/** RFC 6749, 3.2: a parameter without a value counts as left out, and none may come twice. */
const parseForm: ParseBody = (text, findings) => {
  const entries = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (value === "") continue;
    if (entries.has(name)) return fault(findings, "has a parameter more than once");
    entries.set(name, value);
  }
  return Object.fromEntries(entries);
};
