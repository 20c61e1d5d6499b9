import { type Access, OPERATIONS, type OperationId, type ServiceName } from "#contract";
import document from "../../openapi/openapi.yaml";

/** A JSON Schema of the contract; its `$ref`s name components of the document. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A parameter as the document has it, its reference followed. */
export interface ParameterSpec {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

/** A response header as the document has it, its reference followed. */
export interface HeaderSpec {
  /** In lower case. */
  readonly name: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
}

/** A response as the document has it, its references followed. */
export interface ResponseSpec {
  readonly headers: readonly HeaderSpec[];
  /** The schema by media type; empty where there is no body. */
  readonly content: Readonly<Record<string, JsonSchema>>;
}

/** All the binder needs to know of an operation. */
export interface OperationSpec {
  readonly id: OperationId;
  readonly method: string;
  /** With parameters in braces: `/products/{productId}`. */
  readonly path: string;
  readonly access: Access;
  /** Roles or scopes that the caller must have. */
  readonly needs: readonly string[];
  /** Whether a token is refused as soon as its session is over. */
  readonly sensitive: boolean;
  readonly parameters: readonly ParameterSpec[];
  readonly body: { readonly mediaType: string; readonly schema: JsonSchema } | undefined;
  readonly responses: ReadonlyMap<number, ResponseSpec>;
  /** The operation as it stands in the document. */
  readonly detail: JsonSchema;
}

interface Referring {
  $ref?: string;
}
interface RawResponse extends Referring {
  headers?: Record<string, Referring & { required?: boolean; schema: JsonSchema }>;
  content?: Record<string, { schema: JsonSchema }>;
}
interface RawOperation {
  parameters?: (Referring & ParameterSpec)[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, RawResponse>;
}
interface RawTag {
  name: string;
  description: string;
}

/** The document itself. Its checks (`bun run ok`) proved this shape; it is never written to. */
export const DOCUMENT = document as {
  readonly info: { readonly title: string; readonly version: string; readonly summary: string };
  readonly tags: readonly RawTag[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> } & Readonly<Record<string, unknown>>;
};

/** The part of the document that a local reference names. */
function resolve<T extends Referring>(value: T): T {
  if (value.$ref === undefined) return value;
  let found: unknown = DOCUMENT;
  for (const name of value.$ref.slice(2).split("/")) found = (found as Record<string, unknown>)[name];
  if (found === undefined) throw new Error(`The contract refers to ${value.$ref}, which it does not have`);
  // The reference stands where a T is wanted, and the document's checks follow every reference.
  return found as T;
}

/** The schema of the document that a reference names. */
export function schemaNamed(reference: string): JsonSchema {
  return resolve<JsonSchema & Referring>({ $ref: reference });
}

/** The operations of a service, in the order of the document. */
export function operationsOf(service: ServiceName): OperationSpec[] {
  return Object.entries(OPERATIONS)
    .filter(([, row]) => row.service === service)
    .map(([id, row]) => toSpec(id as OperationId, row)); // the keys of OPERATIONS are what OperationId is made of
}

function toSpec(id: OperationId, row: (typeof OPERATIONS)[OperationId]): OperationSpec {
  const item = DOCUMENT.paths[row.path] ?? {};
  const raw = item[row.method.toLowerCase()] as RawOperation | undefined;
  if (raw === undefined) throw new Error(`The contract has no ${row.method} ${row.path}: run \`bun run generate\``);
  const shared = (item.parameters ?? []) as NonNullable<RawOperation["parameters"]>;
  const [media] = Object.entries(raw.requestBody?.content ?? {});
  return {
    id,
    method: row.method,
    path: row.path,
    access: row.access,
    needs: "needs" in row ? row.needs : [],
    sensitive: "sensitive" in row,
    parameters: [...shared, ...(raw.parameters ?? [])].map(resolve),
    body: media && { mediaType: media[0], schema: media[1].schema },
    responses: new Map(Object.entries(raw.responses).map(([status, it]) => [Number(status), toResponse(resolve(it))])),
    detail: raw as unknown as JsonSchema, // the same object, passed on untouched
  };
}

function toResponse({ headers = {}, content = {} }: RawResponse): ResponseSpec {
  const list = Object.entries(headers).map(([name, header]) => {
    const { required = false, schema } = resolve(header);
    return { name: name.toLowerCase(), required, schema };
  });
  return {
    headers: list,
    content: Object.fromEntries(Object.entries(content).map(([media, { schema }]) => [media, schema])),
  };
}
