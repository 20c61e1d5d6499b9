/** The deadline of a call passed; what it asked for may still happen. */
export class LateFault extends Error {
  override readonly name = "LateFault";
}

/**
 * Settles as `work` does, or rejects once `timeoutMs` have passed. The work itself is not stopped: whoever started it must see to that.
 *
 * @throws {LateFault} if there is no answer in time.
 */
export function withDeadline<T>(work: PromiseLike<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new LateFault(`No answer within ${Math.round(timeoutMs)} ms`));
    const timer = setTimeout(late, Math.max(0, timeoutMs));
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
