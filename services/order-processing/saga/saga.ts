/** What every step of the saga is given: stores, inventory, time and chance. Nothing is hidden, so a test can hold each. */
import type { StoredReply } from "#platform/idempotency.ts";
import { Problem } from "#platform/problem.ts";
import type { Order } from "../order.ts";
import type { StockPort } from "../stock_port.ts";
import type { OrderStore, Refusal } from "../store/mod.ts";

/** Time, as a process sees it. What replicas must agree on is told by the database instead. */
export interface Clock {
  /** For what people read. */
  now(): Date;
  /** Milliseconds since whenever; never goes back. */
  elapsedMs(): number;
  sleep(ms: number): Promise<void>;
}

/** How long a request waits for a decision. Milliseconds. */
export interface SagaLimits {
  /** After this an order is answered as pending, and an edit as unavailable. */
  readonly decideWithinMs: number;
  /** For one request to the inventory. */
  readonly stockTimeoutMs: number;
}

/** Where the saga tells what an operator should know. */
export interface SagaLog {
  warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** Something that must not be: a person has to look. */
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

export interface Saga {
  readonly orders: OrderStore;
  readonly stock: StockPort;
  readonly clock: Clock;
  /** Makes a UUIDv7. */
  readonly newId: () => string;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly limits: SagaLimits;
  readonly log: SagaLog;
  /** The reply to the request that placed an order, once it is confirmed. */
  readonly placedReply: (order: Order) => StoredReply;
  /** Says that there are new messages for the dispatcher of this process. */
  readonly onQueued: () => void;
  /** Says that there is something undecided for the worker of this process. */
  readonly onUndecided: () => void;
}

/** The wall clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  elapsedMs: () => performance.now(),
  sleep: (ms) => Bun.sleep(ms),
};

/** What is stored of a problem, to be answered again. */
export function problemReply(problem: Problem): StoredReply {
  return { status: problem.status, headers: problem.headers, body: problem.toBody("") };
}

/** What an order keeps of the problem that it was decided against for. */
export function refusalOf({ code, detail, extras }: Problem): Refusal {
  return { code, detail, extras: { ...extras } };
}

export function orderCancelled(): Problem {
  return new Problem("order-cancelled", "The order was cancelled before it was confirmed");
}

const BACKOFF_BASE_MS = 100;
const BACKOFF_MAX_MS = 5000;

/** Milliseconds to wait after so many attempts: doubled each time up to a cap, and spread over half of it. */
export function backoffMs(attempts: number, random: () => number): number {
  return Math.min(BACKOFF_BASE_MS * 2 ** Math.min(attempts, 30), BACKOFF_MAX_MS) * (0.5 + random() / 2);
}
