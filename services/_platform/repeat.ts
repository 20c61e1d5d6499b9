/**
 * Runs work again and again, never twice at once; up to a tenth earlier, so that replicas do not do it in step.
 *
 * @returns Stops it, and waits for what runs.
 */
export function repeat(
  everyMs: number,
  work: () => Promise<void>,
  onFault: (error: unknown) => void,
): () => Promise<void> {
  let running = Promise.resolve();
  let timer: Timer | undefined;
  const schedule = (): void => {
    timer = setTimeout(run, everyMs * (1 - Math.random() / 10));
  };
  const run = (): void => {
    running = work()
      .catch(onFault)
      .finally(() => timer && schedule());
  };
  schedule();
  return () => {
    clearTimeout(timer);
    timer = undefined;
    return running;
  };
}
