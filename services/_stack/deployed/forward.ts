import { connect, createServer, type Socket } from "node:net";
import { StackError } from "../stack_error.ts";

/** A port of this machine that leads elsewhere. */
export interface Forward {
  stop(): void;
}

/** Leads a port of the loopback to a host. @throws {StackError} if the port is taken. */
export async function forward(port: number, host: string): Promise<Forward> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const target = connect({ host, port });
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const) {
      keep(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
    }
  });
  await new Promise<void>((settle, fail) => {
    server.once("error", (error) => fail(new StackError(`port ${port} is taken: ${error.message}`)));
    server.listen(port, "127.0.0.1", settle);
  });
  return {
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
