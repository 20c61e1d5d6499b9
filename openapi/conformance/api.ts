/** How the tests speak to the services: every response is held against the contract and written down for the coverage. */
import type { APIRequestContext } from "@playwright/test";
import type { OperationId, ProblemBody, ProblemCode, Reply, ServiceName } from "#contract";
import type { Deployment } from "./deployment.ts";
import { type Operation, operationOf } from "./document.ts";
import { type Sighting, sight } from "./facets.ts";
import { faultsOf, faultsOutsideContract, type Received } from "./response_check.ts";

/** Someone who signs in. */
export interface Caller {
  /** An access token that is good for a while. */
  token(): Promise<string>;
}

/** What is sent to an operation. Nothing of it is checked here: refusing the wrong is the services' part. */
export interface Call {
  /** Whose token is sent, or the token itself. */
  readonly as?: Caller | string;
  readonly params?: Readonly<Record<string, string>>;
  /** Names and values, or the query as it shall be sent. */
  readonly query?: Readonly<Record<string, string | number | boolean>> | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, anything else in the operation's media type. */
  readonly body?: unknown;
}

/** What is sent to a path, in the contract or not. */
export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A response that is as the contract says. */
export interface Answer<Body = unknown> extends Received {
  readonly body: Body;
}

type Success<Id extends OperationId> = Reply<Id>["status"];
type SuccessBody<Id extends OperationId, Status> =
  Extract<Reply<Id>, { status: Status }> extends { body: infer Body } ? Body : undefined;
type Refusal<Code extends ProblemCode> = Extract<ProblemBody, { code: Code }>;

const REQUEST_TIMEOUT_MS = 30_000;

export class Api {
  readonly #request: APIRequestContext;
  readonly #baseUrls: Deployment["baseUrls"];
  #sightings: Sighting[] = [];

  constructor(request: APIRequestContext, baseUrls: Deployment["baseUrls"]) {
    this.#request = request;
    this.#baseUrls = baseUrls;
  }

  /** Calls an operation that shall answer this success. */
  async answers<Id extends OperationId, Status extends Success<Id>>(
    status: Status,
    id: Id,
    call: Call = {},
  ): Promise<Answer<SuccessBody<Id, Status>>> {
    const answer = await this.call(id, call);
    if (answer.status !== status) throw unexpected(id, answer, `${status}`);
    return answer as Answer<SuccessBody<Id, Status>>; // call() held the body against the schema of this status
  }

  /** Calls an operation that shall refuse with a problem of this code. */
  async refuses<Code extends ProblemCode>(
    code: Code,
    id: OperationId,
    call: Call = {},
  ): Promise<Answer<Refusal<Code>>> {
    const answer = await this.call(id, call);
    if (codeOf(answer) !== code) throw unexpected(id, answer, code);
    return answer as Answer<Refusal<Code>>; // the schema of the problem with this code was held against it
  }

  /** Calls an operation, whatever it answers, as long as the contract has it. */
  async call(id: OperationId, call: Call = {}): Promise<Answer> {
    const operation = operationOf(id);
    const path = `${fillIn(operation.path, call.params ?? {})}${toSearch(call.query ?? {})}`;
    const received = await this.#send(operation.service, path, {
      method: operation.method,
      headers: { ...(await headersOf(operation, call)), ...call.headers },
      ...(call.body === undefined ? {} : { body: encode(operation, call.body) }),
    });
    this.#sightings.push(sight(operation, received));
    complain(`${id} (${operation.method} ${path})`, faultsOf(operation, received));
    return { ...received, body: received.text === "" ? undefined : JSON.parse(received.text) };
  }

  /** Sends what the contract does not have: another path, another method, `HEAD`, `OPTIONS`. */
  async send(service: ServiceName, path: string, request: RawRequest = {}): Promise<Received> {
    const received = await this.#send(service, path, request);
    complain(`${request.method ?? "GET"} ${path}`, faultsOutsideContract(received));
    return received;
  }

  /** Where a service is. */
  baseUrlOf(service: ServiceName): string {
    return this.#baseUrls[service];
  }

  /** Where a service is, as a browser tells pages apart. */
  originOf(service: ServiceName): string {
    return new URL(this.#baseUrls[service]).origin;
  }

  /** Whether a gateway has a service below a path of its own. */
  get isBelowPath(): boolean {
    return Object.values(this.#baseUrls).some((url) => new URL(url).pathname !== "/");
  }

  /** What was seen since this was last asked. */
  takeSightings(): readonly Sighting[] {
    const sightings = this.#sightings;
    this.#sightings = [];
    return sightings;
  }

  async #send(
    service: ServiceName,
    path: string,
    { method = "GET", headers = {}, body }: RawRequest,
  ): Promise<Received> {
    const response = await this.#request.fetch(`${this.#baseUrls[service]}${path}`, {
      method,
      headers,
      maxRedirects: 0,
      timeout: REQUEST_TIMEOUT_MS,
      // As bytes: a text that is no JSON would be made into some.
      ...(body === undefined ? {} : { data: Buffer.from(body) }),
    });
    const text = await response.text();
    await response.dispose();
    return { status: response.status(), headers: response.headers(), text };
  }
}

async function headersOf({ body }: Operation, call: Call): Promise<Record<string, string>> {
  const token = typeof call.as === "string" ? call.as : await call.as?.token();
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined || call.body === undefined ? {} : { "content-type": body.mediaType }),
  };
}

function fillIn(path: string, params: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`The path ${path} needs ${name}`);
    return encodeURIComponent(value);
  });
}

function toSearch(query: NonNullable<Call["query"]>): string {
  if (typeof query === "string") return `?${query}`;
  const pairs = Object.entries(query).map(([name, value]) => [name, String(value)]);
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}

function encode({ body }: Operation, value: unknown): string {
  if (typeof value === "string") return value;
  if (body?.mediaType !== "application/x-www-form-urlencoded") return JSON.stringify(value);
  return new URLSearchParams(value as Record<string, string>).toString(); // a form has texts only
}

function codeOf({ body }: Answer): unknown {
  return typeof body === "object" && body !== null && "code" in body ? body.code : undefined;
}

function unexpected(id: OperationId, { status, text }: Received, wanted: string): Error {
  return new Error(`${id} shall answer ${wanted}, and answered ${status}: ${text}`);
}

function complain(what: string, faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(`${what} is answered against the contract:\n- ${faults.join("\n- ")}`);
}
