import { createBodyReader } from "./body_reader.ts";
import type { OperationSpec } from "./contract_document.ts";
import { Problem } from "./problem.ts";
import { createQueryReader } from "./query_reader.ts";
import { addFaults, compileParameters, type Findings } from "./validation.ts";

/** The path parameters as the router found them. */
export type Params = Readonly<Record<string, string>>;

/** The parts of a request, validated and with defaults filled in. */
export interface RequestParts {
  readonly params: Params;
  readonly query: Readonly<Record<string, unknown>>;
  /** The declared ones; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/**
 * Reads and validates a request.
 *
 * @throws {Problem} `invalid-request`, `unsupported-media-type`, `content-too-large`.
 */
export type ReadRequest = (request: Request, params: Params) => RequestParts | Promise<RequestParts>;

type ReadHeaders = (headers: Headers, findings: Findings) => Readonly<Record<string, string>>;

const NOTHING: Readonly<Record<string, never>> = Object.freeze({});

/** Makes the reader of an operation's requests; everything that can be known beforehand is worked out here. */
export function createReader(spec: OperationSpec): ReadRequest {
  const path = compileParameters(spec, "path");
  const readQuery = createQueryReader(spec);
  const readHeaders = createHeaderReader(spec);
  const readRest = (request: Request, params: Params, findings: Findings): Omit<RequestParts, "body"> => {
    if (path !== undefined && !path.accepts(params)) addFaults(findings, path.faultsOf(params, true));
    return { params, query: readQuery(request.url, findings), headers: readHeaders(request.headers, findings) };
  };

  if (spec.body === undefined) {
    return (request, params) => {
      const findings: Findings = { faults: undefined };
      const { query, headers } = readRest(request, params, findings);
      return checked({ params, query, headers, body: undefined }, findings);
    };
  }
  const reader = createBodyReader(spec.body);
  return async (request, params) => {
    const text = await reader.read(request);
    const findings: Findings = { faults: undefined };
    const { query, headers } = readRest(request, params, findings);
    const body = reader.parse(text, request.headers, findings);
    return checked({ params, query, headers, body }, findings);
  };
}

function checked(parts: RequestParts, { faults: errors }: Findings): RequestParts {
  if (errors === undefined) return parts;
  const places = errors.length === 1 ? "1 place" : `${errors.length} places`;
  throw new Problem("invalid-request", `The request does not match the contract in ${places}`, { errors });
}

function createHeaderReader(spec: OperationSpec): ReadHeaders {
  const validator = compileParameters(spec, "header");
  const declared = spec.parameters.filter((parameter) => parameter.in === "header");
  const names = declared.map(({ name }) => name.toLowerCase());
  // A client's credentials are for the operation itself to read.
  if (spec.access === "client") names.push("authorization");
  if (names.length === 0) return () => NOTHING;
  return (sent, findings) => {
    const headers: Record<string, string> = {};
    for (const name of names) {
      const value = sent.get(name);
      if (value !== null) headers[name] = value;
    }
    if (validator !== undefined && !validator.accepts(headers)) addFaults(findings, validator.faultsOf(headers, true));
    return headers;
  };
}
