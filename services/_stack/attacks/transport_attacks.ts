import { connect } from "node:net";
import { type Attack, type AttackGroup, attack, distinct } from "./attack.ts";
import { exchange, outcomeOf, send, statusesIn } from "./http.ts";
import type { World } from "./world.ts";

const MIB = 1_048_576;
const PATIENCE_MS = 2_000;

function create({ products, mallory: { token } }: World, attempt: object): Promise<string> {
  return outcomeOf(`${products}/products`, { method: "POST", token, ...attempt });
}

/** An outcome, and whether it came at once: a busy machine has seconds, an expensive request would need many. */
async function soon(work: () => Promise<string>): Promise<string> {
  const startedMs = performance.now();
  const seen = await work();
  const tookMs = performance.now() - startedMs;
  return tookMs < PATIENCE_MS ? `${seen}, soon` : `${seen}, after ${tookMs.toFixed(0)} ms`;
}

function costly(name: string, expected: string | RegExp, run: (world: World) => Promise<string>): Attack {
  return attack(name, expected, (world) => soon(() => run(world)));
}

/** A body that comes in pieces, without a length. */
function stream(bytes: number): ReadableStream {
  const piece = new Uint8Array(65_536).fill(32);
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      left -= piece.length;
      controller.enqueue(piece);
      if (left <= 0) controller.close();
    },
  });
}

function getWith(header: string): string {
  return `GET /livez HTTP/1.1\r\nHost: localhost\r\n${header}Connection: close\r\n\r\n`;
}

/** Connections that begin a request and go on with it byte by byte; how many are still open at the end. */
async function trickle(url: string, lines: readonly string[], forMs: number): Promise<string> {
  const { hostname, port } = new URL(url);
  const sockets = lines.map((line) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(line));
    socket.on("error", () => {}); // closed by the other side: what is hoped for
    return socket;
  });
  const timer = setInterval(() => {
    for (const socket of sockets) if (!socket.destroyed) socket.write("x");
  }, 500);
  await Bun.sleep(forMs);
  const seen = await soon(() => outcomeOf(`${url}/livez`));
  clearInterval(timer);
  for (const socket of sockets) socket.destroy();
  return seen;
}

/** Whether a connection that goes on byte by byte is ended by the other side. */
async function closed(url: string, start: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(start));
  const drip = setInterval(() => socket.write("x"), 500);
  const end = setTimeout(() => resolve("still open"), 25_000);
  socket.on("error", () => {}); // a write after the end
  socket.on("close", () => resolve("closed within 25 s"));
  const seen = await promise;
  clearInterval(drip);
  clearTimeout(end);
  socket.destroy();
  return seen;
}

