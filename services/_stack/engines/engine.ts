import type { JournalEntry, ProcessJournal } from "../journal.ts";
import { type Child, endProcess, isRunning, type StopStep, signalFamily, waitForEnd } from "../processes.ts";
import { StackError } from "../stack_error.ts";

/** A running database server, as the stack, the tests and the fault drivers see it. */
export interface Engine {
  /** Such as `PostgreSQL`. */
  readonly name: string;
  readonly version: string;
  /** Of the server, without a database. */
  readonly url: string;
  /** Of a database on it, which need not exist yet. */
  databaseUrl(database: string): string;
  /** Ends in good order, harder if it must; safe to call twice. */
  stop(): Promise<void>;
  /** `kill -9` of the server and all its processes. */
  kill(): Promise<void>;
  /** Starts again on the same data, at the same port; stops it first if it runs. */
  restart(): Promise<void>;
  /** Stops the clock for it (SIGSTOP): connections stay open and nothing answers. */
  freeze(): void;
  /** Lets a frozen engine go on. */
  thaw(): void;
  /** Settles when the running server ends for whatever reason, with how. */
  readonly exited: Promise<string>;
}

/** What differs from engine to engine. */
export interface EngineKind {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly databaseUrl: (database: string) => string;
  /** Starts the server and settles when it can serve. */
  readonly launch: (started: (child: Child) => void) => Promise<Child>;
  readonly stopSteps: readonly [StopStep, ...StopStep[]];
  readonly journal?: ProcessJournal | undefined;
}

const KILL_WAIT_MS = 3_000;

/** Starts an engine and gives the handle to it. */
export async function startEngine(kind: EngineKind): Promise<Engine> {
  const { name, version, url, databaseUrl, stopSteps, journal } = kind;
  const key = name.toLowerCase();
  const entryOf = (child: Child): JournalEntry => ({ ...child.record, name: key, stopSignal: stopSteps[0].signal });
  const launch = (): Promise<Child> => kind.launch((child) => journal?.add(entryOf(child)));
  let child = await launch();

  const stop = async (): Promise<void> => {
    if ((await endProcess(child.record, stopSteps)) === undefined) {
      throw new StackError(`${name} (process ${child.record.pid}) does not end`);
    }
    journal?.remove(key);
  };
  return {
    name,
    version,
    url,
    databaseUrl,
    stop,
    async kill() {
      if (!isRunning(child.record)) return;
      signalFamily(child.record, "SIGKILL");
      await waitForEnd(child.record, KILL_WAIT_MS);
    },
    async restart() {
      await stop();
      child = await launch();
    },
    freeze: () => signalFamily(child.record, "SIGSTOP"),
    thaw: () => signalFamily(child.record, "SIGCONT"),
    get exited() {
      return child.exited;
    },
  };
}
