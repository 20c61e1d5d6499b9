/** A small proxy in front of the replicas of one service: for one machine, where nothing else spreads requests. */
import { type FindOptions, type Replica, Replicas } from "./replicas.ts";

/** What stands behind it, and how patient it is. */
export interface BalancerOptions extends FindOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Base URLs such as `http://127.0.0.1:3000`; a name may have the addresses of several replicas. */
  readonly replicas: readonly string[];
  /** Milliseconds that a replica may take to answer a request. @default 30000 */
  readonly answerWithinMs?: number;
  /** Requests under way at once; further ones are refused. @default 1024 */
  readonly requestsMax?: number;
  /** Bytes of bodies held at once, each until its request is answered; what would be more is refused. @default 16777216 */
  readonly heldMaxBytes?: number;
  /** Told of each request that a replica did not answer. */
  readonly onLost?: (lost: Lost) => void;
}

/** A request that a replica did not answer, and what became of it. */
export interface Lost {
  readonly replica: string;
  readonly method: string;
  readonly error: string;
  /** Whether another replica was asked. */
  readonly isSentAgain: boolean;
}

/** A proxy that listens. */
export interface Balancer {
  readonly port: number;
  /** Base URLs of the replicas that get requests now. */
  readonly ready: readonly string[];
  /** Takes no more connections, and settles once the requests under way are answered. */
  stop(): Promise<void>;
}

