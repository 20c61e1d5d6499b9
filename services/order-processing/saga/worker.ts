/** The worker: goes on with orders and edits whose lease has ended, or gives them up. */
import type { Undecided } from "../store/mod.ts";
import { decideEdit, giveUpEdit } from "./edit_order.ts";
import { decidePlacing, giveUpPlacing } from "./place_order.ts";
import { backoffMs, type Saga } from "./saga.ts";

/** Leases some undecided orders and works on all of them at once. @returns how many there were. */
export async function resumeUndecided(saga: Saga, limit: number): Promise<number> {
  const leased = await saga.orders.leaseUndecided(limit);
  await Promise.all(leased.map((undecided) => resumeSafely(saga, undecided)));
  return leased.length;
}

/** One that fails leaves the others alone; its lease ends by itself. */
async function resumeSafely(saga: Saga, undecided: Undecided): Promise<void> {
  try {
    await resume(saga, undecided);
  } catch (error) {
    saga.log.warn("An undecided order could not be resumed", { orderId: undecided.lease.orderId, error });
  }
}

/** Steps 2 to 4a under a new lease, or 4c. */
export async function resume(saga: Saga, undecided: Undecided): Promise<void> {
  const { record, lease, overdue, attempts } = undecided;
  const isPlacing = record.order.status === "pending";
  if (overdue) return isPlacing ? giveUpPlacing(saga, undecided) : giveUpEdit(saga, undecided);
  const decide = isPlacing ? decidePlacing : decideEdit;
  const outcome = await decide(saga, undecided, saga.limits.stockTimeoutMs);
  if (outcome.kind === "undecided") await saga.orders.postpone(lease, backoffMs(attempts, saga.random));
}
