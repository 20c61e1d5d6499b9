/**
 * Settles as `work` does, or rejects once `timeoutMs` have passed. The work itself is not stopped: whoever started it must see to that.
 *
 * @param expired Makes the error of a late answer.
 */
export function withDeadline<T>(work: PromiseLike<T>, timeoutMs: number, expired: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(expired()), Math.max(0, timeoutMs));
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
