/** A TCP proxy that can be told to treat what goes through it badly. */
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Random } from "../history/random.ts";

/** What is done to an exchange: what a client sends, and the first answer to it. */
export type Mischief =
  | { readonly kind: "none" }
  /** Everything takes longer, in both directions. */
  | { readonly kind: "delay"; readonly delayMs: number }
  /** What was sent arrives, and both sides lose the connection at once: it may be carried out or not. */
  | { readonly kind: "cut after request"; readonly share: number }
  /** It was carried out and answered, and the answer does not come through. */
  | { readonly kind: "cut before reply"; readonly share: number }
  /** It does not arrive. */
  | { readonly kind: "cut before request"; readonly share: number };

/** A proxy that listens on the loopback. */
export interface TcpProxy {
  readonly port: number;
  /** What it does from now on, to connections that are open too. */
  mischief: Mischief;
  /** How often it has cut a connection. */
  readonly cuts: number;
  stop(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";

/** Starts a proxy in front of a port of this machine; which exchanges are cut is the seed's choice. */
export async function startProxy(targetPort: number, random: Random): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const state = { mischief: { kind: "none" } as Mischief, cuts: 0 };
  const server = createServer((client) => {
    const target = connect({ port: targetPort, host: LOOPBACK, noDelay: true });
    client.setNoDelay(true);
    const pair = [client, target] as const;
    const end = (): void => {
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) {
      sockets.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        sockets.delete(socket);
        end();
      });
    }
    const cut = (): void => {
      state.cuts++;
      for (const socket of pair) socket.resetAndDestroy();
    };
    relay(pair, { state, random, cut });
  });
  await listen(server);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has an address and a port");
  return {
    port: address.port,
    get mischief() {
      return state.mischief;
    },
    set mischief(mischief) {
      state.mischief = mischief;
    },
    get cuts() {
      return state.cuts;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((settle) => server.close(settle));
    },
  };
}

interface Relay {
  readonly state: { readonly mischief: Mischief };
  readonly random: Random;
  cut(): void;
}

/** Passes on what comes, in both directions, each in its order. */
function relay([client, target]: readonly [Socket, Socket], { state, random, cut }: Relay): void {
  const [toTarget, toClient] = [startPipe(client, target), startPipe(target, client)];
  /** The answer to what was sent last is not to come through. */
  let isDoomed = false;
  client.on("data", (chunk) => {
    const { mischief } = state;
    const isHit = "share" in mischief && random.chance(mischief.share);
    if (isHit && mischief.kind === "cut before request") return cut();
    isDoomed ||= isHit && mischief.kind === "cut before reply";
    const sent = toTarget(chunk, delayOf(mischief));
    if (isHit && mischief.kind === "cut after request") void sent.then(cut);
  });
  target.on("data", (chunk) => {
    if (isDoomed) return cut();
    void toClient(chunk, delayOf(state.mischief));
  });
}

function delayOf(mischief: Mischief): number {
  return mischief.kind === "delay" ? mischief.delayMs : 0;
}

/** Passes on chunks, none before the one that came earlier. */
function startPipe(from: Socket, to: Socket): (chunk: string | Buffer, delayMs: number) => Promise<void> {
  let last = Promise.resolve();
  const pass = async (chunk: string | Buffer, dueMs: number): Promise<void> => {
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await Bun.sleep(waitMs);
    if (to.destroyed) return;
    await new Promise<void>((settle) => {
      if (to.write(chunk, () => settle())) return;
      from.pause();
      to.once("drain", () => from.resume());
    });
  };
  return (chunk, delayMs) => {
    const dueMs = performance.now() + delayMs;
    last = last.then(() => pass(chunk, dueMs));
    return last;
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((settle, fail) => {
    server.once("error", fail);
    server.listen({ port: 0, host: LOOPBACK }, settle);
  });
}