/** Requests that cost more to refuse than to send (OWASP API4:2023). */
export const EXHAUSTION_ATTACKS: AttackGroup = {
  group: "exhaustion",
  isOfConnections: true,
  attacks: [
    costly("a body of 2 MiB", "413 content-too-large, soon", (world) => create(world, { body: " ".repeat(2 * MIB) })),
    costly("a body of 2 MiB in pieces", "413 content-too-large, soon", (world) =>
      create(world, { body: stream(2 * MIB) }),
    ),
    costly("a length of petabytes", "413, soon", async ({ products, mallory: { token } }) => {
      const head = `POST /products HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n`;
      return statusesIn(
        await exchange(products, `${head}Content-Type: application/json\r\nContent-Length: 999999999999999\r\n\r\n`),
      );
    }),
    costly("lists 500,000 deep", "400 invalid-request, soon", (world) =>
      create(world, { body: "[".repeat(MIB / 2 - 1) + "]".repeat(MIB / 2 - 1) }),
    ),
    costly("objects 100,000 deep", "400 invalid-request, soon", (world) =>
      create(world, { body: `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}` }),
    ),
    costly("a list in a field, 100,000 deep", "400 invalid-request, soon", (world) =>
      create(world, { body: `{"sku":"M-1","name":"L","price":${"[".repeat(100_000)}${"]".repeat(100_000)}}` }),
    ),
    costly(
      "70,000 fields that nobody knows",
      "400 invalid-request, under 64 kB, soon",
      async ({ products, mallory: { token } }) => {
        const body = `{${Array.from({ length: 70_000 }, (_, at) => `"k${at}":1`).join(",")}}`;
        const { status, body: problem, text } = await send(`${products}/products`, { method: "POST", token, body });
        return `${status} ${problem.code}, ${text.length < 65_536 ? "under 64 kB" : `${text.length} bytes`}`;
      },
    ),
    costly("100,000 tags", "400 invalid-request, soon", (world) => {
      const tags = Array.from({ length: 100_000 }, () => "tag");
      return create(world, { json: { sku: "M-1", name: "L", price: { amount: 1, currency: "USD" }, tags } });
    }),
    costly("a password of 1 MB", "400 invalid-request, soon", ({ users }) =>
      outcomeOf(`${users}/login`, { method: "POST", json: { email: "a@b", password: "x".repeat(1_000_000) } }),
    ),
    costly("an email for a slow pattern", "400 invalid-request, soon", ({ users }) => {
      const email = `${"a.".repeat(120)}@${"-".repeat(12)}`;
      const json = { email, password: "a passphrase nobody has", displayName: "M" };
      return outcomeOf(`${users}/register`, { method: "POST", json });
    }),
    costly("a search for a slow pattern", "200, soon", ({ products }) =>
      outcomeOf(`${products}/products?q=${"a".repeat(180)}!`),
    ),
    costly("an ETag list for a slow pattern", /^(200|304|400 invalid-request), soon$/, ({ products, lamp }) =>
      outcomeOf(`${products}/products/${lamp.id}`, { headers: { "if-none-match": `${'"a", '.repeat(200)}x` } }),
    ),
    costly("5,000 names in a query", /^(400 invalid-request|414|431), soon$/, ({ products }) =>
      outcomeOf(`${products}/products?${"a=1&".repeat(3_000)}`),
    ),
    costly("a URL of 100 kB", /^(400|414|431|closed).*, soon$/, async ({ products }) =>
      statusesIn(
        await exchange(products, `GET /products?q=${"a".repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`),
      ),
    ),
    costly("a header of 100 kB", /^(400|431|closed), soon$/, async ({ products }) =>
      statusesIn(await exchange(products, getWith(`X-Large: ${"a".repeat(100_000)}\r\n`))),
    ),
    costly("10,000 headers", /^(400|431|closed), soon$/, async ({ products }) =>
      statusesIn(await exchange(products, getWith("X-Many: a\r\n".repeat(10_000)))),
    ),
    costly("a body that unpacks to more", "415 unsupported-media-type, soon", (world) =>
      create(world, {
        body: new Response(Bun.gzipSync(" ".repeat(8 * MIB))).body,
        headers: { "content-encoding": "gzip" },
      }),
    ),
    costly("a batch of 1,001 commands", "400 invalid-request, soon", async ({ products, serviceToken }) => {
      const command = { command: "purge", orderId: Bun.randomUUIDv7(), revision: 1, productId: Bun.randomUUIDv7() };
      const full = { ...command, quantity: 1, notAfter: "2099-01-01T00:00:00.000Z" };
      const json = { commands: Array.from({ length: 1_001 }, () => full) };
      return outcomeOf(`${products}/internal/stock-commands`, { method: "POST", token: await serviceToken(), json });
    }),
    attack("200 connections that never end their headers", "200, soon", ({ products }) => {
      const line = "GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
      return trickle(
        products,
        Array.from({ length: 200 }, () => line),
        2_000,
      );
    }),
    attack("200 connections that never end their bodies", "200, soon", ({ products, mallory: { token } }) => {
      const head = `POST /products HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n`;
      const line = `${head}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{`;
      return trickle(
        products,
        Array.from({ length: 200 }, () => line),
        2_000,
      );
    }),
    attack("a connection that never ends its headers is closed", "closed within 25 s", ({ products }) =>
      closed(products, "GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: "),
    ),
    attack(
      "90 registrations at once: refused past the queue, the rest goes on",
      /^201(, 503 service-unavailable)?; profile soon$/,
      async (world) => {
        const registrations = Array.from({ length: 90 }, (_, at) =>
          outcomeOf(`${world.users}/register`, {
            method: "POST",
            json: {
              email: `crowd-${at}-${crypto.randomUUID()}@example.com`,
              password: "a passphrase nobody has",
              displayName: "M",
            },
          }),
        );
        await Bun.sleep(100);
        const profile = await soon(() => outcomeOf(`${world.users}/profile`, { token: world.mallory.token }));
        return `${distinct(await Promise.all(registrations))}; profile ${profile.replace("200, ", "")}`;
      },
    ),
  ],
};

const INNER = "GET /problems/smuggled HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: smuggled\r\n\r\n";

/** Two readers of one connection disagree about where a request ends (RFC 9112, 11.2): the inner one must not be answered. */
function smuggle(name: string, bytes: string): Attack {
  return attack(name, "not answered", async ({ products }) => {
    const received = await exchange(products, bytes);
    return received.includes("smuggled") ? `answered: ${statusesIn(received)}` : "not answered";
  });
}

