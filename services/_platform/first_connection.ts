import { LateFault, withDeadline } from "./deadline.ts";
import { Problem } from "./problem.ts";
import { StartFault } from "./start_fault.ts";

/** How a server is tried at start. */
export interface FirstConnectionOptions {
  /** How long to try, in milliseconds. */
  withinMs: number;
  /** Whether the server answered and trying again cannot help. */
  isRefusal: (fault: unknown) => boolean;
}

/**
 * Tries a server until it answers: at the start of a whole stack it may come up after us.
 *
 * @param place The server as the operator knows it, without a login; see {@link placeOf}.
 * @throws {StartFault} if it refuses, or does not answer in time.
 */
export async function reach(
  place: string,
  connect: () => Promise<unknown>,
  { withinMs, isRefusal }: FirstConnectionOptions,
): Promise<void> {
  const expiresAt = performance.now() + withinMs;
  let reason = "no answer";
  for (let attempt = 0; ; attempt++) {
    try {
      await withDeadline(connect(), expiresAt - performance.now());
      return;
    } catch (error) {
      const fault = error instanceof Problem ? error.cause : error;
      if (isRefusal(fault))
        throw new StartFault(`${place} refuses the connection: ${reasonOf(fault)}`, { cause: fault });
      if (!(fault instanceof LateFault)) reason = reasonOf(fault);
      const pauseMs = Math.min(50 * 2 ** attempt, 500);
      if (performance.now() + pauseMs >= expiresAt) {
        throw new StartFault(`cannot reach ${place} within ${withinMs} ms: ${reason}`, { cause: fault });
      }
      await Bun.sleep(pauseMs);
    }
  }
}

/** Hosts and database of a URL, without the login. */
export function placeOf(url: string): string {
  return url.replace(/^[a-z+]+:\/\/(?:.*@)?/, "").replace(/\?.*$/, "");
}

function reasonOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
