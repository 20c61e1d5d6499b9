/** The dispatcher: what was decided is told to the inventory and to those who listen, in the order in which it was decided. */
import type { EventPublisher } from "../event_port.ts";
import { type StockPort, StockRefused, type StockResult, toCommands } from "../stock_port.ts";
import type { EventRow, Outbox, OutboxFailure, OutboxRow, StockRow } from "../store/mod.ts";
import { backoffMs, type SagaLog } from "./saga.ts";

/** What the dispatcher works with. */
export interface Dispatch {
  readonly outbox: Outbox;
  readonly stock: StockPort;
  /** Without one, nobody listens to events. */
  readonly publisher: EventPublisher | undefined;
  readonly random: () => number;
  readonly log: SagaLog;
  /** Milliseconds for one request to the inventory. */
  readonly stockTimeoutMs: number;
  /** Times a row may be refused before it is left to an operator. Silence does not count: it is not the row's fault. */
  readonly refusalsMax: number;
}

/** What became of sending a row. */
type Sent =
  | { readonly kind: "done" }
  /** To be sent again. */
  | { readonly kind: "failed"; readonly error: string; readonly refused: boolean }
  /** What must not be: sending it again would not help. */
  | { readonly kind: "alarm"; readonly error: string };

/** Steps 5 and 6 for stock: sends the oldest rows of some orders at once. @returns how many there were. */
export async function dispatchStock(dispatch: Dispatch, limit: number): Promise<number> {
  const rows = await dispatch.outbox.leaseStock(limit);
  await settle(dispatch, rows, (row) => sendStock(dispatch, row));
  return rows.length;
}

/** The same for events. */
export async function dispatchEvents(dispatch: Dispatch, limit: number): Promise<number> {
  const { outbox, publisher } = dispatch;
  if (!publisher) return outbox.discardEvents(limit);
  if (!publisher.isAvailable) return 0; // a lease and a failure for each waiting row, every few seconds, would slow the orders down
  const rows = await outbox.leaseEvents(limit);
  await settle(dispatch, rows, (row) => sendEvent(publisher, row));
  return rows.length;
}

/** Step 5: applies a row item by item; what was applied before is applied without effect. */
async function sendStock({ stock, stockTimeoutMs }: Dispatch, row: StockRow): Promise<Sent> {
  try {
    return judgeSending(await stock.apply(toCommands(row), { timeoutMs: stockTimeoutMs }));
  } catch (error) {
    return { kind: "failed", error: messageOf(error), refused: error instanceof StockRefused };
  }
}

/** What the answers to one row say together. */
export function judgeSending(results: readonly StockResult[]): Sent {
  const outcomes = new Set(results.map(({ outcome }) => outcome));
  const odd = [...outcomes].find((outcome) => outcome !== "done" && outcome !== "expired");
  if (odd) return { kind: "alarm", error: `The inventory answered ${odd}` };
  if (outcomes.has("expired")) return { kind: "failed", error: "The command came too late", refused: true };
  return { kind: "done" };
}

async function sendEvent(publisher: EventPublisher, row: EventRow): Promise<Sent> {
  try {
    await publisher.publish([row.event]);
    return { kind: "done" };
  } catch (error) {
    return { kind: "failed", error: messageOf(error), refused: false };
  }
}

/** Sends rows at once, then step 6: marks them all. */
async function settle<Row extends OutboxRow>(
  dispatch: Dispatch,
  rows: readonly Row[],
  send: (row: Row) => Promise<Sent>,
): Promise<void> {
  const sent = await Promise.all(rows.map(async (row) => ({ row, sent: await send(row) })));
  const done = sent.filter(({ sent }) => sent.kind === "done").map(({ row }) => row);
  const failures = sent.flatMap(({ row, sent }) => (sent.kind === "done" ? [] : [failureOf(dispatch, row, sent)]));
  if (done.length > 0) await dispatch.outbox.markDone(done);
  if (failures.length > 0) await dispatch.outbox.markFailed(failures);
}

function failureOf(
  { random, log, refusalsMax }: Dispatch,
  row: OutboxRow,
  sent: Exclude<Sent, { kind: "done" }>,
): OutboxFailure {
  const { error } = sent;
  const refused = sent.kind === "alarm" || sent.refused;
  const isDead = sent.kind === "alarm" || (refused && row.refusals + 1 >= refusalsMax);
  const fields = { sequence: row.sequence, orderId: row.orderId, attempts: row.attempts + 1, reason: error };
  if (isDead) log.error("A message of the outbox is given up", fields);
  else if (refused) log.warn("A message of the outbox is refused", fields);
  return { row, error, refused, retryInMs: isDead ? undefined : backoffMs(row.attempts, random) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
