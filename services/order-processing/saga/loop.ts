/** Something to be done again and again. */
export interface LoopOptions {
  /** Does some of it. @returns whether there may be more to do at once. */
  readonly step: () => Promise<boolean>;
  /** Milliseconds between two looks when nobody calls. */
  readonly pollMs: number;
  /** From 0 to 1, so that replicas don't look at the same time. */
  readonly random: () => number;
  /** Told of a step that failed; the next one comes after the pause. */
  readonly onError: (error: unknown) => void;
}

export interface Loop {
  /** Says that there is something to do now. */
  wake(): void;
  /** Lets the step that runs end, and starts no more. */
  stop(): Promise<void>;
}

/** Starts a loop: one step at a time, at once when it is woken, else after a pause. */
export function startLoop({ step, pollMs, random, onError }: LoopOptions): Loop {
  let isWoken = false;
  let isStopping = false;
  let endPause: (() => void) | undefined;

  async function run(): Promise<void> {
    while (!isStopping) {
      isWoken = false;
      let goesOn = false;
      try {
        goesOn = await step();
      } catch (error) {
        onError(error);
        isWoken = false; // what is broken is not hammered
      }
      if (!goesOn && !isWoken && !isStopping) await pause();
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs * (0.75 + random() / 2));
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const running = run();
  return {
    wake() {
      isWoken = true;
      endPause?.();
    },
    async stop() {
      isStopping = true;
      endPause?.();
      await running;
    },
  };
}
