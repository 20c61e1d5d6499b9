import { Line, type WaitOptions } from "./line.ts";

/** How much a limiter lets in. */
export interface LimiterOptions {
  /** Tasks that run at once. */
  running: number;
  /** Tasks that may wait for a turn; one more is refused at once. */
  waiting: number;
}

/** A bounded queue in front of something scarce: connections, processor cores. */
export interface Limiter {
  /**
   * Runs a task when it is its turn, first come, first served.
   *
   * @throws {Problem} `service-unavailable` if too many wait, or the turn does not come in time.
   */
  run<T>(task: () => Promise<T>, options?: WaitOptions): Promise<T>;
  /**
   * Waits for a turn and keeps it until the function it answers is called.
   *
   * @throws {Problem} `service-unavailable` as {@link Limiter.run}.
   */
  acquire(options?: WaitOptions): Promise<() => void>;
  /** Tasks that run now. */
  readonly running: number;
  /** Tasks that wait now. */
  readonly waiting: number;
}

/** Makes a limiter; see {@link Limiter}. */
export function createLimiter(options: LimiterOptions): Limiter {
  return new LineLimiter(options);
}

class LineLimiter implements Limiter {
  readonly #max: number;
  readonly #line: Line<undefined, void>;
  #running = 0;

  constructor({ running, waiting }: LimiterOptions) {
    this.#max = running;
    this.#line = new Line(waiting);
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#line.length;
  }

  async run<T>(task: () => Promise<T>, options: WaitOptions = {}): Promise<T> {
    const release = await this.acquire(options);
    try {
      return await task();
    } finally {
      release();
    }
  }

  async acquire(options: WaitOptions = {}): Promise<() => void> {
    if (this.#running < this.#max) this.#running++;
    else await this.#line.wait(undefined, options);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#pass();
    };
  }

  /** A turn that became free goes to the first who waits. */
  #pass(): void {
    const next = this.#line.first;
    if (next) next.enter();
    else this.#running--;
  }
}
