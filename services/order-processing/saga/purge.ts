/** Step 7: drops the stock entries of orders that nothing can ask for any more, and forgets what is too old. */
import { type StockPort, toCommands } from "../stock_port.ts";
import type { OrderStore, Outbox, PurgeJob } from "../store/mod.ts";
import type { SagaLog } from "./saga.ts";

/** What purging works with. */
export interface Purge {
  readonly orders: OrderStore;
  readonly outbox: Outbox;
  readonly stock: StockPort;
  readonly log: SagaLog;
  /** Milliseconds for one request to the inventory. */
  readonly stockTimeoutMs: number;
}

/** Purges some orders at once. @returns how many there were. */
export async function purgeEntries(purge: Purge, limit: number): Promise<number> {
  const jobs = await purge.outbox.leasePurge(limit);
  const purged = await Promise.all(jobs.map((job) => purgeOrder(purge, job)));
  const done = jobs.filter((_, index) => purged[index]);
  if (done.length > 0) await purge.outbox.finishPurge(done);
  return jobs.length;
}

/** Forgets events that were told and keys that are too old. @returns how many. */
export async function forget({ orders, outbox }: Purge, limit: number): Promise<number> {
  return (await outbox.forgetEvents(limit)) + (await orders.forgetKeys(limit));
}

/** One that fails is tried again when its lease ends: purging what is purged does nothing. */
async function purgeOrder({ stock, stockTimeoutMs, log }: Purge, job: PurgeJob): Promise<boolean> {
  const { orderId, notAfter, entries } = job;
  const commands = entries.flatMap((entry) => toCommands({ command: "purge", orderId, notAfter, ...entry }));
  try {
    const results = await stock.apply(commands, { timeoutMs: stockTimeoutMs });
    const outcomes = new Set(results.map(({ outcome }) => outcome));
    const odd = [...outcomes].find((outcome) => outcome !== "done" && outcome !== "expired");
    if (odd) log.error("The entries of an order can't be purged", { orderId, reason: odd });
    else if (outcomes.has("expired")) log.warn("The purge of an order came too late", { orderId });
    return !odd && !outcomes.has("expired");
  } catch (error) {
    log.warn("The entries of an order are not purged yet", { orderId, error });
    return false;
  }
}
