/** Binds handlers to the contract: the one place that mounts routes and knows Elysia. */
import { type AnyElysia, Elysia } from "elysia";
import type { Caller, Handlers, ServiceName } from "#contract";
import { type Authenticate, createAuthorize } from "./authentication.ts";
import { type OperationSpec, operationsOf } from "./contract_document.ts";
import { OAuthError } from "./oauth_error.ts";
import type { Observability } from "./observability.ts";
import { type OperationalRoute, operationalRoutes } from "./operational_routes.ts";
import { Problem } from "./problem.ts";
import { createReplyCheck, type OutgoingReply } from "./reply_check.ts";
import { createSender } from "./reply_sender.ts";
import { IncomingContext } from "./request_context.ts";
import { createReader } from "./request_reader.ts";

/** What a service needs besides its handlers. */
export interface ServiceOptions {
  /** Tells who sent a token. */
  authenticate: Authenticate;
  /** The public origins of all services, as a browser sees them: for CORS, the docs page and the `servers` of the document. */
  origins: Readonly<Record<ServiceName, string>>;
  /** Checks every reply against the contract and answers 500 instead of a wrong one. @default false */
  checkResponses?: boolean;
  /** Rejects while something the service needs is away; asked by `/readyz`. @default always ready */
  readiness?: () => Promise<void>;
  /** @default nothing is measured, and only internal errors are told, on stderr */
  observability?: Observability;
  /** Elysia plugins to mount beside the contract. */
  plugins?: readonly AnyElysia[];
}

/** Where to listen. */
export interface ListenOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
}

/** How to stop. */
export interface StopOptions {
  /** Milliseconds that requests in flight have; then their connections are closed. @default Infinity */
  deadlineMs?: number;
}

