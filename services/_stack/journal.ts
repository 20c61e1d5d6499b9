import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PASSAGE_MODE } from "./paths.ts";
import { endProcess, identify, isRunning, type ProcessRecord, type StopStep, waitForEnd } from "./processes.ts";
import { StackError } from "./stack_error.ts";

/** A process started for a data folder, and how to end it. */
export interface JournalEntry extends ProcessRecord {
  readonly name: string;
  /** Services end before the engines they speak to. */
  readonly kind: "service" | "engine";
  readonly stopSteps: readonly StopStep[];
}

interface JournalFile {
  readonly owner: ProcessRecord;
  /** The owner is on its way out: another start waits for it instead of refusing. */
  readonly stopping: boolean;
  readonly children: readonly JournalEntry[];
}

const FILE_NAME = "processes.json";
const KILL_STEPS: readonly StopStep[] = [{ signal: "SIGKILL", waitMs: 2_000 }];
/** How long a live owner has to notice that its terminal is gone, before it counts as running on purpose. */
const OWNER_GRACE_MS = 1_500;
const OWNER_STOP_MS = 20_000;

/**
 * The processes started for a data folder, written down as they start, so that the next run can end what this one
 * left behind after a `kill -9`.
 */
export class ProcessJournal {
  readonly #path: string;
  #file: JournalFile;
  #isClosed = false;

  private constructor(folder: string) {
    this.#path = join(folder, FILE_NAME);
    this.#file = { owner: ownRecord(), stopping: false, children: [] };
    this.#write();
  }

  /**
   * Takes a data folder for this process: waits for an owner that is stopping, ends what a dead one left.
   *
   * @throws {StackError} if the folder is in use.
   */
  static async open(folder: string): Promise<ProcessJournal> {
    mkdirSync(folder, { recursive: true, mode: PASSAGE_MODE });
    const previous = read(folder);
    if (previous && previous.owner.identity !== ownRecord().identity) await takeOver(folder, previous);
    return new ProcessJournal(folder);
  }

  /** Writes a process down; call it right after its start. */
  add(entry: JournalEntry): void {
    this.#file = { ...this.#file, children: [...this.#without(entry.name), entry] };
    this.#write();
  }

  /** Strikes a process that has ended. */
  remove(name: string): void {
    this.#file = { ...this.#file, children: this.#without(name) };
    this.#write();
  }

  /** Says that this process is on its way out. */
  markStopping(): void {
    this.#file = { ...this.#file, stopping: true };
    this.#write();
  }

  /**
   * Ends all that is written down: the services in good order, then the engines.
   *
   * @throws {StackError} if one does not end.
   */
  async endAll(): Promise<void> {
    await endChildren(this.#file.children);
    this.#file = { ...this.#file, children: this.#file.children.filter(isRunning) };
    this.#write();
  }

  /** Gives the folder back. */
  close(): void {
    this.#isClosed = true;
    rmSync(this.#path, { force: true });
  }

  #without(name: string): readonly JournalEntry[] {
    return this.#file.children.filter((child) => child.name !== name);
  }

  /** Replaced in one step: a crash leaves the old list or the new one, never half of it. */
  #write(): void {
    if (this.#isClosed) return; // the folder may be another run's by now
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.#file, null, 2), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }
}

/** The name of the folder that holds what this process makes for its tests: it tells by itself whose it is. */
export function ownFolderName(): string {
  const { pid, identity } = ownRecord();
  return `${pid}@${encodeURIComponent(identity)}`;
}

/** Ends what dead runs left in the folders below `parent` (each named by `ownFolderName`), and removes the folders. */
export async function sweepFolders(parent: string): Promise<void> {
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const [pid, identity = ""] = name.split("@");
    if (isRunning({ pid: Number(pid), identity: decodeURIComponent(identity) })) continue;
    await sweep(join(parent, name));
  }
}

/** Ends everything written down below a folder, at any depth, and removes it. */
async function sweep(folder: string): Promise<void> {
  const journals = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(FILE_NAME),
  );
  for (const path of journals) {
    const children = read(join(folder, path, ".."))?.children ?? [];
    await Promise.all(children.map((child) => endProcess(child, KILL_STEPS)));
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function takeOver(folder: string, { owner, children }: JournalFile): Promise<void> {
  if (isRunning(owner)) await waitForOwner(folder, owner);
  await endChildren(children);
}

/** All services at once, then all engines. */
async function endChildren(children: readonly JournalEntry[]): Promise<void> {
  for (const kind of ["service", "engine"] as const) {
    const ending = children.filter((child) => child.kind === kind);
    await Promise.all(ending.map(endChild));
  }
}

async function endChild(child: JournalEntry): Promise<void> {
  if ((await endProcess(child, child.stopSteps)) !== undefined) return;
  throw new StackError(`cannot end ${child.name} (process ${child.pid})`);
}

async function waitForOwner(folder: string, owner: ProcessRecord): Promise<void> {
  if (await waitForEnd(owner, OWNER_GRACE_MS)) return;
  if (read(folder)?.stopping && (await waitForEnd(owner, OWNER_STOP_MS))) return;
  throw new StackError(`Tradepost already runs from ${folder} (process ${owner.pid}): stop it first`);
}

function ownRecord(): ProcessRecord {
  const identity = identify(process.pid);
  if (identity === undefined) throw new Error("This process cannot find itself");
  return { pid: process.pid, identity };
}

/** Undefined if there is none, or none that this program wrote whole. */
function read(folder: string): JournalFile | undefined {
  try {
    const file: Partial<JournalFile> | null = JSON.parse(readFileSync(join(folder, FILE_NAME), "utf8"));
    const isOurs = typeof file?.owner?.identity === "string" && Array.isArray(file.children);
    return isOurs ? (file as JournalFile) : undefined; // #write writes all fields in one step
  } catch {
    return undefined;
  }
}
