/** Editing a confirmed order: a proposal, its increases reserved, then one decision about all of it. */
import { Problem } from "#platform/problem.ts";
import { unavailable } from "#platform/unavailable.ts";
import { acceptEdit, releaseOf } from "../decision.ts";
import {
  assertEditable,
  assertVersion,
  compareItems,
  type Order,
  type OrderRecord,
  orderedItems,
  type Proposal,
  UNDECIDED_RETRY_AFTER_S,
} from "../order.ts";
import type { Undecided } from "../store/mod.ts";
import type { Subject } from "./move_order.ts";
import { attempt, handOver } from "./place_order.ts";
import { reserveWithin } from "./reserve.ts";
import type { Saga } from "./saga.ts";

/** How far an edit came. */
export type EditOutcome =
  | { readonly kind: "accepted"; readonly order: Order }
  | { readonly kind: "refused"; readonly problem: Problem }
  | { readonly kind: "superseded" }
  | { readonly kind: "undecided"; readonly reason: string };

/** What an order shall have, and at which version. */
export type Contents = Omit<Proposal, "revision">;

/** Times an edit is proposed that others keep from being recorded. */
const PROPOSE_ATTEMPTS = 5;

/**
 * Changes the contents of a confirmed order, all or nothing.
 *
 * @throws {Problem} `version-conflict`, `order-pending`, `invalid-transition`, `edit-in-progress`; what decided against the edit;
 *   `service-unavailable` if it could not be decided in time: the worker decides it.
 */
export async function editOrder(saga: Saga, subject: Subject, contents: Contents): Promise<Order> {
  const undecided = await propose(saga, subject, contents);
  const outcome = await decideEdit(saga, undecided, saga.limits.decideWithinMs);
  switch (outcome.kind) {
    case "accepted":
      return outcome.order;
    case "refused":
      throw outcome.problem;
    case "superseded":
      return readAgain(await subject.read(), undecided.record);
    case "undecided":
      await handOver(saga, undecided.lease);
      throw unavailable("The stock could not be decided in time: read the order to see what became of the edit");
  }
}

/** Records the edit under the next revision; one at a time may live. */
async function propose(saga: Saga, { read, test, event }: Subject, contents: Contents): Promise<Undecided> {
  for (let tries = 0; tries < PROPOSE_ATTEMPTS; tries++) {
    const { order, proposal } = await read();
    test(order);
    assertVersion(order, contents.version);
    assertEditable(order);
    if (proposal) throw editInProgress();
    const undecided = await saga.orders.propose(order.id, contents, event);
    if (undecided) return undecided;
  }
  throw editInProgress();
}

/** Reserves the increases and decides, for whoever holds the lease. */
export async function decideEdit(saga: Saga, undecided: Undecided, withinMs: number): Promise<EditOutcome> {
  const { record, lease } = undecided;
  const { order, proposal } = record;
  if (!proposal) return { kind: "superseded" };
  if (order.status !== "confirmed" || order.version !== proposal.version) return voidEdit(saga, undecided, proposal);
  const { revision } = proposal;
  const { increases } = compareItems(orderedItems(order), proposal.items);
  const reservation = { orderId: lease.orderId, revision, items: increases, notAfter: lease.notAfter };
  const answer = await reserveWithin(saga, reservation, withinMs);
  if (answer.kind === "refused") return rejectEdit(saga, undecided, { proposal, problem: answer.problem });
  if (answer.kind !== "held") return answer;

  const { snapshots } = answer;
  const decision = attempt(() => acceptEdit(record, proposal, { snapshots, now: saga.clock.now() }));
  if (decision instanceof Problem) return rejectEdit(saga, undecided, { proposal, problem: decision });
  if (!(await saga.orders.decide(decision))) return voidEdit(saga, undecided, proposal);
  saga.onQueued();
  return { kind: "accepted", order: decision.order };
}

/** Gives an edit up that took longer than it may. */
export async function giveUpEdit(saga: Saga, { record }: Undecided): Promise<void> {
  if (record.proposal) await endProposal(saga, record, record.proposal);
}

/** The order is no longer the one that was to be edited. */
async function voidEdit(saga: Saga, { record }: Undecided, proposal: Proposal): Promise<EditOutcome> {
  await endProposal(saga, record, proposal);
  return { kind: "superseded" };
}

async function rejectEdit(
  saga: Saga,
  { record }: Undecided,
  { proposal, problem }: { proposal: Proposal; problem: Problem },
): Promise<EditOutcome> {
  const isOurs = await endProposal(saga, record, proposal);
  return isOurs ? { kind: "refused", problem } : { kind: "superseded" };
}

/** Ends the proposal and gives back what it holds; false if somebody else has ended it. */
async function endProposal(saga: Saga, record: OrderRecord, proposal: Proposal): Promise<boolean> {
  const isOurs = await saga.orders.rejectProposal(record.order.id, proposal.revision, releaseOf(record, proposal));
  if (isOurs) saga.onQueued();
  return isOurs;
}

/** Whoever lost the edit reads what became of it: another holder of the lease may have accepted it. */
function readAgain({ order, revision }: OrderRecord, proposed: OrderRecord): Order {
  const isAccepted =
    order.status === "confirmed" && order.version === proposed.order.version + 1 && revision === proposed.revision;
  if (isAccepted) return order;
  assertVersion(order, proposed.order.version);
  throw unavailable("The edit was given up before it was decided");
}

function editInProgress(): Problem {
  return new Problem("edit-in-progress", "Another edit of this order is being decided", {
    headers: { "retry-after": String(UNDECIDED_RETRY_AFTER_S) },
  });
}
