import { unavailable } from "./unavailable.ts";

/** How long one may wait. */
export interface WaitOptions {
  /** Milliseconds to wait at most. @default Infinity */
  waitMs?: number;
  /** Gives up the wait when aborted. */
  signal?: AbortSignal | undefined;
}

/** What a bounded line has to tell. */
export interface QueueFigures {
  /** How many wait. */
  readonly waiting: number;
  /** How many may wait. */
  readonly max: number;
}

/** One who waits. */
interface Waiter<Wish, Turn> {
  wish: Wish;
  enter(turn: Turn): void;
}

/** A bounded line in which each says what it waits for; first come, first served. */
export class Line<Wish, Turn> {
  readonly #max: number;
  /** A Set keeps the order, and lets one who gives up leave in constant time. */
  readonly #waiters = new Set<Waiter<Wish, Turn>>();

  /** @param max How many may wait. */
  constructor(max: number) {
    this.#max = max;
  }

  /** How many wait. */
  get length(): number {
    return this.#waiters.size;
  }

  /** Who has waited longest: call its `enter()` to end the wait. */
  get first(): Waiter<Wish, Turn> | undefined {
    const [first] = this.#waiters;
    return first;
  }

  /**
   * Waits at the end of the line.
   *
   * @throws {Problem} `service-unavailable` if the line is full, the time is over, or the signal is aborted.
   */
  wait(wish: Wish, { waitMs = Number.POSITIVE_INFINITY, signal }: WaitOptions = {}): Promise<Turn> {
    const { promise, resolve, reject } = Promise.withResolvers<Turn>();
    if (this.#waiters.size >= this.#max) throw unavailable("Too many requests are waiting for their turn");
    if (signal?.aborted || waitMs <= 0) throw waitedInVain();
    const waiter = { wish, enter };
    const timer = Number.isFinite(waitMs) ? setTimeout(giveUp, waitMs) : undefined;
    signal?.addEventListener("abort", giveUp, { once: true });
    this.#waiters.add(waiter);
    const leave = (): void => {
      this.#waiters.delete(waiter);
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    };
    function enter(turn: Turn): void {
      leave();
      resolve(turn);
    }
    function giveUp(): void {
      leave();
      reject(waitedInVain());
    }
    return promise;
  }
}

function waitedInVain(): Error {
  return unavailable("The request waited too long for its turn");
}
