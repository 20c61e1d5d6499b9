import { isProblem } from "./errors.ts";
import { sleep } from "./retry.ts";

/** How {@link update} goes about it. */
export interface UpdateOptions<Resource> {
  /** What was read before; saves the first read. */
  readonly known?: Resource | undefined;
  /** How many times it is tried at most. @default 5 */
  readonly attempts?: number;
  /** The longest wait for somebody else's edit, in milliseconds. @default 5000 */
  readonly maxMs?: number;
  /** Ends the waits; the reads and the changes are the caller's. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads something, changes it, and starts over when somebody else changed it in between, so that no edit is lost.
 *
 * ```ts
 * await update(
 *   async () => (await client.getProfile()).body,
 *   ({ version, displayName }) => client.updateProfile({ body: { version, displayName: `${displayName}!` } }),
 * );
 * ```
 *
 * @param change Sends the change with the version it is given; called again for each attempt.
 * @throws What `change` threw, if reading again can't help or the attempts are used up.
 */
export async function update<Resource, Answer>(
  read: () => Promise<Resource>,
  change: (current: Resource) => Promise<Answer>,
  options: UpdateOptions<Resource> = {},
): Promise<Answer> {
  const { known, attempts = 5, maxMs = 5_000, signal } = options;
  let current = known ?? (await read());
  for (let attempt = 1; ; attempt++) {
    try {
      return await change(current);
    } catch (error) {
      const waitMs = waitBeforeReading(error);
      if (attempt >= attempts || waitMs === undefined || waitMs > maxMs) throw error;
      await sleep(waitMs, signal);
      current = await read();
    }
  }
}

/** Milliseconds until another look is worth it; undefined if it can't help. */
function waitBeforeReading(error: unknown): number | undefined {
  if (isProblem(error, "version-conflict", "precondition-failed")) return 0;
  return isProblem(error, "order-pending", "edit-in-progress") ? (error.retryAfterMs ?? 1_000) : undefined;
}
