/** The contract as types: what a handler receives and answers, what a client sends and gets. All of it follows from `openapi.yaml`. */
import { type Defaults, OPERATIONS } from "./generated/operations.ts";
import type { components, operations } from "./generated/types.ts";

export { OPERATIONS };

type Table = typeof OPERATIONS;
type Row<Id extends keyof Table> = Table[Id];

export type ServiceName = Table[keyof Table]["service"];

/** The operations of the contract, or those of one service. */
export type OperationId<Service extends ServiceName = ServiceName> = {
  [Id in keyof Table]: Row<Id>["service"] extends Service ? Id : never;
}[keyof Table];

/** Who may call an operation. `optional` reads a user's token if there is one; `client` authenticates by itself. */
export type Access = Table[keyof Table]["access"];

/** A schema of the contract by its name. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** What consumers of the stream are told about orders, told apart by `type`. The contract has it under `webhooks`. */
export type OrderEvent = Schema<"OrderEvent">;

/** An error of any operation, told apart by `code`. */
export type ProblemBody = Schema<"Problem">;
export type ProblemCode = ProblemBody["code"];

/** What a problem tells besides the members that every problem has. */
export type ProblemExtras<Code extends ProblemCode> = Omit<
  Extract<ProblemBody, { code: Code }>,
  "type" | "title" | "status" | "detail" | "instance" | "code"
>;

export interface UserCaller {
  readonly kind: "user";
  readonly id: string;
  readonly roles: readonly Schema<"Role">[];
  /** The session that the token belongs to. */
  readonly sessionId?: string;
}
export interface ServiceCaller {
  readonly kind: "service";
  readonly id: string;
  readonly scopes: readonly string[];
}
export type Caller = UserCaller | ServiceCaller;

/** Where a request comes from and how it is followed. */
export interface RequestContext {
  /** Echoed as `X-Request-Id`. */
  readonly requestId: string;
  /** The W3C trace context to pass on, if the caller sent one. */
  readonly traceparent: string | undefined;
  /** The address of the peer, such as `127.0.0.1`; empty where there is no socket. */
  readonly address: string;
  /** What the client calls itself, as far as it can be shown; null if it does not say. */
  readonly userAgent: string | null;
}

type Simplify<T> = { [K in keyof T]: T[K] };
type Declared<Id extends keyof Table, Place extends "path" | "query" | "header"> = Simplify<
  NonNullable<operations[Id]["parameters"][Place]>
>;
type OrEmpty<T> = [T] extends [never] ? Record<never, never> : T;
type LowerCase<T> = { [K in keyof T as K extends string ? (string extends K ? never : Lowercase<K>) : never]: T[K] };
type WithDefaults<T, Names> = Simplify<Omit<T, Names & keyof T> & Required<Pick<T, Names & keyof T>>>;
type WithoutDefaults<T, Names> = T extends unknown
  ? Simplify<Omit<T, Names & keyof T> & Partial<Pick<T, Names & keyof T>>>
  : never; // member by member, if the body is one of several
type Credentials<Id extends keyof Table> = Row<Id>["access"] extends "client"
  ? { authorization?: string }
  : Record<never, never>;

type Content<T> = T extends { content: infer Media } ? Media[keyof Media] : undefined;
type RequestBody<Id extends keyof Table> = operations[Id] extends { requestBody: infer Body }
  ? Content<Body>
  : undefined;

type CallerOf<Id extends keyof Table> = {
  user: UserCaller;
  optional: UserCaller | undefined;
  service: ServiceCaller;
  client: undefined;
  public: undefined;
}[Row<Id>["access"]];

/** What a handler receives: validated, with the contract's defaults filled in and header names in lower case. */
export interface Input<Id extends keyof Table> {
  readonly params: OrEmpty<Declared<Id, "path">>;
  readonly query: WithDefaults<OrEmpty<Declared<Id, "query">>, Defaults[Id]["query"]>;
  readonly headers: Simplify<LowerCase<OrEmpty<Declared<Id, "header">>> & Credentials<Id>>;
  readonly body: RequestBody<Id>;
  readonly caller: CallerOf<Id>;
  readonly context: RequestContext;
}

type Responses<Id extends keyof Table> = operations[Id]["responses"];
type Success = 200 | 201 | 202 | 204 | 304;
type NoRequired<T> = Record<never, never> extends T ? true : false;
/** What the binder adds to every response: no handler answers it. */
type HeaderOfEveryResponse = "ratelimit" | "ratelimit-policy";
type HeadersOf<R> = R extends { headers: infer H } ? Omit<LowerCase<H>, HeaderOfEveryResponse> : Record<never, never>;
type WithHeaders<H> = NoRequired<H> extends true ? { readonly headers?: H } : { readonly headers: H };
type WithBody<B> = [B] extends [undefined] ? Record<never, never> : { readonly body: B };
type ReplyOf<Status, R> = Simplify<{ readonly status: Status } & WithHeaders<HeadersOf<R>> & WithBody<Content<R>>>;

/** What a handler may answer: a declared success with its required headers and its body. Errors are thrown as problems. */
export type Reply<Id extends keyof Table> = {
  [Status in Success & keyof Responses<Id>]: ReplyOf<Status, Responses<Id>[Status]>;
}[Success & keyof Responses<Id>];

export interface Handler<Id extends keyof Table> {
  (input: Input<Id>): Promise<Reply<Id>> | Reply<Id>;
  /** Never set: tells two operations of the same shape apart at compile time. */
  readonly operationId?: Id;
}

/** One handler for each operation of a service: no more, no fewer. */
export type Handlers<Service extends ServiceName> = { [Id in OperationId<Service>]: Handler<Id> };

type Part<Name extends string, T> = [keyof T] extends [never]
  ? Record<never, never>
  : NoRequired<T> extends true
    ? { readonly [K in Name]?: T }
    : { readonly [K in Name]: T };
type BodyPart<Id extends keyof Table> = [RequestBody<Id>] extends [undefined]
  ? Record<never, never>
  : { readonly body: WithoutDefaults<RequestBody<Id>, Defaults[Id]["body"]> };

/** What a client sends: only what is required is required. */
export type Call<Id extends keyof Table> = Simplify<
  Part<"params", OrEmpty<Declared<Id, "path">>> &
    Part<"query", OrEmpty<Declared<Id, "query">>> &
    Part<"headers", LowerCase<OrEmpty<Declared<Id, "header">>> & Credentials<Id>> &
    BodyPart<Id>
>;

type ErrorStatus<Id extends keyof Table> = Exclude<keyof Responses<Id>, Success>;

/** The problems that an operation can answer. */
export type ProblemOf<Id extends keyof Table> = Extract<
  { [Status in ErrorStatus<Id>]: Content<Responses<Id>[Status]> }[ErrorStatus<Id>],
  { code: ProblemCode }
>;
