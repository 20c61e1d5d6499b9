import { type JsonSchema, type OperationSpec, schemaNamed } from "./contract_document.ts";
import { addFaults, compileParameters, escapeToken, type Findings, toPointer } from "./validation.ts";

/** Reads and validates a query, and fills in its defaults; what is wrong with it goes to the findings. */
export type ReadQuery = (url: string, findings: Findings) => Readonly<Record<string, unknown>>;

/** Makes a value of its declared type out of a text; a text that is none stays one, for the validator to refuse. */
type Parse = (text: string) => unknown;

const PARSERS: Readonly<Record<string, Parse>> = {
  string: (text) => text,
  integer: (text) => (/^-?(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : text),
  boolean: (text) => (text === "true" ? true : text === "false" ? false : text),
};

/** A long query can't make a long answer. */
const FAULTS_MAX = 100;

/** Makes the reader of an operation's queries. */
export function createQueryReader(spec: OperationSpec): ReadQuery {
  const parameters = spec.parameters.filter((parameter) => parameter.in === "query");
  const parsers = new Map(parameters.map(({ name, schema }) => [name, parserOf(spec, name, schema)]));
  const validator = compileParameters(spec, "query");
  return (url, findings) => {
    const query: Record<string, unknown> = {};
    const start = url.indexOf("?");
    if (start !== -1) parseQuery(url.slice(start + 1), { parsers, query, findings });
    if (validator !== undefined && !validator.accepts(query)) addFaults(findings, validator.faultsOf(query, true));
    return query;
  };
}

function parserOf(spec: OperationSpec, name: string, schema: JsonSchema): Parse {
  const { type } = typeof schema.$ref === "string" ? schemaNamed(schema.$ref) : schema;
  const parse = PARSERS[String(type)];
  if (parse === undefined) throw new Error(`The query parameter ${name} of ${spec.id} has a type that is not served`);
  return parse;
}

interface QueryTarget {
  parsers: ReadonlyMap<string, Parse>;
  query: Record<string, unknown>;
  findings: Findings;
}

/** Reads `name=value` pairs. A name that is not known or comes twice is a fault, and so is an escape that is none. */
function parseQuery(text: string, { parsers, query, findings }: QueryTarget): void {
  for (const pair of text.split("&", FAULTS_MAX)) {
    if (pair === "") continue;
    const middle = pair.indexOf("=");
    const name = decode(middle === -1 ? pair : pair.slice(0, middle)) ?? "";
    const value = decode(middle === -1 ? "" : pair.slice(middle + 1));
    const parse = parsers.get(name);
    if (parse === undefined) find(findings, name, "is not known here");
    else if (Object.hasOwn(query, name)) find(findings, name, "is given more than once");
    else if (value === undefined) find(findings, name, "is not valid percent-encoding");
    else query[name] = parse(value);
  }
}

function find(findings: Findings, name: string, detail: string): void {
  addFaults(findings, [{ in: "query", pointer: toPointer(`/${escapeToken(name)}`), detail }]);
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
