/** The contract as the conformance tests see it: read from `openapi.yaml` alone, with no code of the services or the generator. */
import type { OperationId, ServiceName } from "#contract";
import document from "../openapi.yaml";

/** An operation, and where each of its parts stands in the document. */
export interface Operation {
  readonly id: OperationId;
  readonly service: ServiceName;
  readonly method: string;
  /** With parameters in braces: `/products/{productId}`. */
  readonly path: string;
  /** What the caller shows: nothing, a user's token if they like, a user's or a service's token, or a client's own secret. */
  readonly access: "public" | "optional" | "user" | "service" | "client";
  /** Roles or scopes that the caller needs. */
  readonly needs: readonly string[];
  readonly takesIdempotencyKey: boolean;
  readonly body:
    | { readonly mediaType: string; readonly example: unknown; readonly examples: readonly unknown[] }
    | undefined;
  /** A JSON Pointer into the document for each status that it documents. */
  readonly responses: ReadonlyMap<number, string>;
}

interface RawParameter {
  readonly $ref?: string;
  readonly name: string;
}
interface RawBody {
  readonly content: Readonly<Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>>;
}
interface RawOperation {
  readonly operationId: OperationId;
  readonly tags: readonly [ServiceName];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly RawParameter[];
  readonly requestBody?: RawBody;
  readonly responses: Readonly<Record<string, unknown>>;
}

const METHODS = ["get", "put", "post", "patch", "delete"];
const SCHEMES: Readonly<Record<string, Operation["access"]>> = {
  bearerAuth: "user",
  serviceAuth: "service",
  clientBasic: "client",
};

/** The document itself; never written to. */
export const DOCUMENT = document as {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

/** Every operation of the document, in its order. */
export const OPERATIONS: readonly Operation[] = Object.entries(DOCUMENT.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => method in item).map((method) => toOperation(path, method)),
);

const BY_ID = new Map(OPERATIONS.map((operation) => [operation.id, operation]));

/** The operation of this id. */
export function operationOf(id: OperationId): Operation {
  const operation = BY_ID.get(id);
  if (operation === undefined) throw new Error(`The contract has no operation ${id}`);
  return operation;
}

/** The part of the document that a JSON Pointer such as `#/components/schemas/Id` names. */
export function partAt(pointer: string): unknown {
  let part: unknown = DOCUMENT;
  for (const token of pointer.split("/").slice(1)) {
    // Where this is no object, the next line throws, which is what a wrong pointer deserves.
    part = (part as Record<string, unknown>)[token.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  if (part === undefined) throw new Error(`The contract has nothing at ${pointer}`);
  return part;
}

/** Follows `$ref`s until something stands there. */
export function follow(pointer: string): string {
  const { $ref } = partAt(pointer) as { $ref?: string }; // anything that is not a reference has no such member
  return $ref === undefined ? pointer : follow($ref);
}

/** A JSON Pointer to a member of what a pointer names. */
export function memberOf(pointer: string, ...names: readonly string[]): string {
  return [pointer, ...names.map((name) => name.replaceAll("~", "~0").replaceAll("/", "~1"))].join("/");
}

/** The examples of a media type object, by what tells them apart. */
function examplesOf(media: { example?: unknown; examples?: Record<string, { value: unknown }> }): readonly unknown[] {
  const named = Object.values(media.examples ?? {}).map(({ value }) => value);
  return media.example === undefined ? named : [media.example, ...named];
}

function toOperation(path: string, method: string): Operation {
  const pointer = memberOf("#", "paths", path, method);
  const raw = partAt(pointer) as RawOperation; // the linter and generate.ts prove the shape of the document
  const [requirement = {}] = raw.security;
  const [[scheme, needs] = [undefined, []]] = Object.entries(requirement);
  const optional = raw.security.some((other) => Object.keys(other).length === 0);
  const access = (scheme === undefined ? undefined : SCHEMES[scheme]) ?? "public";
  return {
    id: raw.operationId,
    service: raw.tags[0],
    method: method.toUpperCase(),
    path,
    access: optional && access === "user" ? "optional" : access,
    needs,
    takesIdempotencyKey: (raw.parameters ?? []).some((it) => nameOf(it) === "Idempotency-Key"),
    body: raw.requestBody && toBody(raw.requestBody),
    responses: new Map(
      Object.keys(raw.responses).map((status) => [Number(status), follow(memberOf(pointer, "responses", status))]),
    ),
  };
}

function nameOf(parameter: RawParameter): string {
  if (parameter.$ref === undefined) return parameter.name;
  return (partAt(parameter.$ref) as RawParameter).name; // a reference among parameters names a parameter
}

function toBody({ content }: RawBody): Operation["body"] {
  const [media] = Object.entries(content);
  if (media === undefined) return undefined;
  const examples = examplesOf(media[1]);
  return { mediaType: media[0], example: examples[0], examples };
}