/** A request that can be sent more than once. */
interface Sendable {
  readonly path: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

const ANSWER_WITHIN_MS = 30_000;
const REQUESTS_MAX = 1_024;
/** More than a service takes, so that the refusal is the service's own. */
const BODY_MAX_BYTES = 4 * 1024 * 1024;
/** Each byte is there up to three times; with three proxies that fits into the 256 MB of a container. */
const HELD_MAX_BYTES = 16 * 1024 * 1024;
const IDLE_SECONDS = 60;
/** Of one connection only: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];
/** No connection came about. */
const UNSENT = ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN", "FailedToOpenSocket"];
/** Asking once more changes nothing: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 */
const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

/** Starts a proxy; it settles once it has looked at every replica for the first time. */
export async function startBalancer(options: BalancerOptions): Promise<Balancer> {
  const { host, port, answerWithinMs = ANSWER_WITHIN_MS } = options;
  const { requestsMax = REQUESTS_MAX, heldMaxBytes = HELD_MAX_BYTES, onLost = () => {} } = options;
  const replicas = await Replicas.find(options.replicas, options);
  let requests = 0;
  let heldBytes = 0;
  const server = Bun.serve({
    ...{ hostname: host, port, reusePort: false },
    ...{ idleTimeout: IDLE_SECONDS, maxRequestBodySize: BODY_MAX_BYTES },
    async fetch(request, { requestIP }): Promise<Response> {
      if (requests >= requestsMax) return refusal(503, "Too many requests are under way");
      requests++;
      let ownBytes = 0;
      const hold = (bytes: number): boolean => {
        ownBytes += bytes;
        heldBytes += bytes;
        return heldBytes <= heldMaxBytes;
      };
      try {
        const body = await readBody(request, hold);
        if (body === "too-much") return refusal(503, "Too much is under way");
        const sendable = toSendable(request, { body, peer: requestIP.call(server, request)?.address });
        return await pass(sendable, { replicas, answerWithinMs, onLost });
      } finally {
        requests--;
        heldBytes -= ownBytes;
      }
    },
  });
  return {
    port: server.port ?? port,
    get ready() {
      return replicas.all.filter(({ state }) => state === "ready").map(({ url }) => url);
    },
    async stop() {
      replicas.stop();
      await server.stop();
    },
  };
}

/** All of it, so that it can be sent again. @param hold Says whether so many bytes more may be held. */
async function readBody(
  { body }: Request,
  hold: (bytes: number) => boolean,
): Promise<Uint8Array<ArrayBuffer> | null | "too-much"> {
  if (!body) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    if (!hold(chunk.length)) return "too-much";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Adds whom it speaks for to what earlier proxies have said; the rest goes on as it came. */
function toSendable(
  request: Request,
  { body, peer }: { readonly body: Sendable["body"]; readonly peer: string | undefined },
): Sendable {
  const { pathname, search } = new URL(request.url);
  const headers = withoutHops(request.headers);
  const before = headers.get("x-forwarded-for");
  if (peer) headers.set("x-forwarded-for", before ? `${before}, ${peer}` : peer);
  headers.set("connection", "close");
  return { path: `${pathname}${search}`, method: request.method, headers, body };
}

interface Passing {
  readonly replicas: Replicas;
  readonly answerWithinMs: number;
  readonly onLost: (lost: Lost) => void;
}

/**
 * Asks one replica after the other until one answers. Only what certainly had no effect is sent again: a refused connection, or a request
 * of a safe method.
 */
async function pass(request: Sendable, { replicas, answerWithinMs, onLost }: Passing): Promise<Response> {
  const tried = new Set<Replica>();
  for (;;) {
    const replica = choose(replicas.all, tried);
    if (!replica) return refusal(503, "No replica can serve");
    tried.add(replica);
    replica.requests++;
    try {
      return await send(request, replica, answerWithinMs);
    } catch (error) {
      const isTimeout = error instanceof Error && error.name === "TimeoutError";
      const isSentAgain = !isTimeout && (isUnsent(error) || SAFE_METHODS.includes(request.method));
      onLost({ replica: replica.url, method: request.method, error: reasonOf(error), isSentAgain });
      if (isTimeout) return refusal(504, "The replica did not answer");
      replica.state = "away"; // until it says otherwise
      if (!isSentAgain) return refusal(502, "The replica was lost");
    } finally {
      replica.requests--;
    }
  }
}

/** There was no connection, so nothing was sent. */
function isUnsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && UNSENT.includes(String(error.code));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error ? `${error.code}: ${error.message}` : error.message;
}

/** The one with the fewest requests, of those that are ready and were not tried; else of those that are silent. */
function choose(replicas: readonly Replica[], tried: ReadonlySet<Replica>): Replica | undefined {
  const untried = replicas.filter((replica) => !tried.has(replica));
  const ready = untried.filter(({ state }) => state === "ready");
  const fitting = ready.length > 0 ? ready : untried.filter(({ state }) => state === "silent");
  const least = Math.min(...fitting.map(({ requests }) => requests));
  const equals = fitting.filter(({ requests }) => requests === least);
  return equals[Math.floor(Math.random() * equals.length)];
}

/** Each request has a connection of its own: one that waits for the next may be closed just when that comes. */
async function send({ path, method, headers, body }: Sendable, { url }: Replica, withinMs: number): Promise<Response> {
  const reply = await fetch(`${url}${path}`, {
    ...{ method, headers, body, redirect: "manual", decompress: false, keepalive: false },
    signal: AbortSignal.timeout(withinMs),
  });
  return new Response(reply.body, { status: reply.status, headers: withoutHops(reply.headers) });
}

function withoutHops(headers: Headers): Headers {
  const rest = new Headers(headers);
  const named = headers.get("connection")?.split(",") ?? [];
  for (const name of [...HOP_BY_HOP, ...named.map((it) => it.trim()).filter(Boolean)]) rest.delete(name);
  return rest;
}

/** A problem of the proxy's own, in the form of the services'. */
function refusal(status: 502 | 503 | 504, detail: string): Response {
  const titles = { 502: "Bad gateway", 503: "Service unavailable", 504: "Gateway timeout" };
  return Response.json(
    { type: "about:blank", title: titles[status], status, detail },
    { status, headers: { "content-type": "application/problem+json", "retry-after": "1" } },
  );
}
