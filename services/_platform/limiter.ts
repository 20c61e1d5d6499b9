import { unavailable } from "./unavailable.ts";

/** How much a limiter lets in. */
export interface LimiterOptions {
  /** Tasks that run at once. */
  running: number;
  /** Tasks that may wait for a turn; one more is refused at once. */
  waiting: number;
}

/** How long one task may wait. */
export interface WaitOptions {
  /** Milliseconds a task may wait for its turn. @default Infinity */
  waitMs?: number;
  /** Gives up the wait when aborted. */
  signal?: AbortSignal | undefined;
}

/** A bounded queue in front of something scarce: connections, processor cores. */
export interface Limiter {
  /**
   * Runs a task when it is its turn, first come, first served.
   *
   * @throws {Problem} `service-unavailable` if the queue is full, or the turn does not come in time.
   */
  run<T>(task: () => Promise<T>, options?: WaitOptions): Promise<T>;
  /**
   * Waits for a turn and keeps it until the function it answers is called (once).
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
  return new QueueLimiter(options);
}

class QueueLimiter implements Limiter {
  readonly #options: LimiterOptions;
  /** In the order they came: a Set keeps it, and a waiter that gives up leaves in constant time. */
  readonly #waiters = new Set<() => void>();
  #running = 0;

  constructor(options: LimiterOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiters.size;
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
    if (this.#running < this.#options.running) this.#running++;
    else await this.#wait(options);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#pass();
    };
  }

  /** Gives a turn that became free to the first who waits. */
  #pass(): void {
    const [next] = this.#waiters;
    if (next) next();
    else this.#running--;
  }

  #wait({ waitMs = Number.POSITIVE_INFINITY, signal }: WaitOptions): Promise<void> {
    if (this.#waiters.size >= this.#options.waiting) throw unavailable("Too many requests are waiting for their turn");
    if (signal?.aborted || waitMs <= 0) throw waitedInVain();
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiters.delete(enter);
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
      };
      const enter = (): void => {
        leave();
        resolve();
      };
      const giveUp = (): void => {
        leave();
        reject(waitedInVain());
      };
      const timer = Number.isFinite(waitMs) ? setTimeout(giveUp, waitMs) : undefined;
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#waiters.add(enter);
    });
  }
}

function waitedInVain(): Error {
  return unavailable("The request waited too long for its turn");
}
