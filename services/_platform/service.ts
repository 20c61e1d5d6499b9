/** Binds handlers to the contract: the one place that mounts routes and knows Elysia. */
import { type AnyElysia, Elysia } from "elysia";
import type { Handlers, ServiceName } from "#contract";
import type { Authenticate, IsOver } from "./authentication.ts";
import { clientAddress, type TrustedProxies } from "./client_address.ts";
import { operationsOf } from "./contract_document.ts";
import { type AnyHandler, createEndpoint, type Endpoint, toReply } from "./endpoint.ts";
import { announceEnd } from "./lifecycle.ts";
import { FAULTS_ONLY, type Observability, type Recorder } from "./observability.ts";
import type { OperationalRoute } from "./operational_route.ts";
import { operationalRoutes } from "./operational_routes.ts";
import { Problem } from "./problem.ts";
import { createRateLimits, type RateLimitOptions } from "./rate_limit.ts";
import type { OutgoingReply } from "./reply_check.ts";
import { createSender, preflightHeaders, type ReplySender } from "./reply_sender.ts";
import { IncomingContext } from "./request_context.ts";
import type { Params } from "./request_reader.ts";
import { runIn } from "./trace.ts";
import { LoggedSpan } from "./tracing.ts";

/** What a service needs besides its handlers. */
export interface ServiceOptions {
  /** Tells who sent a token. */
  authenticate: Authenticate;
  /** Tells whether a session is over, for operations with `x-sensitive`. @default what is revoked ends with its access token */
  isOver?: IsOver;
  /** The public origins of all services, as a browser sees them: for CORS, the docs page and the `servers` of the document. */
  origins: Readonly<Record<ServiceName, string>>;
  /** Whose pages may call from a browser, besides those of the services. @default nobody's */
  allowedOrigins?: readonly string[];
  /** Checks every reply against the contract and answers 500 instead of a wrong one. @default false */
  checkResponses?: boolean;
  /** Rejects while something the service needs is away; asked by `/readyz`. @default always ready */
  readiness?: () => Promise<void>;
  /** @default nothing is measured, and only internal errors are told, on stderr */
  observability?: Observability;
  /** Whose `X-Forwarded-For` is believed. @default nobody's */
  trustedProxies?: TrustedProxies;
  /** Requests that each caller has. @default as many as they like */
  rateLimits?: RateLimitOptions;
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

/**
 * Makes a service of one handler for each of its operations in the contract. For each request: authenticate, validate path, query,
 * headers and body, call the handler, check and send its reply. Every error is answered as the contract has it.
 */
export function createService<S extends ServiceName>(name: S, handlers: Handlers<S>, options: ServiceOptions): Service {
  const { authenticate, checkResponses = false, readiness = () => Promise.resolve() } = options;
  const { origins, observability, isOver } = options;
  const specs = operationsOf(name);
  let draining = false;
  const operational = operationalRoutes(name, { origins, observability, readiness, isDraining: () => draining });
  const endpoints = [
    ...specs.map((spec) => {
      // Handlers<S> proved that there is one for each operation of the service, with the input and the reply of its contract.
      const handler = handlers[spec.id as keyof Handlers<S>] as AnyHandler;
      return announceEnd(createEndpoint(spec, handler, { authenticate, isOver, checkResponses }), spec.detail);
    }),
    ...operational.map(toEndpoint),
  ];
  const app = createApp(endpoints, options, () => draining);

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
      const { server } = app;
      if (server === null) return;
      const timer = Number.isFinite(deadlineMs) ? setTimeout(() => server.stop(true), deadlineMs) : undefined;
      await app.stop();
      clearTimeout(timer);
    },
    routes: specs.map(({ method, path }) => ({ method, path })),
  };
}

function toEndpoint({ path, unlimited = false, answer }: OperationalRoute): Endpoint {
  return {
    ...{ id: "none", method: "GET", path, ...HIDDEN, recover: toReply },
    answer(_request, params, context) {
      if (!unlimited) context.count();
      return answer(params);
    },
  };
}

/** An endpoint that answers nothing but a problem. */
function refusal(problem: () => Problem): Endpoint {
  const answer: Endpoint["answer"] = (_request, _params, context) => {
    context.count();
    throw problem();
  };
  return { id: "none", method: "ALL", path: "/*", ...HIDDEN, answer, recover: toReply };
}

const HIDDEN = { detail: { hide: true } };
const NOWHERE = refusal(() => new Problem("not-found", "There is nothing at this path"));

