import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { commandLineOf } from "./processes.ts";

const LOOPBACK = "127.0.0.1";
const CONNECT_MS = 500;
/** Below those that systems give to outgoing connections (32768 on Linux), and below the node ports of clusters. */
const FIRST_PORT = 12_000;
const END_PORT = 30_000;
const TRIES_MAX = 100;

/** A TCP port of the loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port!; // freePorts gives as many as it is asked for
}

/** As many different free ports as asked for, which no outgoing connection is given before they are used. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = new Map<number, Server>();
  for (let tries = 0; servers.size < count; tries++) {
    if (tries === count + TRIES_MAX) throw new Error(`Cannot find a free port on ${LOOPBACK}`);
    const port = FIRST_PORT + Math.floor(Math.random() * (END_PORT - FIRST_PORT));
    // Held until all are found, so a port that was found before is taken.
    const server = await listen(port, LOOPBACK);
    if (server) servers.set(port, server);
  }
  await Promise.all([...servers.values()].map(close));
  return [...servers.keys()];
}

/** The port kept in a folder if nobody has taken it, so that URLs stay good; else a free one, kept from now on. */
export async function keptPort(folder: string): Promise<number> {
  const file = join(folder, "port");
  const kept = existsSync(file) ? Number.parseInt(readFileSync(file, "utf8"), 10) : Number.NaN;
  if (kept > 0 && kept < 65_536 && (await isPortFree(kept))) return kept;
  const port = await freePort();
  writeFileSync(file, `${port}\n`);
  return port;
}

/** Whether nobody listens on this port, on either loopback address (a browser may take `localhost` for `::1`). */
export async function isPortFree(port: number): Promise<boolean> {
  if ((await answers(port, LOOPBACK)) || (await answers(port, "::1"))) return false;
  const server = await listen(port, LOOPBACK);
  if (server === undefined) return false;
  await close(server);
  return true;
}

/** Whether something accepts a connection there. */
export function answers(port: number, host: string = LOOPBACK): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ port, host });
    const end = (answered: boolean): void => {
      socket.destroy();
      settle(answered);
    };
    socket.setTimeout(CONNECT_MS, () => end(false));
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}

/** Who listens on a port, such as `process 4711 (node server.js)`; undefined if it cannot be found out. */
export function portHolder(port: number): string | undefined {
  const pid = process.platform === "linux" ? holderByProc(port) : holderByLsof(port);
  return pid === undefined ? undefined : `process ${pid} (${commandLineOf(pid)?.slice(0, 80) ?? "unknown"})`;
}

type Server = ReturnType<typeof createServer>;

function listen(port: number, host: string): Promise<Server | undefined> {
  return new Promise((settle) => {
    const server = createServer();
    server.once("error", () => settle(undefined));
    server.listen({ port, host, exclusive: true }, () => settle(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((settle) => server.close(() => settle()));
}

function holderByProc(port: number): number | undefined {
  const inodes = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => listeningInodes(table, port)));
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (socketsOf(pid).some((inode) => inodes.has(inode))) return Number(pid);
  }
  return undefined;
}

/** The inodes of the sockets in state LISTEN (0A) on a port, from the kernel's table. */
function listeningInodes(table: string, port: number): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  try {
    const rows = readFileSync(table, "utf8").split("\n").slice(1);
    const columns = rows.map((row) => row.trim().split(/\s+/));
    return columns.filter((row) => row[1]?.endsWith(suffix) && row[3] === "0A").map((row) => row[9] ?? "");
  } catch {
    return []; // no IPv6, or a kernel that hides the table
  }
}

function socketsOf(pid: string): readonly string[] {
  try {
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
    return links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? "").filter((inode) => inode !== "");
  } catch {
    return []; // another account's process, or one that ended
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // closed in between
  }
}

function holderByLsof(port: number): number | undefined {
  const command = ["lsof", "-nP", "-t", `-iTCP:${port}`, "-sTCP:LISTEN"];
  try {
    const pid = Number.parseInt(Bun.spawnSync(command, { stderr: "ignore" }).stdout.toString(), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    return undefined; // no lsof
  }
}
