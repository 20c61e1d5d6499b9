/**
 * What a promise settles to, unless the signal comes first: then its reason. What the promise stands for goes on; only
 * the wait ends.
 */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await promise;
  let end = (): void => {};
  const ended = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason);
  });
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  try {
    return await Promise.race([promise, ended]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}
