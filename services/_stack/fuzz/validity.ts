/** What is wrong with a request, by the contract alone: worked out here anew, not by the code of the services. */
import { schemaFaults } from "../../../openapi/conformance/response_check.ts";
import { bodySchemaOf, parametersOf } from "./plan.ts";
import type { FuzzRequest } from "./request.ts";

/** How a request stands to the contract. */
export interface Validity {
  /** The media type is not the operation's, which is found before anything else. */
  readonly isOtherMediaType: boolean;
  /** One line for each place that is wrong; empty if the request is valid. */
  readonly faults: readonly string[];
}

const INTEGER = /^-?(0|[1-9]\d*)$/;

/** Holds each part of a request against its schema. */
export function validityOf(request: FuzzRequest): Validity {
  const { operation, text, mediaType } = request;
  const isOtherMediaType = operation.body !== undefined && text !== undefined && mediaType !== operation.body.mediaType;
  const faults = [...parameterFaults(request), ...searchFaults(request), ...bodyFaults(request)];
  return { isOtherMediaType, faults };
}

function parameterFaults({ operation, params, headers }: FuzzRequest): readonly string[] {
  return parametersOf(operation).flatMap(({ name, in: place, required, schema }) => {
    if (place === "query") return [];
    const value = place === "path" ? params[name] : headers[name];
    if (value === undefined) return required ? [`${place} ${name} is missing`] : [];
    return schemaFaults(schema, value).map((fault) => `${place} ${name} ${fault}`);
  });
}

/** Pairs of a query as it is sent: each name is a declared one, and comes once. */
function searchFaults({ operation, search }: FuzzRequest): readonly string[] {
  const declared = new Map(
    parametersOf(operation).flatMap((each) => (each.in === "query" ? [[each.name, each.schema] as const] : [])),
  );
  const seen = new Set<string>();
  return search
    .split("&")
    .filter((pair) => pair !== "")
    .flatMap((pair) => {
      const [name = "", ...rest] = pair.split("=").map(decode);
      const value = rest.length === 0 ? "" : decode(pair.slice(pair.indexOf("=") + 1));
      const schema = name === undefined ? undefined : declared.get(name);
      if (schema === undefined) return [`query ${name} is not known`];
      if (seen.has(name)) return [`query ${name} comes twice`];
      seen.add(name);
      if (value === undefined) return [`query ${name} is not percent-encoded`];
      return queryFaults(schema, value).map((fault) => `query ${name} ${fault}`);
    });
}

/** A text is of the type that its schema takes, if it is written as that type is. */
function queryFaults(schema: string, text: string): readonly string[] {
  const readings: unknown[] = [text];
  if (INTEGER.test(text)) readings.push(Number(text));
  if (text === "true" || text === "false") readings.push(text === "true");
  const outcomes = readings.map((value) => schemaFaults(schema, value));
  return outcomes.some((faults) => faults.length === 0) ? [] : (outcomes[0] ?? []);
}

function bodyFaults({ operation, text }: FuzzRequest): readonly string[] {
  const schema = bodySchemaOf(operation);
  if (schema === undefined || operation.body === undefined || text === undefined) return [];
  if (operation.body.mediaType !== "application/x-www-form-urlencoded") {
    const value = parseJson(text);
    return value === undefined ? ["body is not JSON"] : schemaFaults(schema, value).map((fault) => `body ${fault}`);
  }
  if (text === "") return ["body is missing"];
  const pairs = [...new URLSearchParams(text)].filter(([, value]) => value !== "");
  const names = new Set(pairs.map(([name]) => name));
  if (names.size < pairs.length) return ["body has a parameter twice"];
  return schemaFaults(schema, Object.fromEntries(pairs)).map((fault) => `body ${fault}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
