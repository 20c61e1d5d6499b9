import {
  Ajv2020,
  type ErrorObject,
  type KeywordErrorDefinition,
  type Options,
  type ValidateFunction,
} from "ajv/dist/2020.js";
import addFormats, { type FormatMode } from "ajv-formats";
import type { Schema } from "#contract";
import { DOCUMENT, type JsonSchema, type OperationSpec, type ParameterSpec, schemaNamed } from "./contract_document.ts";

/** One place where a request does not match the contract. */
export type RequestFault = Schema<"RequestFault">;

/** A pattern is not tried on a longer text: no text of the contract may be longer, and backtracking has to end somewhere. */
const PATTERN_MAX_LENGTH = 10_000;
/** Enough to mend a request; the contract allows 1,000. */
const FAULTS_MAX = 100;
/** A pointer holds names that the caller chose. */
const POINTER_MAX_LENGTH = 256;

/** Collects what is wrong with one request; undefined until there is something, which is the rule. */
export interface Findings {
  faults: RequestFault[] | undefined;
}

/** Adds faults to those found before. */
export function addFaults(findings: Findings, faults: RequestFault[]): void {
  findings.faults = findings.faults === undefined ? faults : [...findings.faults, ...faults];
}

/** Decides whether a value is as the contract says; with defaults, it fills them in. */
export type Accepts = (value: unknown) => boolean;

/** Decides fast, and explains slowly. */
export interface RequestValidator {
  /** True if the value is right; defaults are then filled in. */
  readonly accepts: Accepts;
  /**
   * Why a value that was refused is not right.
   *
   * @param thorough Find all faults, not only the first: for small values, as it costs time and memory for each of them.
   */
  faultsOf(value: unknown, thorough: boolean): RequestFault[];
}

/**
 * Copies a schema for Ajv: references become `contract:Name`, and what only people read is left out.
 *
 * `discriminator` goes too: Ajv throws on its `mapping`, and `oneOf` decides the same.
 */
function toAjv(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(toAjv);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "example" || key === "discriminator") continue;
    if (key === "$ref" && typeof value === "string") copy.$ref = value.replace("#/components/schemas/", "contract:");
    else if (key === "properties") copy.properties = mapValues(value, toAjv);
    else copy[key] = key === "const" || key === "enum" || key === "default" ? value : toAjv(value);
  }
  return copy;
}

function mapValues(value: object, map: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, map(each)]));
}

/** The pattern of long texts: characters of any kind but NUL, and no half of one. */
const FREE_TEXT = "^[^\\u0000\\p{Cs}]*$";

/** Decides as {@link FREE_TEXT} does, in a fraction of the time. */
function isFreeText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** A regular expression that can't be made to run for long. */
function boundedRegExp(pattern: string, flags: string): RegExp {
  const expression = new RegExp(pattern, flags);
  const test = pattern === FREE_TEXT ? isFreeText : expression.test.bind(expression);
  return Object.assign(expression, { test: (text: string) => text.length <= PATTERN_MAX_LENGTH && test(text) });
}
boundedRegExp.code = "boundedRegExp";

/** Counts characters, not UTF-16 units (JSON Schema, 6.3.1). */
function countCharacters(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) >> 10 === 0x36 && text.charCodeAt(at + 1) >> 10 === 0x37) pairs += 1;
  }
  return text.length - pairs;
}

/** Ajv counts every text to its end; mostly its number of UTF-16 units already decides. */
function setLengthKeywords(ajv: Ajv2020): void {
  const keywords = {
    maxLength: (max: number) => (text: string) => text.length <= max || countCharacters(text) <= max,
    minLength: (min: number) => (text: string) => text.length >= 2 * min || countCharacters(text) >= min,
  };
  for (const [keyword, compile] of Object.entries(keywords)) {
    const wish = keyword === "maxLength" ? "at most" : "at least";
    const error: KeywordErrorDefinition = { message: ({ schema }) => `must have ${wish} ${schema} characters` };
    ajv.removeKeyword(keyword).addKeyword({ keyword, type: "string", schemaType: "number", compile, error });
  }
}

/** Trusts the schemas: the tests compile each, and checking them against the meta-schema would cost most of a service's start. */
function createAjv(options: Options, formats: FormatMode = "full"): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    validateSchema: false,
    code: { regExp: boundedRegExp },
    ...options,
  });
  setLengthKeywords(ajv);
  addFormats.default(ajv, { mode: formats });
  for (const [name, schema] of Object.entries(DOCUMENT.components.schemas)) {
    ajv.addSchema(toAjv(schema) as JsonSchema, `contract:${name}`); // an object gives an object
  }
  return ajv;
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Stops at the first fault, so that a bad request is the cheapest one. */
const deciding = lazily(() => createAjv({ useDefaults: true }));
const explaining = lazily(() => createAjv({ useDefaults: true, allErrors: true }));
/** Has no defaults: they would hide a member that a reply lacks. What the service itself wrote needs no calendar for its dates. */
const replying = lazily(() => createAjv({}, "fast"));

