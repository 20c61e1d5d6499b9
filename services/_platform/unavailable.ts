import { LateFault } from "./deadline.ts";
import { Problem } from "./problem.ts";

/** Seconds after which a refused caller may come back: most faults here pass within one. */
const RETRY_AFTER_S = 1;

/**
 * The problem `service-unavailable`, with the `Retry-After` it always carries.
 *
 * @param detail What could not be done; it is shown to the caller, so it names no host.
 * @param cause The fault behind it, for the log alone.
 */
export function unavailable(detail: string, cause?: unknown): Problem {
  return new Problem("service-unavailable", detail, { headers: { "retry-after": String(RETRY_AFTER_S) }, cause });
}

/** The same for a fault of a database: whether a write took effect is then unknown. */
export function databaseUnavailable(cause: unknown): Problem {
  const late = cause instanceof LateFault;
  return unavailable(late ? "The database did not answer in time" : "The database is not available", cause);
}
