import { withDeadline } from "./deadline.ts";
import { StartFault } from "./start_fault.ts";

/** What answers requests; `createService` makes one. */
export interface Server {
  /** Takes connections from then on. */
  listen(options: { host: string; port: number }): Promise<unknown>;
  /** Says from now on that it is not ready, and goes on serving. */
  drain(): void;
  /** Takes no more connections, and settles when the requests in flight are answered or cut at the deadline. */
  stop(options: { deadlineMs: number }): Promise<void>;
}

/** A service that is about to listen. */
export interface Started {
  server: Server;
  host: string;
  port: number;
  /** How long to go on serving after a stop signal. */
  drainDelayMs: number;
  /** How long requests in flight may take to end after that. */
  drainDeadlineMs: number;
  /** Told once the service listens. */
  onListening?: () => void;
}

/** Registers what is to be closed at the end, or when the start fails: the last one registered is closed first. */
export type Closing = (close: () => Promise<void>) => void;

/** How long stores and workers may take to close, together. */
const CLOSE_WITHIN_MS = 5000;
/** How long a server may be late with its own deadline. */
const STOP_GRACE_MS = 500;

/**
 * The life of a process: start, listen, and at SIGTERM or SIGINT say "not ready", serve on for the drain delay, stop, close, exit 0. Further
 * signals change nothing. A start that fails is one line on stderr and exit 1.
 *
 * @param start Reads the configuration, connects the stores, migrates and makes the server.
 */
export async function runService(start: (closing: Closing) => Promise<Started>): Promise<void> {
  const closers: (() => Promise<void>)[] = [];
  let started: Started | undefined;
  let isStopping = false;

  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    process.exit(await end(started, closers));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);

  try {
    const ready = await start((close) => closers.unshift(close));
    if (isStopping) return;
    await ready.server.listen(ready).catch((error) => Promise.reject(explainListen(error, ready)));
    started = ready;
    ready.onListening?.();
  } catch (error) {
    if (isStopping) return;
    isStopping = true;
    process.stderr.write(`${explain(error)}\n`);
    await closeAll(closers);
    process.exit(1);
  }
}

/** Answers the exit code. */
async function end(started: Started | undefined, closers: readonly (() => Promise<void>)[]): Promise<number> {
  const isStopped = started === undefined || (await stopServer(started));
  const isClosed = await closeAll(closers);
  return isStopped && isClosed ? 0 : 1;
}

async function stopServer({ server, drainDelayMs, drainDeadlineMs: deadlineMs }: Started): Promise<boolean> {
  server.drain();
  await Bun.sleep(drainDelayMs);
  return succeeds(withDeadline(server.stop({ deadlineMs }), deadlineMs + STOP_GRACE_MS));
}

/** One after the other, because the later ones use the earlier ones. */
async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<boolean> {
  const closing = async (): Promise<boolean> => {
    let isClosed = true;
    for (const close of closers) isClosed = (await succeeds(close())) && isClosed;
    return isClosed;
  };
  return withDeadline(closing(), CLOSE_WITHIN_MS).catch(() => false);
}

async function succeeds(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    process.stderr.write(`Cannot stop cleanly: ${error instanceof Error ? error.message : error}\n`);
    return false;
  }
}

function explainListen(error: unknown, { host, port }: Started): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") return new StartFault(`port ${port} of ${host} is taken`, { cause: error });
  if (code === "EACCES")
    return new StartFault(`port ${port} of ${host} may not be used by this user`, { cause: error });
  if (code === "EADDRNOTAVAIL") return new StartFault(`${host} is not an address of this machine`, { cause: error });
  return error;
}

/** One line for what the operator can mend; a fault of the program shows where it is. */
function explain(error: unknown): string {
  if (error instanceof StartFault) return error.message;
  return `Cannot start: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
}
