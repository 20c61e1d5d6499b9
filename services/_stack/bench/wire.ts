/** Proxies that count what goes over them: each round trip, what was asked, and how long it took. */
import { connect, createServer, type Socket } from "node:net";

/** What is spoken on a connection. */
export type Protocol = "postgres" | "mongodb" | "http";

/** From the first byte that was sent to the last one that came back. */
export interface RoundTrip {
  /** What was asked, in its own words: statements, commands, or a request with its body. */
  readonly asked: readonly string[];
  readonly ms: number;
}

/** A link that is listened to. */
export interface Wire {
  readonly port: number;
  /** All so far, in the order in which they ended. */
  readonly trips: readonly RoundTrip[];
  stop(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";

/** Listens in on a port of this machine. */
export async function startWire(targetPort: number, protocol: Protocol): Promise<Wire> {
  const trips: RoundTrip[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect({ port: targetPort, host: LOOPBACK, noDelay: true });
    client.setNoDelay(true);
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        target.destroy();
      });
    }
    listenIn({ client, target }, { read: READERS[protocol](), onTrip: (trip) => trips.push(trip) });
  });
  await new Promise<void>((settle) => {
    server.listen({ port: 0, host: LOOPBACK }, settle);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has an address and a port");
  return {
    port: address.port,
    trips,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((settle) => server.close(settle));
    },
  };
}

interface Listener {
  /** What a piece of what is sent asks for. */
  readonly read: (chunk: Buffer) => readonly string[];
  readonly onTrip: (trip: RoundTrip) => void;
}

/** A round trip ends when something new is sent after an answer, or the connection is. */
function listenIn({ client, target }: { client: Socket; target: Socket }, { read, onTrip }: Listener): void {
  let asked: string[] = [];
  let sentMs = 0;
  let answeredMs: number | undefined;
  const end = (): void => {
    if (answeredMs !== undefined && asked.length > 0) onTrip({ asked, ms: answeredMs - sentMs });
    [asked, answeredMs] = [[], undefined];
  };
  client.on("data", (chunk: Buffer) => {
    if (answeredMs !== undefined) end();
    if (asked.length === 0) sentMs = performance.now();
    asked.push(...read(chunk));
    target.write(chunk);
  });
  target.on("data", (chunk: Buffer) => {
    answeredMs = performance.now();
    client.write(chunk);
  });
  client.on("close", end);
}

const READERS: Readonly<Record<Protocol, () => Listener["read"]>> = {
  postgres: readStatements,
  mongodb: () => readCommands,
  http: () => (chunk) => [chunk.toString()],
};

/**
 * The statements that are carried out, told by their names once they are known.
 *
 * @see {@link https://www.postgresql.org/docs/18/protocol-message-formats.html | Message formats}
 */
function readStatements(): Listener["read"] {
  const known = new Map<string, string>();
  let rest = Buffer.alloc(0);
  let hasStarted = false;
  let bound = "";
  return (chunk) => {
    const asked: string[] = [];
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const typeBytes = hasStarted ? 1 : 0; // the first message has no type
      if (rest.length < typeBytes + 4) return asked;
      const length = typeBytes + rest.readInt32BE(typeBytes);
      if (rest.length < length) return asked;
      const [type, [first = "", second = ""]] = [
        hasStarted ? String.fromCharCode(rest[0] ?? 0) : "",
        rest
          .subarray(typeBytes + 4, length)
          .toString("latin1")
          .split("\0", 2),
      ];
      if (type === "P") known.set(first, second);
      if (type === "B") bound = known.get(second) ?? "";
      if (type === "E") asked.push(bound);
      if (type === "Q") asked.push(first);
      rest = rest.subarray(length);
      hasStarted = true;
    }
  };
}

/** Where the name of the command is in an `OP_MSG`: after header, flags, kind of section, length and type of the first element. */
const COMMAND_AT = 26;
const OP_MSG = 2013;

/** @see {@link https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ | MongoDB's wire protocol} */
function readCommands(chunk: Buffer): readonly string[] {
  if (chunk.length <= COMMAND_AT || chunk.readInt32LE(12) !== OP_MSG) return [];
  return [chunk.subarray(COMMAND_AT, chunk.indexOf(0, COMMAND_AT)).toString()];
}
