import type { Log } from "#platform/observability.ts";
import { repeat } from "#platform/repeat.ts";
import type { KeyRing } from "./key_ring.ts";
import type { Store } from "./store/mod.ts";

/** What is looked after, and how often. */
export interface UpkeepOptions {
  readonly keys: Pick<KeyRing, "reload">;
  readonly store: Pick<Store, "purge">;
  readonly log: Pick<Log, "warn">;
  /** @default 30,000: other replicas' keys are known long before they sign */
  readonly reloadEveryMs?: number;
  /** @default 20,000 */
  readonly purgeEveryMs?: number;
}

/**
 * Reads the signing keys again and deletes what has expired, from time to time. What fails is tried again the next time.
 *
 * @returns Stops it, and waits for what runs.
 */
export function startUpkeep(options: UpkeepOptions): () => Promise<void> {
  const { keys, store, log, reloadEveryMs = 30_000, purgeEveryMs = 20_000 } = options;
  const stops = [
    repeat(
      reloadEveryMs,
      () => keys.reload(),
      (error) => log.warn("Cannot read the signing keys again", { error }),
    ),
    repeat(
      purgeEveryMs,
      () => store.purge(),
      (error) => log.warn("Cannot delete what has expired", { error }),
    ),
  ];
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}
