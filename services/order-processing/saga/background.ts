/** Everything of the saga that no request waits for. */
import type { EventPublisher } from "../event_port.ts";
import type { Outbox } from "../store/mod.ts";
import { type Dispatch, dispatchEvents, dispatchStock } from "./dispatcher.ts";
import { type Loop, startLoop } from "./loop.ts";
import { forget, type Purge, purgeEntries } from "./purge.ts";
import type { Saga } from "./saga.ts";
import { resumeUndecided } from "./worker.ts";

/** How much is done at once, and how often is looked. */
export interface BackgroundLimits {
  /** Orders the worker decides at once. */
  readonly workerBatch: number;
  /** Rows sent at once. */
  readonly dispatchBatch: number;
  /** Orders purged at once. */
  readonly purgeBatch: number;
  /** Milliseconds between looks for work that no process of ours told of. */
  readonly pollMs: number;
  /** Milliseconds between looks for what may be purged. */
  readonly purgePollMs: number;
  /** Times a message may be refused before it is left to an operator. */
  readonly refusalsMax: number;
}

export interface BackgroundOptions {
  /** Without its own wakers: this is who is woken. */
  readonly saga: Omit<Saga, "onQueued" | "onUndecided">;
  readonly outbox: Outbox;
  /** Without one, nobody listens to events. */
  readonly publisher?: EventPublisher | undefined;
  readonly limits: BackgroundLimits;
}

/** The running worker, dispatcher and purger. */
export interface Background {
  /** There are new messages. */
  onQueued(): void;
  /** There is something undecided. */
  onUndecided(): void;
  /** Lets what runs end, and starts no more. */
  stop(): Promise<void>;
}

/** Starts the worker, the dispatchers of stock and events, and the purger. */
export function startBackground({ saga, outbox, publisher, limits }: BackgroundOptions): Background {
  const { log, random, stock, orders, clock } = saga;
  const { stockTimeoutMs } = saga.limits;
  const woken: Saga = {
    ...saga,
    onQueued: () => background.onQueued(),
    onUndecided: () => background.onUndecided(),
  };
  const dispatch: Dispatch = { outbox, stock, publisher, random, log, stockTimeoutMs, refusalsMax: limits.refusalsMax };
  const purge: Purge = { orders, outbox, stock, log, stockTimeoutMs };

  const start = (name: string, pollMs: number, step: () => Promise<boolean>): Loop => {
    const onError = (error: unknown): void => log.warn(`The ${name} could not work`, { error });
    return startLoop({ step, pollMs, random, onError });
  };
  const { workerBatch, dispatchBatch, purgeBatch, pollMs, purgePollMs } = limits;
  const worker = start("worker", pollMs, async () => (await resumeUndecided(woken, workerBatch)) === workerBatch);
  // A row that is done lets the next one of its order be sent: look again until there is none.
  const stockSender = start("dispatcher", pollMs, async () => (await dispatchStock(dispatch, dispatchBatch)) > 0);
  const eventSender = start("publisher", pollMs, async () => (await dispatchEvents(dispatch, dispatchBatch)) > 0);
  const purger = start("purger", purgePollMs, async () => {
    const startedMs = clock.elapsedMs();
    const purged = await purgeEntries(purge, purgeBatch);
    const forgotten = await forget(purge, purgeBatch);
    const goesOn = purged > 0 || forgotten >= purgeBatch; // fewer orders than rows: some have several
    // Nobody waits for it: half of the time both databases are left to those who are waited for.
    if (goesOn) await clock.sleep(clock.elapsedMs() - startedMs);
    return goesOn;
  });

  const background: Background = {
    onQueued() {
      stockSender.wake();
      eventSender.wake();
    },
    onUndecided: () => worker.wake(),
    async stop() {
      await Promise.all([worker, stockSender, eventSender, purger].map((loop) => loop.stop()));
    },
  };
  return background;
}
