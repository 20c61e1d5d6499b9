import { abortable } from "./abort.ts";
import { ApiError, ConnectionError } from "./errors.ts";

/** When to send a request again. */
export interface RetryOptions {
  /** How many times a request is sent at most; 1 sends it once. @default 3 */
  readonly attempts?: number;
  /** The first wait in milliseconds, doubled each time and spread by half. @default 100 */
  readonly baseMs?: number;
  /** The longest wait in milliseconds; a `Retry-After` beyond it ends the attempts. @default 5000 */
  readonly maxMs?: number;
}

/** How {@link retry} goes about it. */
export interface RetryPlan extends RetryOptions {
  /** Whether the request may have its effect twice; if not, it is sent again only where it can't have arrived. */
  readonly repeatable: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls `send` until it succeeds, fails for good, or the attempts are used up.
 * Waits as long as `Retry-After` asks, else with exponential backoff and jitter.
 *
 * @param send One attempt; rejects with `ApiError` or `ConnectionError`.
 * @throws What the last attempt threw, or the signal's reason.
 */
export async function retry<T>(send: () => Promise<T>, plan: RetryPlan): Promise<T> {
  const { attempts = 3, baseMs = 100, maxMs = 5_000, signal } = plan;
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      const backoffMs = Math.min(baseMs * 2 ** (attempt - 1), maxMs) * (0.5 + Math.random() / 2);
      const waitMs = isPassing(error, plan.repeatable) ? (retryAfterMs(error) ?? backoffMs) : undefined;
      if (attempt >= attempts || waitMs === undefined || waitMs > maxMs || signal?.aborted) throw error;
      await sleep(waitMs, signal);
    }
  }
}

/** Waits, unless the signal ends it. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await abortable(passed, signal).finally(() => clearTimeout(timer));
}

/** Whether another attempt is safe and could help. */
function isPassing(error: unknown, repeatable: boolean): boolean {
  if (error instanceof ConnectionError) return repeatable || !error.maybeSent;
  if (!repeatable || !(error instanceof ApiError)) return false;
  return [429, 502, 503, 504].includes(error.status) || error.code === "request-in-progress";
}

function retryAfterMs(error: unknown): number | undefined {
  return error instanceof ApiError ? error.retryAfterMs : undefined;
}
