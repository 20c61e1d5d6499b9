import type { Caller } from "#contract";
import { type Authenticate, createAdmit, createIdentify, type IsOver } from "./authentication.ts";
import type { OperationSpec } from "./contract_document.ts";
import { OAuthError } from "./oauth_error.ts";
import { Problem } from "./problem.ts";
import { createReplyCheck, type OutgoingReply } from "./reply_check.ts";
import type { IncomingContext } from "./request_context.ts";
import { createReader, type Params } from "./request_reader.ts";

/** One method of one path. */
export interface Endpoint {
  /** The operationId, or `none` for what is not in the contract. */
  readonly id: string;
  readonly method: string;
  /** With parameters in braces: `/products/{productId}`. */
  readonly path: string;
  /** What the derived document says about it. */
  readonly detail: object;
  answer(request: Request, params: Params, context: IncomingContext): OutgoingReply | Promise<OutgoingReply>;
  /** Turns what was thrown into what is answered. @throws {ContractBreach} if the operation may not answer that. */
  recover(error: unknown, request: Request): OutgoingReply;
}

/** A handler whose types were proven by `Handlers`. */
export type AnyHandler = (input: unknown) => OutgoingReply | Promise<OutgoingReply>;

/** What all endpoints of a service have in common. */
export interface EndpointOptions {
  authenticate: Authenticate;
  isOver: IsOver | undefined;
  checkResponses: boolean;
}

/** Puts everything the contract says about an operation around its handler. */
export function createEndpoint(spec: OperationSpec, handler: AnyHandler, options: EndpointOptions): Endpoint {
  const identify = createIdentify(spec, options.authenticate);
  const admit = createAdmit(spec, options.isOver);
  const read = createReader(spec);
  const check = options.checkResponses ? createReplyCheck(spec) : undefined;
  const speaksOAuth = spec.responses.get(400)?.content["application/json"] !== undefined;
  return {
    id: spec.id,
    method: spec.method,
    path: spec.path,
    detail: spec.detail,
    async answer(request, params, context) {
      let caller: Caller | undefined;
      try {
        // Awaiting what is no promise costs a turn of the queue.
        const identifying = identify(request);
        caller = identifying instanceof Promise ? await identifying : identifying;
      } catch (error) {
        // Nobody we know: what they try counts for their address.
        context.count();
        throw error;
      }
      context.count(caller);
      // Only then: past their quota nobody has a store asked about their session.
      const admitting = caller === undefined ? undefined : admit(caller);
      if (admitting !== undefined) await admitting;
      const reading = read(request, params);
      const parts = reading instanceof Promise ? await reading : reading;
      const { query, headers, body } = parts;
      const answering = handler({ params: parts.params, query, headers, body, caller, context });
      const reply = answering instanceof Promise ? await answering : answering;
      check?.(reply);
      return reply;
    },
    recover(error, request) {
      const reply = toReply(speaksOAuth ? toOAuthError(error) : error, request);
      // That the server may fail is not said of each operation.
      if (reply.status !== 500) check?.(reply);
      return reply;
    },
  };
}

/** An operation that answers errors as OAuth does also answers a wrong request so. */
function toOAuthError(error: unknown): unknown {
  if (!(error instanceof Problem) || error.code !== "invalid-request") return error;
  const [first] = (error as Problem<"invalid-request">).extras.errors; // its code tells its type
  if (first === undefined) return new OAuthError("invalid_request", error.detail);
  const where = first.pointer === "#" ? "The request" : first.pointer.slice(2);
  return new OAuthError("invalid_request", `${where} ${first.detail}`);
}

/** Turns an error into a reply; of one that was not made for the caller nothing is told. */
export function toReply(error: unknown, request: Request): OutgoingReply {
  if (error instanceof Problem) {
    return { status: error.status, headers: error.headers, body: error.toBody(instanceOf(request)) };
  }
  if (error instanceof OAuthError) {
    const headers = { ...error.headers, "content-type": "application/json" };
    return { status: error.status, headers, body: error.toBody() };
  }
  const detail = "Something went wrong here; the request id finds it in the logs";
  return toReply(new Problem("internal-error", detail), request);
}

/** The path of a request as the URI reference that a problem's `instance` is: anything odd is percent-encoded. */
function instanceOf(request: Request): string {
  const { pathname } = new URL(request.url, "http://localhost");
  return pathname.replace(/%(?![0-9A-Fa-f]{2})/g, "%25").replace(/[^\w\-.~!$&'()*+,;=:@/%]/g, encodeURIComponent);
}
