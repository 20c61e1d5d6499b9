/** Placing an order: the steps of `POST /orders`, as saga.md numbers them. */
import { replyOf, type StoredReply } from "#platform/idempotency.ts";
import { Problem } from "#platform/problem.ts";
import { cancel, confirm, PLACING_REVISION, reject } from "../decision.ts";
import { type Order, type OrderDraft, orderedItems } from "../order.ts";
import type { Claim, Claimed, Lease, Undecided } from "../store/mod.ts";
import { type Answer, reserveWithin } from "./reserve.ts";
import { orderCancelled, problemReply, refusalOf, type Saga } from "./saga.ts";

/** What the request is answered; what decides against the order is thrown. */
export type Placed =
  | { readonly kind: "confirmed"; readonly order: Order }
  /** It is decided in the background. */
  | { readonly kind: "pending"; readonly order: Order }
  /** The stored reply of the same request. */
  | { readonly kind: "replayed"; readonly reply: StoredReply };

/** How far the placing of an order came. */
export type PlacingOutcome =
  | { readonly kind: "confirmed"; readonly order: Order }
  | { readonly kind: "refused"; readonly problem: Problem }
  /** The lease was stolen or the order was cancelled: somebody else decides, or has. */
  | { readonly kind: "superseded" }
  | { readonly kind: "undecided"; readonly reason: string };

/**
 * Places an order, or goes on where an earlier request with the same key stopped.
 *
 * @throws {Problem} What decided against the order; `idempotency-key-reused`; `request-in-progress` while the earlier request is running.
 */
export async function placeOrder(saga: Saga, draft: OrderDraft, claim: Claim | undefined): Promise<Placed> {
  const undecided = await saga.orders.place(draft, claim); // step 1
  if (undecided) return decideInTime(saga, undecided, claim);
  if (claim) return answerAgain(saga, claim);
  throw new Error("An order without a key was not recorded");
}

/** The key is known: its reply, or its order if nobody is deciding it. */
async function answerAgain(saga: Saga, claim: Claim): Promise<Placed> {
  const find = () => saga.orders.findClaim(claim.scope, claim.key);
  const known = await find();
  const isOpen = known?.record.reply === null && known.record.fingerprint === claim.fingerprint;
  if (!known || !isOpen) return replay(claim, known);
  const undecided = await saga.orders.takeOver(known.orderId);
  if (undecided) return decideInTime(saga, undecided, claim);
  return replay(claim, await find()); // decided since, or in another's hands
}

/** @throws {Problem} The stored one, `idempotency-key-reused` or `request-in-progress`. */
function replay({ scope, key, fingerprint }: Claim, known: Claimed | undefined): Placed {
  // A record that went between two looks is one that a further request will not find.
  const record = known?.record ?? { scope, key, fingerprint, reply: null };
  return { kind: "replayed", reply: replyOf(record, fingerprint) };
}

/** Steps 2 to 4a within the time that a request has; then the worker goes on. */
async function decideInTime(saga: Saga, undecided: Undecided, claim: Claim | undefined): Promise<Placed> {
  const outcome = await decidePlacing(saga, undecided, saga.limits.decideWithinMs);
  switch (outcome.kind) {
    case "confirmed":
      return outcome;
    case "refused":
      throw outcome.problem;
    case "superseded":
      return readAgain(saga, undecided.record.order, claim);
    case "undecided":
      await handOver(saga, undecided.lease);
      return { kind: "pending", order: undecided.record.order };
  }
}

/** Steps 2 to 4a for whoever holds the lease. */
export async function decidePlacing(saga: Saga, undecided: Undecided, withinMs: number): Promise<PlacingOutcome> {
  const { record, lease } = undecided;
  const { orderId, notAfter } = lease;
  const items = orderedItems(record.order);
  const answer = await reserveWithin(saga, { orderId, revision: PLACING_REVISION, items, notAfter }, withinMs); // step 2
  if (answer.kind === "held") return confirmOrder(saga, undecided, answer);
  if (answer.kind === "refused") return rejectOrder(saga, undecided, answer.problem);
  return answer;
}

/** Step 3. */
async function confirmOrder(
  saga: Saga,
  undecided: Undecided,
  { snapshots }: Extract<Answer, { kind: "held" }>,
): Promise<PlacingOutcome> {
  const { record, lease } = undecided;
  const decision = attempt(() => confirm(record, snapshots, { fence: lease.fence, now: saga.clock.now() }));
  if (decision instanceof Problem) return rejectOrder(saga, undecided, decision);
  const { order } = decision;
  if (!(await saga.orders.decide(decision, { reply: saga.placedReply(order) }))) return { kind: "superseded" };
  saga.onQueued();
  return { kind: "confirmed", order };
}

/** Step 4a. */
async function rejectOrder(saga: Saga, { record, lease }: Undecided, problem: Problem): Promise<PlacingOutcome> {
  const decision = reject(record, { fence: lease.fence, now: saga.clock.now() });
  const options = { reply: problemReply(problem), refusal: refusalOf(problem) };
  if (!(await saga.orders.decide(decision, options))) return { kind: "superseded" };
  saga.onQueued();
  return { kind: "refused", problem };
}

/** Step 4c: a pending order that took longer than it may. */
export async function giveUpPlacing(saga: Saga, { record }: Undecided): Promise<void> {
  if (await saga.orders.decide(cancel(record, saga.clock.now()), { reply: problemReply(orderCancelled()) })) {
    saga.onQueued();
  }
}

/** Whoever lost the order reads what became of it. */
async function readAgain(saga: Saga, { id }: Order, claim: Claim | undefined): Promise<Placed> {
  const known = claim && (await saga.orders.findClaim(claim.scope, claim.key));
  if (claim && known?.record.reply) return replay(claim, known);
  const order = (await saga.orders.find(id))?.order;
  if (order?.status === "pending") return { kind: "pending", order };
  if (order?.status === "confirmed" || order?.status === "fulfilled") return { kind: "confirmed", order };
  const refusal = await saga.orders.findRefusal(id);
  if (refusal) throw Problem.restore(refusal.code, { ...refusal, headers: {} });
  throw orderCancelled();
}

/** Lets the worker go on at once; if that can't be written, the lease ends by itself. */
export async function handOver(saga: Saga, lease: Lease): Promise<void> {
  try {
    await saga.orders.postpone(lease, 0);
    saga.onUndecided();
  } catch (error) {
    saga.log.warn("An order could not be handed over to the worker", { orderId: lease.orderId, error });
  }
}

/** The result of a rule, or the problem it has with its input. */
export function attempt<T>(rule: () => T): T | Problem {
  try {
    return rule();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
