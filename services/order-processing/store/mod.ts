/** What order-processing needs of a database. */
import type { ProblemCode } from "#contract";
import type { AuditEvent, AuditStore } from "#platform/audit.ts";
import type { IdempotencyRecord, StoredReply } from "#platform/idempotency.ts";
import type { Decision, FollowingCommand, OutboxMessage } from "../decision.ts";
import type { OrderEvent } from "../event.ts";
import type { Order, OrderDraft, OrderedItem, OrderRecord, OrderStatus, Proposal } from "../order.ts";

/** How long things may take; every time is told by the database's clock. Milliseconds. */
export interface StoreTimes {
  /** How long an order belongs to the one who decides it. */
  readonly leaseMs: number;
  /** How long a stock command may be under way before it is refused as too late. */
  readonly commandLifeMs: number;
  /** How long an order may be pending before it is given up. */
  readonly pendingLimitMs: number;
  /** How long an edit may be undecided before it is given up. */
  readonly editLimitMs: number;
  /** How long after the last `notAfter` of an order its stock entries are kept. */
  readonly purgeDelayMs: number;
}

/** Why an order was refused. */
export interface Refusal {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly extras: Readonly<Record<string, unknown>>;
}

/** An idempotency key that is claimed together with the order. */
export type Claim = Omit<IdempotencyRecord, "reply">;

/** The right to decide about an order, until it ends or somebody else takes it. */
export interface Lease {
  readonly orderId: string;
  /** Grows with each holder: a decision under an older one is void. */
  readonly fence: number;
  /** For the stock commands sent under this lease; recorded before they are sent. */
  readonly notAfter: string;
}

/** An order whose placing or whose proposal is to be decided by the holder of the lease. */
export interface Undecided {
  readonly record: OrderRecord;
  readonly lease: Lease;
  /** Whether it has taken longer than it may, and is to be given up. */
  readonly overdue: boolean;
  /** How often it was tried in the background. */
  readonly attempts: number;
}

/** What a key is known for. */
export interface Claimed {
  readonly record: IdempotencyRecord;
  readonly orderId: string;
}

/** What is written with a decision. */
export interface DecisionOptions {
  /** The reply to the request that placed the order, for its idempotency key. */
  readonly reply?: StoredReply;
  /** Why it was decided against the order. */
  readonly refusal?: Refusal;
  /** What the trail is told. */
  readonly event?: AuditEvent | undefined;
}

/** Which orders a list has, newest first. */
export interface OrderFilter {
  readonly customerId: string | undefined;
  readonly status: OrderStatus | undefined;
  /** The list goes on after this order. */
  readonly afterId: string | undefined;
  readonly limit: number;
}

/** Orders, and the rights to decide about them. */
export interface OrderStore {
  /** An order, unless it is out of view. */
  find(id: string): Promise<OrderRecord | undefined>;
  /** Why an order was refused, if it was. */
  findRefusal(id: string): Promise<Refusal | undefined>;
  list(filter: OrderFilter): Promise<Order[]>;

  /** Step 1: records a pending order together with its key, and leases it. Undefined if the key is taken: nothing is recorded. */
  place(draft: OrderDraft, claim: Claim | undefined): Promise<Undecided | undefined>;
  /** What a key is known for, unless that is too long ago. */
  findClaim(scope: string, key: string): Promise<Claimed | undefined>;
  /** Leases a pending order whose lease has ended. Undefined if there is nothing to take over. */
  takeOver(orderId: string): Promise<Undecided | undefined>;
  /**
   * Records an edit of a confirmed order under the next revision, and leases the order. Undefined if the order has another version or status,
   * or a live proposal. The event is written with it.
   */
  propose(orderId: string, edit: Omit<Proposal, "revision">, event?: AuditEvent): Promise<Undecided | undefined>;
  /** Leases orders whose lease has ended, those first that have waited longest. */
  leaseUndecided(limit: number): Promise<Undecided[]>;
  /** Ends the lease that is held, so that the order may be taken over after the delay. */
  postpone(lease: Lease, delayMs: number): Promise<void>;

  /** Steps 3 and 4: writes a decision, its outbox rows and its reply at once. False if its guard no longer holds: nothing is written. */
  decide(decision: Decision, options?: DecisionOptions): Promise<boolean>;
  /** Ends a proposal without touching the order, and queues what gives its stock back. False if it has ended already. */
  rejectProposal(orderId: string, revision: number, outbox: readonly OutboxMessage[]): Promise<boolean>;

  /** Who did what to orders that were placed before. */
  readonly trail: AuditStore;

  /** Forgets keys that are too old. @returns how many. */
  forgetKeys(limit: number): Promise<number>;
}

/** A row of the outbox, leased to be sent. */
export interface OutboxRow {
  readonly sequence: number;
  readonly orderId: string;
  readonly fence: number;
  /** For the commands of this sending; recorded before they are sent. */
  readonly notAfter: string;
  /** How often it was sent before. */
  readonly attempts: number;
  /** How often it was answered with a refusal. */
  readonly refusals: number;
}
export interface StockRow extends OutboxRow {
  readonly command: FollowingCommand;
  readonly revision: number;
  readonly items: readonly OrderedItem[];
}
export interface EventRow extends OutboxRow {
  readonly event: OrderEvent;
}

/** Why a row is not done. */
export interface OutboxFailure {
  readonly row: OutboxRow;
  readonly error: string;
  /** Whether it was refused, rather than not answered. */
  readonly refused: boolean;
  /** Milliseconds until it is sent again; undefined if that is left to an operator. */
  readonly retryInMs: number | undefined;
}

/** A row that is no longer sent. */
export interface DeadRow {
  readonly sequence: number;
  readonly orderId: string;
  /** Such as `consume`, or the type of an event. */
  readonly what: string;
  readonly attempts: number;
  readonly lastError: string;
  readonly deadAt: Date;
}

/** The stock entries of an order that nothing can ask for any more. */
export interface PurgeJob {
  readonly orderId: string;
  readonly notAfter: string;
  readonly entries: readonly { readonly revision: number; readonly items: readonly OrderedItem[] }[];
  /** The rows that end with them. */
  readonly sequences: readonly number[];
}

/** Messages that committed with their causes: first in, first out for each order and channel. */
export interface Outbox {
  /** Step 5: leases the oldest undone stock row of each order that is due. */
  leaseStock(limit: number): Promise<StockRow[]>;
  /** The same for events. */
  leaseEvents(limit: number): Promise<EventRow[]>;
  /** Step 6: marks rows done, unless somebody else has leased them since. */
  markDone(rows: readonly OutboxRow[]): Promise<void>;
  /** Keeps rows that could not be sent for the next time, or for an operator. */
  markFailed(failures: readonly OutboxFailure[]): Promise<void>;

  /** Rows that were given up, the oldest first. */
  listDead(limit: number): Promise<DeadRow[]>;
  /** Lets every dead row be sent again. @returns those rows. */
  redrive(): Promise<DeadRow[]>;

  /** Step 7: leases orders whose rows are all done and whose commands have all run out. */
  leasePurge(limit: number): Promise<PurgeJob[]>;
  /** Removes the rows of orders that were purged. */
  finishPurge(jobs: readonly PurgeJob[]): Promise<void>;
  /** Ends events that nobody listens to. @returns how many. */
  discardEvents(limit: number): Promise<number>;
  /** Removes events that are done. @returns how many. */
  forgetEvents(limit: number): Promise<number>;
}