function post(headers: string, body: string): string {
  return `POST /products HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;
}

const CHUNKS = `0\r\n\r\n${INNER}`;

/** Bytes that are no request of HTTP. */
function malformed(name: string, bytes: string, expected: RegExp = /^(4\d\d|501|505|closed)$/): Attack {
  return attack(name, expected, async ({ products }) => statusesIn(await exchange(products, bytes)));
}

/** Request smuggling and its shapes. */
export const SMUGGLING_ATTACKS: AttackGroup = {
  group: "smuggling",
  isOfConnections: true,
  attacks: [
    attack("(control) a second request is answered", "200 200", async ({ products }) => {
      const request = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
      return statusesIn(await exchange(products, request + request));
    }),
    smuggle("length and chunks", post(`Content-Length: ${CHUNKS.length}\r\nTransfer-Encoding: chunked\r\n`, CHUNKS)),
    smuggle("chunks and length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", CHUNKS)),
    smuggle("two lengths", post(`Content-Length: 0\r\nContent-Length: ${INNER.length}\r\n`, INNER)),
    smuggle("a list of lengths", post(`Content-Length: 0, ${INNER.length}\r\n`, INNER)),
    smuggle("a length with a sign", post("Content-Length: +0\r\n", INNER)),
    smuggle("a negative length", post("Content-Length: -1\r\n", INNER)),
    smuggle("a length in hexadecimal", post("Content-Length: 0x0\r\n", INNER)),
    smuggle("a length with a space in front of its colon", post(`Content-Length : ${INNER.length}\r\n`, INNER)),
    smuggle("chunked with a space in front of its colon", post("Transfer-Encoding : chunked\r\n", CHUNKS)),
    smuggle("xchunked", post("Transfer-Encoding: xchunked\r\n", CHUNKS)),
    smuggle("chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", CHUNKS)),
    smuggle("two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", CHUNKS)),
    smuggle("a chunk size that overflows", post("Transfer-Encoding: chunked\r\n", `10000000000000000\r\n${INNER}`)),
    smuggle("a chunk size with a sign", post("Transfer-Encoding: chunked\r\n", `-1\r\n\r\n${INNER}`)),
    smuggle("a folded header", post("X-A: b\r\n Content-Length: 0\r\nTransfer-Encoding:\r\n chunked\r\n", CHUNKS)),
    smuggle("NUL in a header's name", post("Content-Length\u0000: 0\r\n", INNER)),
    malformed("no Host", "GET /livez HTTP/1.1\r\n\r\n"),
    malformed("two Hosts", "GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"),
    malformed("a version that there is not", "GET /livez HTTP/9.9\r\nHost: localhost\r\n\r\n"),
    malformed("no version", "GET /livez\r\n\r\n"),
    malformed("the beginning of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    malformed("bytes of TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"),
    malformed("NUL in the path", "GET /live\u0000z HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    malformed("NUL in a header", "GET /livez HTTP/1.1\r\nHost: localhost\r\nX-A: a\u0000b\r\n\r\n"),
    malformed("TRACE", "TRACE /livez HTTP/1.1\r\nHost: localhost\r\nX-Secret: 1\r\n\r\n"),
    malformed("CONNECT", "CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
    malformed("a short host that shifts the path", "GET /zzz/livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
    malformed(
      "another host's URL as target",
      "GET http://evil.example/users HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    ),
    malformed("a path without its slash", "GET livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
    attack("the Host is not believed", "no evil.example", async ({ users, products, orders }) => {
      const paths = [
        `${users}/.well-known/oauth-authorization-server`,
        `${products}/products?limit=1`,
        `${orders}/openapi.json`,
      ];
      const texts = await Promise.all(
        [...paths, `${products}/`].map((url) => {
          const { pathname, search } = new URL(url);
          const lines = ["Host: evil.example", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: evil"];
          return exchange(
            url,
            `GET ${pathname}${search} HTTP/1.1\r\n${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`,
          );
        }),
      );
      const fault = texts.find((text) => !text.includes(" 200 ") || text.includes("evil"));
      return fault === undefined ? "no evil.example" : fault.slice(0, 300);
    }),
    attack("methods that nobody has", "405 method-not-allowed", async ({ products }) =>
      distinct(
        await Promise.all(["PUT", "DELETE", "PATCH"].map((method) => outcomeOf(`${products}/products`, { method }))),
      ),
    ),
  ],
};