/** By compiler and schema text: many operations have the same problems, and a test makes many services. */
const compiled = new WeakMap<Ajv2020, Map<string, ValidateFunction>>();

function compileWith(ajv: Ajv2020, schema: JsonSchema): ValidateFunction {
  const known = compiled.get(ajv) ?? new Map<string, ValidateFunction>();
  compiled.set(ajv, known);
  const text = JSON.stringify(schema);
  const validate = known.get(text) ?? ajv.compile(toAjv(schema) as JsonSchema); // an object gives an object
  known.set(text, validate);
  return validate;
}

/** Makes the validator of one part of a request; it is compiled when it is first asked. */
export function compileRequest(place: RequestFault["in"], schema: JsonSchema): RequestValidator {
  const decide = lazily(() => compileWith(deciding(), schema));
  const explain = lazily(() => compileWith(explaining(), schema));
  const branches = lazily(() => branchesOf(schema).map((branch) => compileWith(explaining(), branch)));
  return {
    accepts: (value) => decide()(value),
    faultsOf(value, thorough) {
      if (!thorough) return firstFault(place, decide(), value);
      explain()(value);
      const all = explain().errors ?? [];
      return toFaults(place, branches().length === 0 ? all : errorsOfBestBranch(branches(), value, all));
    },
  };
}

/** Makes one validator for all parameters that an operation has in a place, or none if it has none there; header names are in lower case. */
export function compileParameters(spec: OperationSpec, place: ParameterSpec["in"]): RequestValidator | undefined {
  const parameters = spec.parameters.filter((parameter) => parameter.in === place);
  if (parameters.length === 0) return undefined;
  const nameOf = ({ name }: ParameterSpec): string => (place === "header" ? name.toLowerCase() : name);
  return compileRequest(place, {
    type: "object",
    properties: Object.fromEntries(parameters.map((parameter) => [nameOf(parameter), parameter.schema])),
    required: parameters.filter(({ required }) => required).map(nameOf),
  });
}

/** Makes the validator of one part of a reply; it answers what is wrong first, without the value, or nothing. */
export function compileReply(schema: JsonSchema): (value: unknown) => string | undefined {
  const validate = lazily(() => compileWith(replying(), schema));
  return (value) => {
    if (validate()(value)) return undefined;
    const [fault] = toFaults("body", validate().errors ?? []);
    return fault && `${fault.pointer} ${fault.detail}`;
  };
}

function firstFault(place: RequestFault["in"], decide: ValidateFunction, value: unknown): RequestFault[] {
  decide(value);
  const errors = decide.errors ?? [];
  // With alternatives, the errors of all come first, then the one that says that none fits.
  return toFaults(place, errors.slice(-1));
}

/** The alternatives of a schema that is nothing but `oneOf`, its reference followed. */
function branchesOf(schema: JsonSchema): JsonSchema[] {
  const target = typeof schema.$ref === "string" ? schemaNamed(schema.$ref) : schema;
  return (target.oneOf ?? []) as JsonSchema[]; // JSON Schema: oneOf is a list of schemas
}

/** The caller meant one of the alternatives: the one with the fewest errors. The others' errors would only confuse. */
function errorsOfBestBranch(branches: ValidateFunction[], value: unknown, all: ErrorObject[]): ErrorObject[] {
  const attempts = branches.map((validate) => (validate(value) ? [] : [...(validate.errors ?? [])]));
  const [best = []] = attempts.sort((a, b) => a.length - b.length);
  return best.length > 0 ? best : all.filter(({ keyword }) => keyword === "oneOf");
}

function toFaults(place: RequestFault["in"], errors: readonly ErrorObject[]): RequestFault[] {
  return errors
    .slice(0, FAULTS_MAX)
    .map((error) => ({ in: place, pointer: pointerTo(error), detail: toDetail(error) }));
}

/** A JSON Pointer as URI fragment (RFC 6901, 6), to the member that is missing or should not be there as well. */
function pointerTo({ instancePath, params }: ErrorObject): string {
  const member: unknown = params.missingProperty ?? params.additionalProperty;
  return toPointer(typeof member === "string" ? `${instancePath}/${escapeToken(member)}` : instancePath);
}

/** Escapes a name as one part of a JSON Pointer. */
export function escapeToken(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Writes a JSON Pointer as URI fragment, cut where a caller made it too long. */
export function toPointer(path: string): string {
  return `#${encodeURI(path.slice(0, POINTER_MAX_LENGTH).toWellFormed()).replaceAll("#", "%23")}`;
}

/** What is wrong, in words of the schema alone: the value may be a secret. */
function toDetail({ keyword, params, message }: ErrorObject): string {
  if (keyword === "required") return "is required";
  if (keyword === "additionalProperties") return "is not known here";
  if (keyword === "enum") return `must be one of ${(params.allowedValues as unknown[]).join(", ")}`; // Ajv: a list
  if (keyword === "not") return "is not allowed";
  return message ?? "is not valid";
}
