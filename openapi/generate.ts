/**
 * Writes `generated/` from `openapi.yaml`; with `--check` it writes nothing and fails if that would change a file.
 *
 * - `types.ts`: the schemas and operations as TypeScript (openapi-typescript).
 * - `operations.ts`: what those types leave out: service, access, method, path, media type, defaults.
 */
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import document from "./openapi.yaml";

const NOTICE = "// Written by generate.ts from openapi.yaml: change that and run `bun run generate`.\n";
const METHODS = ["get", "put", "post", "patch", "delete"];
const FOLDER = new URL("./generated/", import.meta.url);

interface SchemaObject {
  $ref?: string;
  default?: unknown;
  properties?: Record<string, SchemaObject>;
}
interface Parameter {
  $ref?: string;
  name: string;
  in: string;
  schema: SchemaObject;
}
interface Operation {
  operationId: string;
  tags: [string];
  summary: string;
  description?: string;
  security: Record<string, string[]>[];
  "x-sensitive"?: boolean;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: SchemaObject }> };
}
interface Entry {
  operation: Operation;
  method: string;
  path: string;
  parameters: Parameter[];
}

/** The part of the document that a local `$ref` names. */
function resolve<T extends { $ref?: string }>(value: T): T {
  if (value.$ref === undefined) return value;
  let found: unknown = document;
  for (const name of value.$ref.slice(2).split("/")) found = (found as Record<string, unknown>)[name];
  return found as T;
}

/** What services answer: `webhooks` are messages of theirs, and nobody's operations. */
function entries(): Entry[] {
  return Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method] !== undefined).map((method) => {
      const operation = item[method] as Operation;
      const shared = (item.parameters ?? []) as Parameter[];
      const parameters = [...shared, ...(operation.parameters ?? [])].map(resolve);
      return { operation, method: method.toUpperCase(), path, parameters };
    }),
  );
}

/** Who may call: `user` and `service` need their token, `optional` reads one, `client` gives Basic credentials or a form. */
function accessOf({ security, operationId }: Operation): string {
  const schemes = security.flatMap((requirement) => Object.keys(requirement));
  if (schemes.includes("clientBasic")) return "client";
  if (schemes.includes("serviceAuth")) return "service";
  if (!schemes.includes("bearerAuth")) return "public";
  if (security.length > 2) throw new Error(`${operationId} has a security that is not served`);
  return security.length === 2 ? "optional" : "user";
}

function namesWithDefault(schemas: Record<string, SchemaObject>): string[] {
  return Object.entries(schemas).flatMap(([name, schema]) => (schema.default === undefined ? [] : [name]));
}

function union(names: string[]): string {
  return names.length === 0 ? "never" : names.map((name) => JSON.stringify(name)).join(" | ");
}

function comment({ summary, description }: Operation): string {
  const lines = [`${summary}.`, ...(description ? ["", ...description.trim().split("\n")] : [])];
  return ["  /**", ...lines.map((line) => `   * ${line}`.trimEnd()), "   */"].join("\n");
}

function operationsFile(): string {
  const rows: string[] = [];
  const defaults: string[] = [];
  for (const { operation, method, path, parameters } of entries()) {
    const needs = operation.security.flatMap((requirement) => Object.values(requirement).flat());
    const [mediaType] = Object.keys(operation.requestBody?.content ?? {});
    const row = {
      service: operation.tags[0],
      method,
      path,
      access: accessOf(operation),
      ...(needs.length > 0 && { needs }),
      ...(operation["x-sensitive"] && { sensitive: true }),
      ...(mediaType && { mediaType }),
      ...(parameters.some(({ name }) => name === "Idempotency-Key") && { idempotent: true }),
    };
    rows.push(`${comment(operation)}\n  ${operation.operationId}: ${JSON.stringify(row)},`);

    const query = parameters.filter((parameter) => parameter.in === "query");
    const body = mediaType ? resolve(operation.requestBody!.content[mediaType]!.schema).properties : {};
    const inQuery = namesWithDefault(Object.fromEntries(query.map(({ name, schema }) => [name, schema])));
    defaults.push(
      `  ${operation.operationId}: { query: ${union(inQuery)}; body: ${union(namesWithDefault(body ?? {}))} };`,
    );
  }
  return `${NOTICE}
/** Every operation: whose it is, where it is, who may call it and what it takes. */
export const OPERATIONS = {
${rows.join("\n")}
} as const;

/** The fields that a caller may leave out because the contract has a default. */
export interface Defaults {
${defaults.join("\n")}
}
`;
}

/** Response headers given by \`$ref\` lose their optionality in openapi-typescript: put them in place. */
function withHeadersInPlace(): never {
  const copy = structuredClone(document);
  const inPlace = (response: { headers?: Record<string, { $ref?: string }> }): void => {
    for (const [name, header] of Object.entries(response.headers ?? {})) response.headers![name] = resolve(header);
  };
  Object.values<object>(copy.components.responses).forEach(inPlace);
  for (const item of Object.values<Record<string, { responses?: object }>>(copy.paths)) {
    for (const method of METHODS) Object.values(item[method]?.responses ?? {}).forEach(inPlace);
  }
  return copy as never; // openapi-typescript's own document type; it validates what it is given
}

async function typesFile(): Promise<string> {
  return `${NOTICE}\n${astToString(await openapiTS(withHeadersInPlace(), { alphabetize: false }))}`;
}

const files = { "types.ts": await typesFile(), "operations.ts": operationsFile() };
const stale: string[] = [];
for (const [name, text] of Object.entries(files)) {
  const file = Bun.file(new URL(name, FOLDER));
  if ((await file.exists()) && (await file.text()) === text) continue;
  stale.push(name);
  if (!process.argv.includes("--check")) await Bun.write(file, text);
}
if (process.argv.includes("--check") && stale.length > 0) {
  console.error(`Not what openapi.yaml says: ${stale.map((name) => fileURLToPath(new URL(name, FOLDER))).join(", ")}`);
  console.error("Run `bun run generate` and commit the result");
  process.exit(1);
}