function createApp(endpoints: readonly Endpoint[], options: ServiceOptions, isDraining: () => boolean): Elysia {
  const { origins, allowedOrigins = [], observability, trustedProxies, rateLimits, plugins = [] } = options;
  const app = new Elysia({
    // One router for sockets and tests alike; Bun's would call the handlers of `all` without a context.
    systemRouter: false,
    strictPath: true,
    // Elysia would look for the path from character 11 on, which `http://a/` is shorter than.
    handler: { standardHostname: false },
  });
  const findAddress = (request: Request): string => {
    const peer = app.server?.requestIP(request)?.address ?? "";
    return trustedProxies ? clientAddress(peer, request.headers.get("x-forwarded-for"), trustedProxies) : peer;
  };
  const limits = rateLimits && createRateLimits(rateLimits);
  const createContext = (request: Request) => new IncomingContext(request, findAddress, limits);
  const serve = createServe(
    createSender([...Object.values(origins), ...allowedOrigins]),
    observability ?? FAULTS_ONLY,
    { createContext, isDraining },
  );

  // Elysia's hooks cover only the routes that come after them.
  app.onError(({ request, error }) =>
    serve(
      refusal(() => rethrow(error)),
      request,
      {},
    ),
  );
  for (const plugin of plugins) app.use(plugin);
  for (const [path, group] of Map.groupBy(endpoints, (endpoint) => endpoint.path))
    mountPath(app, path, { group, serve });
  app.all("/*", ({ request }) => serve(NOWHERE, request, {}), HIDDEN);
  return app;
}

interface PathGroup {
  /** The endpoints of one path. */
  group: readonly Endpoint[];
  serve: Serve;
}

/** Mounts the methods of a path, what OPTIONS answers there, and 405 for all others. */
function mountPath(app: Elysia, path: string, { group, serve }: PathGroup): void {
  // Elysia answers HEAD by what GET answers, without its body.
  const methods = group.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  const allow = [...methods, "OPTIONS"].join(", ");
  const refuse = refusal(() => {
    return new Problem("method-not-allowed", `This path has the methods ${allow}`, { headers: { allow } });
  });
  const preflight = { ...refuse, method: "OPTIONS", answer: preflighted(preflightHeaders(allow)) };
  const route = path.replace(/\{(\w+)\}/g, ":$1");
  for (const endpoint of [...group, preflight, refuse]) {
    const { method, detail } = endpoint;
    // Elysia gives no params to a path without any.
    app.route(method, route, ({ request, params = {} }) => serve(endpoint, request, params), { detail });
  }
}

function preflighted(headers: Readonly<Record<string, string>>): Endpoint["answer"] {
  return (_request, _params, context) => {
    context.count();
    return { status: 204, headers };
  };
}

/** Answers a request by an endpoint. */
type Serve = (endpoint: Endpoint, request: Request, params: Params) => Promise<Response>;

/** What answering a request depends on, beside the request. */
interface Surroundings {
  createContext(request: Request): IncomingContext;
  /** The process is about to stop. */
  isDraining(): boolean;
}

function createServe(sender: ReplySender, recorder: Recorder, { createContext, isDraining }: Surroundings): Serve {
  return async (endpoint, request, params) => {
    const startedMs = performance.now();
    const context = createContext(request);
    const span = recorder.enterRequest(endpoint, endpoint.id, context.traceparent);
    const inside = span instanceof LoggedSpan ? undefined : span;
    let reply: OutgoingReply;
    let error: unknown;
    try {
      const { answer } = isForNobody(request) ? NOWHERE : endpoint;
      const answering = runIn(inside, () => answer(request, params, context));
      reply = answering instanceof Promise ? await answering : answering;
    } catch (thrown) {
      error = thrown;
      try {
        reply = request.signal.aborted ? CALLER_LEFT : endpoint.recover(thrown, request);
      } catch (breach) {
        error = breach;
        reply = toReply(breach, request);
      }
    }
    const { requestId, quota } = context;
    const response = sender.send({ request, requestId, quota }, reply);
    // A request on a connection that is kept open could meet the end of the process: this one is the connection's last.
    if (isDraining()) response.headers.set("connection", "close");
    recorder.recordRequest({
      operationId: endpoint.id,
      method: request.method,
      route: endpoint,
      status: reply.status,
      durationMs: performance.now() - startedMs,
      requestId,
      span,
      error,
    });
    return response;
  };
}

/**
 * Without a host Bun gives a bare path, and Elysia has looked for the path in the wrong place. Two hosts arrive as one: a proxy that takes the
 * other one would mean another service (RFC 9112, 3.2).
 */
function isForNobody({ url, headers }: Request): boolean {
  return url.startsWith("/") || headers.get("host")?.includes(",") === true;
}

/** For the record alone, as nobody reads it: the caller closed the connection, which fails what is still being read. */
const CALLER_LEFT: OutgoingReply = { status: 499 };

function rethrow(error: unknown): never {
  throw error;
}