/** A service that answers requests. */
export interface Service {
  /** Answers one request without a socket: what tests and the SDK's `fetch` option use. */
  handle(request: Request): Promise<Response>;
  /** @throws if the port is taken or may not be had. */
  listen(options: ListenOptions): Promise<{ port: number }>;
  /** Lets `/readyz` answer 503 from now on, so that no new connections come; requests are still served. */
  drain(): void;
  /** Takes no more connections and resolves when the requests in flight are answered. */
  stop(options?: StopOptions): Promise<void>;
  /** The mounted operations. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
}

/** Seconds without traffic after which a connection is closed; every handler's own deadlines are shorter. */
const IDLE_TIMEOUT_S = 60;
/** The binder answers 413 itself, as a problem; Bun's own limit only has to be out of its way. */
const SERVER_BODY_MAX_BYTES = Number.MAX_SAFE_INTEGER;

type Params = Readonly<Record<string, string>>;

/** One method of one path. */
interface Endpoint {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly detail: object;
  answer(request: Request, params: Params, context: IncomingContext): OutgoingReply | Promise<OutgoingReply>;
  /** Turns what was thrown into what is answered. */
  recover(error: unknown, request: Request): OutgoingReply;
}

/**
 * Makes a service of one handler for each of its operations in the contract. For each request: authenticate, validate path, query,
 * headers and body, call the handler, check and send its reply. Every error is answered as the contract has it.
 */
export function createService<S extends ServiceName>(name: S, handlers: Handlers<S>, options: ServiceOptions): Service {
  const specs = operationsOf(name);
  let draining = false;
  const operational = operationalRoutes(name, {
    origins: options.origins,
    observability: options.observability,
    readiness: options.readiness ?? (() => Promise.resolve()),
    isDraining: () => draining,
  });
  const endpoints = [
    // Handlers<S> proved that there is one handler for each operation of the service, of the type that its input and reply have.
    ...specs.map((spec) => toEndpoint(spec, handlers[spec.id as keyof Handlers<S>] as AnyHandler, options)),
    ...operational.map(toOperationalEndpoint),
  ];
  const app = createApp(endpoints, options);

  return {
    handle: async (request) => app.handle(request),
    async listen({ host, port }) {
      app.listen({
        hostname: host,
        port,
        development: false,
        reusePort: false,
        idleTimeout: IDLE_TIMEOUT_S,
        maxRequestBodySize: SERVER_BODY_MAX_BYTES,
      });
      return { port: app.server?.port ?? port };
    },
    drain() {
      draining = true;
    },
    async stop({ deadlineMs = Number.POSITIVE_INFINITY } = {}) {
      draining = true;
      if (!app.server) return;
      const server = app.server;
      const timer = Number.isFinite(deadlineMs) ? setTimeout(() => server.stop(true), deadlineMs) : undefined;
      await app.stop();
      clearTimeout(timer);
    },
    routes: specs.map(({ method, path }) => ({ method, path })),
  };
}

/** A handler whose types were proven by Handlers<S>. */
type AnyHandler = (input: unknown) => OutgoingReply | Promise<OutgoingReply>;

function toEndpoint(spec: OperationSpec, handler: AnyHandler, options: ServiceOptions): Endpoint {
  const authorize = createAuthorize(spec, options.authenticate);
  const read = createReader(spec);
  const check = options.checkResponses ? createReplyCheck(spec) : undefined;
  const speaksOAuth = spec.responses.get(400)?.content["application/json"] !== undefined;
  return {
    id: spec.id,
    method: spec.method,
    path: spec.path,
    detail: spec.detail,
    async answer(request, params, context) {
      const authorizing = authorize(request);
      const caller: Caller | undefined = authorizing instanceof Promise ? await authorizing : authorizing;
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
      if (reply.status !== 500) check?.(reply);
      return reply;
    },
  };
}

function toOperationalEndpoint(route: OperationalRoute): Endpoint {
  return {
    id: "none",
    method: "GET",
    path: route.path,
    detail: { hide: true },
    answer: (_request, params) => route.answer(params),
    recover: toReply,
  };
}

/** An operation that answers errors as OAuth does answers a wrong request so, too. */
function toOAuthError(error: unknown): unknown {
  if (!(error instanceof Problem) || error.code !== "invalid-request") return error;
  const faults = (error as Problem<"invalid-request">).extras.errors; // its code tells its type
  const [first] = faults;
  const where = first && first.pointer !== "#" ? `${first.pointer.slice(2)} ` : "The request ";
  return new OAuthError("invalid_request", first ? `${where}${first.detail}` : error.detail);
}

/** Never tells what was thrown, unless it was made for the caller. */
function toReply(error: unknown, request: Request): OutgoingReply {
  if (error instanceof Problem) {
    return { status: error.status, headers: error.headers, body: error.toBody(instanceOf(request)) };
  }
  if (error instanceof OAuthError) {
    const headers = { ...error.headers, "content-type": "application/json" };
    return { status: error.status, headers, body: error.toBody() };
  }
  return toReply(
    new Problem("internal-error", "Something went wrong here; the request id finds it in the logs"),
    request,
  );
}

/** The path of a request as the URI reference that a problem's `instance` is: anything odd is percent-encoded. */
function instanceOf(request: Request): string {
  const { pathname } = new URL(request.url, "http://localhost");
  return pathname.replace(/%(?![0-9A-Fa-f]{2})/g, "%25").replace(/[^\w\-.~!$&'()*+,;=:@/%]/g, encodeURIComponent);
}

function createApp(endpoints: readonly Endpoint[], options: ServiceOptions): Elysia {
  const app = new Elysia({
    // One router for sockets and tests alike; Bun's would call the handlers of `all` without a context.
    systemRouter: false,
    strictPath: true,
    // Elysia looks for the path from character 11 on, which `http://a/` is shorter than.
    handler: { standardHostname: false },
  });
  const sender = createSender(options.origins);
  const observability = options.observability ?? FAULTS_ONLY;
  const findAddress = (request: Request): string => app.server?.requestIP(request)?.address ?? "";

  const serve = async (endpoint: Endpoint, request: Request, params: Params): Promise<Response> => {
    const startedMs = performance.now();
    const context = new IncomingContext(request, findAddress);
    let reply: OutgoingReply;
    let error: unknown;
    try {
      const answering = endpoint.answer(request, params, context);
      reply = answering instanceof Promise ? await answering : answering;
    } catch (thrown) {
      error = thrown;
      try {
        reply = endpoint.recover(thrown, request);
      } catch (breach) {
        error = breach;
        reply = toReply(breach, request);
      }
    }
    const response = sender.send({ request, requestId: context.requestId }, reply);
    observability.recordRequest({
      operationId: endpoint.id,
      method: request.method,
      status: reply.status,
      durationMs: performance.now() - startedMs,
      requestId: context.requestId,
      traceparent: context.traceparent,
      error,
    });
    return response;
  };

  const failing = (detail: Endpoint["detail"], fail: () => never): Endpoint => {
    return { id: "none", method: "", path: "", detail, answer: fail, recover: toReply };
  };
  const nowhere = failing({ hide: true }, () => {
    throw new Problem("not-found", "There is nothing at this path");
  });

  // Elysia's hooks cover only the routes that come after them.
  app.onError(({ request, error }) =>
    serve(
      failing({}, () => rethrow(error)),
      request,
      {},
    ),
  );
  app.onRequest(({ request }) => {
    // Without a host Bun gives a bare path, in which Elysia would look for the path in the wrong place.
    if (request.url.startsWith("/")) return serve(nowhere, request, {});
  });
  for (const plugin of options.plugins ?? []) app.use(plugin);

  for (const [path, group] of Map.groupBy(endpoints, ({ path }) => path)) {
    const route = path.replace(/\{(\w+)\}/g, ":$1");
    const hidden = { detail: { hide: true } };
    // Elysia answers HEAD by what GET answers, without its body.
    const methods = group.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
    const allow = [...methods, "OPTIONS"].join(", ");
    for (const endpoint of group) {
      // Elysia gives no params to a path without any.
      const answer = ({ request, params = {} }: { request: Request; params?: Params }) =>
        serve(endpoint, request, params);
      app.route(endpoint.method, route, answer, { detail: endpoint.detail });
    }
    const refuse = failing({}, () => {
      const headers = { allow };
      throw new Problem("method-not-allowed", `This path has the methods ${allow}`, { headers });
    });
    app.route(
      "OPTIONS",
      route,
      ({ request }: { request: Request }) => {
        const { requestId } = new IncomingContext(request, findAddress);
        return sender.sendOptions({ request, requestId }, allow);
      },
      hidden,
    );
    app.all(route, ({ request }: { request: Request }) => serve(refuse, request, {}), hidden);
  }
  app.all("/*", ({ request }: { request: Request }) => serve(nowhere, request, {}), { detail: { hide: true } });
  return app;
}

/** What a service without observability does, such as one in a test: an internal error should not go unseen. */
const FAULTS_ONLY: Pick<Observability, "recordRequest"> = {
  recordRequest({ operationId, status, error }) {
    if (status === 500) console.error(`${operationId} answered 500:`, error);
  },
};

function rethrow(error: unknown): never {
  throw error;
}
