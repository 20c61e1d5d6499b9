import { connect } from "node:net";

/** A request as an attacker writes it. */
export interface Attempt {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string | ReadableStream;
  readonly contentType?: string;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The members of a JSON object, as far as there is one. */
  readonly body: Readonly<Record<string, unknown>>;
}

const TIMEOUT_MS = 20_000;
const QUIET_MS = 400;

/** Sends one request, whatever becomes of it. */
export async function send(url: string, attempt: Attempt = {}): Promise<Answer> {
  const { method = "GET", token, headers = {}, json, contentType = "application/json" } = attempt;
  const body = json === undefined ? attempt.body : JSON.stringify(json);
  const response = await fetch(url, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": contentType }),
      ...headers,
    },
    ...(body !== undefined && { body }),
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

/** An answer in a few words: `404 not-found`. */
export function brief({ status, body }: Answer): string {
  const code = body.code ?? body.error;
  return typeof code === "string" ? `${status} ${code}` : String(status);
}

/** Sends one request and says in a few words what came back. */
export async function outcomeOf(url: string, attempt: Attempt = {}): Promise<string> {
  return brief(await send(url, attempt));
}

/** How bytes are sent. */
export interface ExchangeOptions {
  /** Of silence, after which nothing more is waited for. */
  readonly quietMs?: number;
  /** The address of the loopback to come from. */
  readonly from?: string | undefined;
}

/** Sends bytes over a connection of its own, and gives all that comes back until it is closed or quiet. */
export function exchange(
  url: string,
  bytes: string,
  { quietMs = QUIET_MS, from }: ExchangeOptions = {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<string>();
  let received = "";
  const where = { host: hostname, port: Number(port), ...(from !== undefined && { localAddress: from }) };
  const socket = connect(where, () => socket.write(Buffer.from(bytes, "latin1")));
  socket.setTimeout(quietMs, () => socket.destroy());
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
  });
  socket.on("error", () => {}); // a connection that is refused or reset answers nothing
  socket.on("close", () => resolve(received));
  return promise;
}

/** Posts JSON from another address of the loopback, which Linux has many of; elsewhere from the usual one. */
export async function postFrom(from: string, url: string, { json, headers = {} }: Attempt): Promise<Answer> {
  const body = JSON.stringify(json);
  const { host, pathname } = new URL(url);
  const given = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const fixed = [`Host: ${host}`, "Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`];
  const lines = [`POST ${pathname} HTTP/1.1`, ...fixed, ...given, "Connection: close", "", body];
  const options = { quietMs: TIMEOUT_MS, from: process.platform === "linux" ? from : undefined };
  const received = await exchange(url, lines.join("\r\n"), options);
  const [head = "", text = ""] = received.split("\r\n\r\n");
  const [status = "", ...fields] = head.split("\r\n");
  const pairs = fields.map((field) => [field.slice(0, field.indexOf(":")), field.slice(field.indexOf(":") + 1).trim()]);
  return {
    status: Number(status.split(" ")[1]),
    headers: new Headers(pairs as [string, string][]),
    text,
    body: parse(text),
  };
}

/** The statuses in what came over a connection, such as `400` or `200 200`; `closed` if there are none. */
export function statusesIn(received: string): string {
  const statuses = [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
  return statuses.length === 0 ? "closed" : statuses.join(" ");
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}; // an object of JSON
  } catch {
    return {};
  }
}
