import type { JournalEntry, ProcessJournal } from "./journal.ts";
import { type Child, endProcess, isRunning, type StopStep, signalFamily, waitForEnd } from "./processes.ts";
import { StackError } from "./stack_error.ts";

/** A server of ours: it can be stopped in good order, and treated as badly as a fault test wants. */
export interface ManagedProcess {
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** Settles when that process ends for whatever reason, with how: `exit code 1`, `SIGKILL`. */
  readonly exited: Promise<string>;
  /** Ends in good order, harder if it must; safe to call twice. */
  stop(): Promise<void>;
  /** `kill -9` of the server and all its processes. */
  kill(): Promise<void>;
  /** Starts again on the same data, at the same port; stops it first if it runs. */
  restart(): Promise<void>;
  /** Stops the clock for it (SIGSTOP): connections stay open and nothing answers. */
  freeze(): void;
  /** Lets a frozen server go on. */
  thaw(): void;
}

/** How a server is started and stopped. */
export interface ManagedOptions {
  readonly name: string;
  readonly kind: JournalEntry["kind"];
  /** Starts it, tells the process as soon as there is one, and settles when it serves. */
  readonly launch: (started: (child: Child) => void) => Promise<Child>;
  readonly stopSteps: readonly [StopStep, ...StopStep[]];
  /** Where it is written down, for the run after a crash. */
  readonly journal?: ProcessJournal | undefined;
}

/** For a server whose data goes with it. */
export const DISPOSE_STEPS: readonly [StopStep, ...StopStep[]] = [{ signal: "SIGKILL", waitMs: 3_000 }];

/**
 * Starts a server and gives the handle to it.
 *
 * @throws {StackError} what `launch` throws; nothing runs then.
 */
export async function startManaged(options: ManagedOptions): Promise<ManagedProcess> {
  const { name, stopSteps, journal } = options;
  let child = await launchWritten(options);
  const stop = async (): Promise<void> => {
    if ((await endProcess(child.record, stopSteps)) === undefined) {
      throw new StackError(`${name} (process ${child.record.pid}) does not end`);
    }
    journal?.remove(name);
  };
  return {
    get pid() {
      return child.record.pid;
    },
    get exited() {
      return child.exited;
    },
    stop,
    async kill() {
      if (!isRunning(child.record)) return;
      signalFamily(child.record, "SIGKILL");
      await waitForEnd(child.record, DISPOSE_STEPS[0].waitMs);
      await child.exited; // until we have looked at it its pid is taken, and a server that finds it in its lock file does not start
    },
    async restart() {
      await stop();
      child = await launchWritten(options);
    },
    freeze: () => signalFamily(child.record, "SIGSTOP"),
    thaw: () => signalFamily(child.record, "SIGCONT"),
  };
}

/** Writes down what it starts, and ends it if it does not come to serve. */
async function launchWritten({ name, kind, stopSteps, journal, launch }: ManagedOptions): Promise<Child> {
  const started: Child[] = [];
  try {
    return await launch((child) => {
      started.push(child);
      journal?.add({ ...child.record, name, kind, stopSteps });
    });
  } catch (error) {
    await Promise.all(started.map((child) => endProcess(child.record, DISPOSE_STEPS)));
    journal?.remove(name);
    throw error;
  }
}
