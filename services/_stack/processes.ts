import { spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { StackError } from "./stack_error.ts";

/** A process as it is written down, so that a later run can tell it from another one with the same pid. */
export interface ProcessRecord {
  readonly pid: number;
  /** Boot and start time: no two processes share pid and identity. */
  readonly identity: string;
}

/** A process we started. */
export interface Child {
  readonly record: ProcessRecord;
  /** Settles when it has ended, with how: `exit code 1`, `SIGKILL`. */
  readonly exited: Promise<string>;
}

/** What a child may be given beside its command line. */
export interface SpawnOptions {
  readonly cwd?: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Its output is appended to this file. */
  readonly logFile: string;
  /** The account to run it as; only root may name one. */
  readonly account?: Account;
}

/** A Unix account. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** A signal and how long to wait for it to end the process. */
export interface StopStep {
  readonly signal: NodeJS.Signals;
  readonly waitMs: number;
}

const LINUX = process.platform === "linux";
const POLL_MS = 10;

/**
 * Starts a process in a session of its own: a Ctrl-C in the terminal reaches only us, so we choose the order of the end.
 *
 * @throws {StackError} if it cannot be started at all.
 */
export async function spawnInSession(command: readonly [string, ...string[]], options: SpawnOptions): Promise<Child> {
  const log = openSync(options.logFile, "a", 0o600);
  const [program, ...args] = command;
  const child = spawn(program, args, {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...options.account,
  });
  closeSync(log);
  const { promise: exited, resolve } = Promise.withResolvers<string>();
  child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  const failure = await new Promise<Error | undefined>((settle) => {
    child.once("spawn", () => settle(undefined));
    child.once("error", settle);
  });
  if (failure || child.pid === undefined) throw new StackError(`cannot start ${program}: ${failure?.message}`);
  return { record: { pid: child.pid, identity: identify(child.pid) ?? "ended" }, exited };
}

/** What tells this process from a later one with the same pid; undefined if none runs (one not yet reaped has ended). */
export function identify(pid: number): string | undefined {
  return LINUX ? identifyByProc(pid) : identifyByPs(pid);
}

/** Whether the very process that was written down still runs. */
export function isRunning({ pid, identity }: ProcessRecord): boolean {
  return identify(pid) === identity;
}

/** Sends a signal to the process that was written down, if it still runs; tells whether it did. */
export function signalProcess(record: ProcessRecord, signal: NodeJS.Signals): boolean {
  if (!isRunning(record)) return false;
  try {
    process.kill(record.pid, signal);
    return true;
  } catch {
    return false; // it ended in between, or was never ours to signal
  }
}

/** Ends a process by ever harsher steps; tells the signal that ended it, or undefined if it survived them all. */
export async function endProcess(
  record: ProcessRecord,
  steps: readonly StopStep[],
): Promise<NodeJS.Signals | "gone" | undefined> {
  if (!isRunning(record)) return "gone";
  for (const { signal, waitMs } of steps) {
    signalFamily(record, "SIGCONT"); // a stopped process sees no other signal but SIGKILL
    if (signal === "SIGKILL") signalFamily(record, signal);
    else signalProcess(record, signal);
    if (await waitForEnd(record, waitMs)) return signal;
  }
  return undefined;
}

/** Waits until a process has ended; false if it has not in time. */
export async function waitForEnd(record: ProcessRecord, waitMs: number): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  while (isRunning(record)) {
    if (performance.now() > deadline) return false;
    await Bun.sleep(POLL_MS);
  }
  return true;
}

/** A process and all its descendants, parents first. */
export function familyOf({ pid }: ProcessRecord): readonly number[] {
  const children = Map.groupBy(listProcesses(), ([, parent]) => parent);
  const family = [pid];
  for (const member of family) family.push(...(children.get(member) ?? []).map(([child]) => child));
  return family;
}

/** Sends a signal to a process and all its descendants. */
export function signalFamily(record: ProcessRecord, signal: NodeJS.Signals): void {
  if (!isRunning(record)) return;
  for (const pid of familyOf(record)) {
    try {
      process.kill(pid, signal);
    } catch {
      // it ended in between
    }
  }
}

/** The processor time a process and its descendants have used so far, in clock ticks; it only tells whether it grows. */
export function processorTicksOf(record: ProcessRecord): number {
  if (!LINUX) return Number(ps(["-o", "time=", "-p", String(record.pid)])?.replaceAll(/\D/g, "") ?? 0);
  const ticks = familyOf(record).map((pid) => statFields(pid)?.slice(11, 13).map(Number) ?? []);
  return ticks.flat().reduce((sum, each) => sum + each, 0);
}

/** The processes of a program (by the name of its file) that work in a folder, orphans among them; Linux only. */
export function findWorkersIn(folder: string, program: string): readonly ProcessRecord[] {
  if (!LINUX) return [];
  const pids = listProcesses().map(([pid]) => pid);
  const workers = pids.filter((pid) => linkOf(pid, "cwd") === folder && linkOf(pid, "exe").includes(`/${program}`));
  return workers.map((pid) => ({ pid, identity: identify(pid) ?? "ended" }));
}

function linkOf(pid: number, name: "cwd" | "exe"): string {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return ""; // another account's process, or one that ended
  }
}

/** The command line of a process, its arguments joined by spaces; undefined if it cannot be read. */
export function commandLineOf(pid: number): string | undefined {
  if (!LINUX) return ps(["-o", "command=", "-p", String(pid)]);
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return undefined;
  }
}

function identifyByProc(pid: number): string | undefined {
  const fields = statFields(pid);
  const state = fields?.[0];
  const startTime = fields?.[19];
  if (state === undefined || startTime === undefined || state === "Z" || state === "X") return undefined;
  return `${bootId()}/${startTime}`;
}

/** The fields of `/proc/<pid>/stat` from the third on; the second is a name that may hold spaces and brackets. */
function statFields(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

let knownBootId: string | undefined;

function bootId(): string {
  knownBootId ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return knownBootId;
}

function identifyByPs(pid: number): string | undefined {
  const line = ps(["-o", "stat=,lstart=", "-p", String(pid)]);
  if (line === undefined || line.startsWith("Z")) return undefined;
  return line.slice(line.indexOf(" ") + 1).trim();
}

/** Every process with its parent. */
function listProcesses(): readonly (readonly [pid: number, parent: number])[] {
  if (!LINUX) {
    const lines = ps(["-A", "-o", "pid=,ppid="])?.split("\n") ?? [];
    return lines.map((line) => line.trim().split(/\s+/).map(Number)).map(([pid = 0, parent = 0]) => [pid, parent]);
  }
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => [Number(pid), Number(statFields(Number(pid))?.[1] ?? 0)]);
}

function ps(args: readonly string[]): string | undefined {
  const { stdout, exitCode } = Bun.spawnSync(["ps", ...args], { stderr: "ignore" });
  const text = stdout.toString().trim();
  return exitCode === 0 && text !== "" ? text : undefined;
}
