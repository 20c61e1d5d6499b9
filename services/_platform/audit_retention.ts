import type { AuditStore } from "./audit.ts";
import type { Log } from "./observability.ts";
import { repeat } from "./repeat.ts";

/** What is kept, and how it is looked after. */
export interface AuditRetentionOptions {
  /** How many days an event is kept. */
  readonly retentionDays: number;
  readonly log: Pick<Log, "warn">;
  /** @default 60,000 */
  readonly everyMs?: number;
  /** Events deleted at once: so few that nobody waits for it. @default 1000 */
  readonly batch?: number;
}

const EVERY_MS = 60_000;
const BATCH = 1000;
/** The rest is for the next time: so that a service can stop, and a database has time for others. */
const BATCHES_MAX = 20;

/**
 * Deletes the events of a trail that are older than they are kept, from time to time. What fails is tried again the next time.
 *
 * @returns Stops it, and waits for what runs.
 */
export function startAuditRetention(
  trail: Pick<AuditStore, "forget">,
  { retentionDays, log, everyMs = EVERY_MS, batch = BATCH }: AuditRetentionOptions,
): () => Promise<void> {
  const forgetOld = async (): Promise<void> => {
    for (let count = 0; count < BATCHES_MAX; count++) {
      if ((await trail.forget(retentionDays, batch)) < batch) return;
    }
  };
  return repeat(everyMs, forgetOld, (error) => log.warn("Cannot delete old events of the trail", { error }));
}
