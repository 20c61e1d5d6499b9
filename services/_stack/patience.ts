import { type ProcessRecord, processorTicksOf } from "./processes.ts";

/** How long a server may take to come up, in milliseconds. */
export interface PatienceOptions {
  /** Without an answer and without using the processor for so long, it does not answer. */
  readonly idleMs: number;
  /** However busy it is. */
  readonly totalMs: number;
}

const LOOK_MS = 250;

/**
 * Tells a server that hangs from one that is slow to start: recovery after a crash, or a machine with much to do, may
 * take longer than anybody should wait for a server that does nothing.
 */
export class Patience {
  readonly #record: ProcessRecord;
  readonly #options: PatienceOptions;
  readonly #startedAt = performance.now();
  #ticks = -1;
  #lookedAt = 0;
  #busyAt = performance.now();

  constructor(record: ProcessRecord, options: PatienceOptions) {
    this.#record = record;
    this.#options = options;
  }

  /** Whether to give up; cheap enough to ask in a loop. */
  get isOver(): boolean {
    const now = performance.now();
    if (now - this.#lookedAt > LOOK_MS) this.#look(now);
    return now - this.#busyAt > this.#options.idleMs || now - this.#startedAt > this.#options.totalMs;
  }

  #look(now: number): void {
    this.#lookedAt = now;
    const ticks = processorTicksOf(this.#record);
    if (ticks !== this.#ticks) this.#busyAt = now;
    this.#ticks = ticks;
  }
}
