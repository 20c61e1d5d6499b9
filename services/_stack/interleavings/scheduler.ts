/** Lets many processes take turns, one step at a time, in an order that chance chooses; the same chance chooses the same order. */
import type { Random } from "../history/random.ts";

/** What a process dies of. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** Somebody who takes steps, until the end or a crash. */
export interface Process {
  readonly name: string;
  /** How often its turn comes, beside that of others. */
  readonly weight: number;
  isDead: boolean;
}

/** A step that waits for its turn. */
interface Turn {
  readonly process: Process;
  readonly name: string;
  readonly weight: number;
  take(): Promise<void>;
  refuse(): void;
}

/** More than any run takes that comes to an end. */
const STEPS_MAX = 4_000;

/**
 * Everything a process does between two steps must be done when the event loop has come round once: steps are all that may wait for
 * something outside.
 */
export class Scheduler {
  /** What happened, step by step. */
  readonly trace: string[] = [];
  /** What processes died of, other than a crash: none of it may be. */
  readonly faults: string[] = [];
  readonly #random: Random;
  #waiting: Turn[] = [];
  #moments = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A moment of the run's own clock: each is later than the one before. */
  moment(): number {
    return ++this.#moments;
  }

  /** Starts a process. @returns what it does, which never rejects. */
  start(name: string, work: (process: Process) => Promise<void>, weight = 1): Promise<void> {
    return work({ name, weight, isDead: false }).catch((error: unknown) => {
      if (!(error instanceof Crash)) this.faults.push(`${name}: ${String(error)}`);
    });
  }

  /** Waits for the turn of a process and lets it do one thing, alone. @throws {Crash} if the process is dead by then. */
  step<Result>(
    process: Process,
    name: string,
    perform: () => Promise<Result>,
    weight = process.weight,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      const refuse = (): void => reject(new Crash());
      if (process.isDead) return refuse();
      this.#waiting.push({ process, name, weight, refuse, take: () => perform().then(resolve, reject) });
    });
  }

  /** Ends a process: nothing that it waits for happens. */
  kill(process: Process): void {
    process.isDead = true;
    const [gone, left] = [true, false].map((isGone) => this.#waiting.filter((turn) => turn.process.isDead === isGone));
    this.#waiting = left ?? [];
    for (const { refuse } of gone ?? []) refuse();
  }

  /** Adds something to the step that is being taken. */
  note(what: string): void {
    this.trace.push(`${this.trace.pop()}: ${what}`);
  }

  /** Lets everybody take turns until nobody waits for one, or it is over. */
  async run(isOver: () => boolean = () => false): Promise<void> {
    for (;;) {
      await allWait();
      const turn = isOver() ? undefined : this.#choose();
      if (!turn) return;
      this.trace.push(`${this.trace.length + 1} ${turn.process.name}, ${turn.name}`);
      if (this.trace.length > STEPS_MAX)
        throw new Error([`No end within ${STEPS_MAX} steps`, ...this.faults].join("\n"));
      await turn.take();
    }
  }

  #choose(): Turn | undefined {
    const sum = this.#waiting.reduce((total, { weight }) => total + weight, 0);
    let left = this.#random.next() * sum;
    const index = this.#waiting.findIndex(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    return this.#waiting.splice(index, 1)[0]; // -1 takes the last one: sums are not exact
  }
}

/** Whoever has something to do between two steps does it now. */
function allWait(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
