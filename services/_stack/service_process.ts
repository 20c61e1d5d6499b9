import { existsSync, readFileSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ServiceName } from "#contract";
import type { ProcessJournal } from "./journal.ts";
import { type ManagedProcess, startManaged } from "./managed_process.ts";
import { ROOT } from "./paths.ts";
import { type Child, isRunning, type StopStep, spawnInSession } from "./processes.ts";
import { StackError } from "./stack_error.ts";

/** How one service is run. */
export interface ServiceOptions {
  readonly name: ServiceName;
  /** Tells replicas of one service apart; its name if not given. */
  readonly label?: string;
  readonly port: number;
  /** The whole environment of the process; asked for at each start. */
  readonly environment: () => Readonly<Record<string, string>>;
  /** Where its log lines go. */
  readonly logFile: string;
  readonly journal: ProcessJournal;
  /** The program; `services/<name>/main.ts` unless told. */
  readonly mainFile?: string;
}

/** A running service. */
export interface Service extends ManagedProcess {
  readonly logFile: string;
  /** The reason that its log gives for its end, of this launch only; undefined if it gives none. */
  lastFault(): string | undefined;
}

const POLL_MS = 10;
const PROBE_MS = 1_000;
/** A service gives up its database by itself long before; this is for one that hangs. */
const READY_MS = 30_000;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;
const LOG_TAIL_BYTES = 64 * 1024;

/** A service drains on SIGTERM, for at most its own 10 s. */
const STOP_STEPS: readonly [StopStep, ...StopStep[]] = [
  { signal: "SIGTERM", waitMs: 13_000 },
  { signal: "SIGKILL", waitMs: 2_000 },
];

/**
 * Starts a service as a process of its own that ends with this one, and waits until it says that it can serve.
 *
 * @throws {StackError} with the reason the service gave, if it ends before.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { label: name = options.name, port, environment, logFile, journal } = options;
  const mainFile = options.mainFile ?? join(ROOT, "services", options.name, "main.ts");
  let logStart = 0;
  const lastFault = (): string | undefined => findFault(logFile, logStart);
  const server = await startManaged({
    name,
    kind: "service",
    journal,
    stopSteps: STOP_STEPS,
    async launch(started): Promise<Child> {
      rotateLog(logFile);
      logStart = existsSync(logFile) ? statSync(logFile).size : 0;
      // A single-file executable is its own Bun, and runs where nothing is that it could need.
      const [command, cwd] = mainFile.endsWith(".ts")
        ? ([[process.execPath, "--no-orphans", mainFile], ROOT] as const)
        : ([[mainFile], dirname(mainFile)] as const);
      const child = await spawnInSession(command, { cwd, env: environment(), logFile });
      started(child);
      await waitUntilReady(child, { name, port, logFile, lastFault });
      return child;
    },
  });
  return Object.assign(server, { logFile, lastFault });
}

/** What is waited for, and where to look when it does not come. */
interface Expected {
  readonly name: string;
  readonly port: number;
  readonly logFile: string;
  readonly lastFault: () => string | undefined;
}

async function waitUntilReady(child: Child, { name, port, logFile, lastFault }: Expected): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (!(await isReady(port))) {
    if (!isRunning(child.record)) {
      throw new StackError(`${name} does not start: ${lastFault() ?? (await child.exited)}`);
    }
    if (performance.now() > deadline) {
      throw new StackError(`${name} is not ready within ${READY_MS / 1_000} s: see ${logFile}`);
    }
    await Bun.sleep(POLL_MS);
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(PROBE_MS) })).ok;
  } catch {
    return false;
  }
}

/** The reason in the last line of a log that gives one: a JSON line's `msg`, or an error's message. */
function findFault(logFile: string, start: number): string | undefined {
  const lines = readFileSync(logFile).subarray(start).subarray(-LOG_TAIL_BYTES).toString().split("\n");
  return lines.map(faultOf).findLast((fault) => fault !== undefined);
}

function faultOf(line: string): string | undefined {
  if (!line.startsWith("{")) return /^(?:\w*(?:error|fault): |Cannot start: )(.*)/i.exec(line)?.[1];
  try {
    const { level, msg } = JSON.parse(line) as { level?: unknown; msg?: unknown }; // only read, and only if it is text
    const isFault = level === "error" || level === "fatal" || (typeof level === "number" && level >= 50);
    return isFault && typeof msg === "string" ? msg.replace(/^Cannot start: /, "") : undefined;
  } catch {
    return undefined; // a line cut in two
  }
}

/** Keeps one old log beside a new one, so that logs do not grow for ever. */
function rotateLog(logFile: string): void {
  if (existsSync(logFile) && statSync(logFile).size > LOG_LIMIT_BYTES) renameSync(logFile, `${logFile}.old`);
}
