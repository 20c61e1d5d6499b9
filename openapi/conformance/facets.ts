/** What the contract says can be seen of an operation: its statuses, the headers of each, the problems of each. */
import { follow, memberOf, type Operation, partAt } from "./document.ts";
import type { Received } from "./response_check.ts";

/** What was seen of an operation in one answer. */
export interface Sighting {
  readonly operation: string;
  readonly status: number;
  /** The declared headers that were there, as the contract writes them. */
  readonly headers: readonly string[];
  /** Of a problem. */
  readonly code: string | undefined;
}

/** One thing that a status of an operation promises. */
export interface Facet {
  readonly operation: string;
  readonly status: number;
  readonly kind: "status" | "header" | "problem";
  /** Of the header, or the code of the problem; nothing for the status itself. */
  readonly name: string;
}

interface ResponseObject {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
}
interface ProblemSchema {
  readonly oneOf?: readonly unknown[];
  readonly properties?: { readonly code?: { readonly const?: string } };
}

const PROBLEM = "application/problem+json";

/** Everything that the contract promises of an operation. */
export function facetsOf({ id, responses }: Pick<Operation, "id" | "responses">): readonly Facet[] {
  return [...responses].flatMap(([status, pointer]) => [
    { operation: id, status, kind: "status" as const, name: "" },
    ...headerNames(pointer).map((name) => ({ operation: id, status, kind: "header" as const, name })),
    ...problemCodes(pointer).map((name) => ({ operation: id, status, kind: "problem" as const, name })),
  ]);
}

/** What an answer shows. */
export function sight({ id, responses }: Operation, { status, headers, text }: Received): Sighting {
  const pointer = responses.get(status);
  const declared = pointer === undefined ? [] : headerNames(pointer);
  const isProblem = headers["content-type"]?.startsWith(PROBLEM) === true && text !== "";
  return {
    operation: id,
    status,
    headers: declared.filter((name) => headers[name.toLowerCase()] !== undefined),
    code: isProblem ? JSON.parse(text).code : undefined,
  };
}

/** Whether a sighting shows a facet. */
export function shows(sighting: Sighting, facet: Facet): boolean {
  if (sighting.operation !== facet.operation || sighting.status !== facet.status) return false;
  if (facet.kind === "header") return sighting.headers.includes(facet.name);
  return facet.kind === "status" || sighting.code === facet.name;
}

function headerNames(pointer: string): readonly string[] {
  const { headers = {} } = partAt(pointer) as ResponseObject; // `responses` holds response objects
  return Object.keys(headers);
}

/** The codes of the problems that a response can have: each is a branch of its schema. */
function problemCodes(pointer: string): readonly string[] {
  const { content = {} } = partAt(pointer) as ResponseObject; // `responses` holds response objects
  return PROBLEM in content ? codesOf(memberOf(pointer, "content", PROBLEM, "schema")) : [];
}

function codesOf(pointer: string): readonly string[] {
  const schema = follow(pointer);
  const { oneOf, properties } = partAt(schema) as ProblemSchema; // under the media type of problems
  if (oneOf !== undefined) return oneOf.flatMap((_, index) => codesOf(memberOf(schema, "oneOf", `${index}`)));
  return properties?.code?.const === undefined ? [] : [properties.code.const];
}
