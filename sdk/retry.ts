import { ApiError, ConnectionError } from "./errors.ts";

/** When to send a request again. */
export interface RetryOptions {
  /** How many times a request is sent at most; 1 sends it once. Default 3. */
  readonly attempts?: number;
  /** The first wait in milliseconds, doubled each time and spread by half. Default 100. */
  readonly baseMs?: number;
  /** The longest wait in milliseconds; a `Retry-After` beyond it ends the attempts. Default 5,000. */
  readonly maxMs?: number;
}

/**
 * Calls `send` until it succeeds, fails for good, or the attempts are used up.
 *
 * Only for requests that are safe to repeat. Waits as long as `Retry-After` asks, else with exponential backoff and jitter.
 *
 * @param send One attempt; rejects with `ApiError` or `ConnectionError`.
 * @throws What the last attempt threw, or the signal's reason.
 */
export async function retry<T>(send: () => Promise<T>, options: RetryOptions & { signal?: AbortSignal }): Promise<T> {
  const { attempts = 3, baseMs = 100, maxMs = 5_000, signal } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      const waitMs = waitBefore(error, Math.min(baseMs * 2 ** (attempt - 1), maxMs));
      if (attempt >= attempts || waitMs === undefined || waitMs > maxMs || signal?.aborted) throw error;
      await sleep(waitMs, signal);
    }
  }
}

/** Milliseconds to wait after this failure, or undefined if another attempt can't help. */
function waitBefore(error: unknown, backoffMs: number): number | undefined {
  const jittered = backoffMs * (0.5 + Math.random() / 2);
  if (error instanceof ConnectionError) return jittered;
  if (!(error instanceof ApiError)) return undefined;
  const passing = [429, 502, 503, 504].includes(error.status) || error.problem?.code === "request-in-progress";
  return passing ? (error.retryAfterMs ?? jittered) : undefined;
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(finish, ms);
    signal?.addEventListener("abort", finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", finish);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    }
  });
}
