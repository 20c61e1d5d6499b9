/** What both databases say in the end, as far as a history reaches. */
import type { OrderedItem, OrderStatus } from "../history/entry.ts";

export interface StoredProduct {
  readonly productId: string;
  readonly version: number;
  readonly value: string;
}

export interface StoredInventory {
  readonly productId: string;
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
  readonly sequence: number;
  /** Its product was deleted. */
  readonly isRetired: boolean;
}

export interface StoredAdjustment {
  readonly adjustmentId: string;
  readonly productId: string;
  /** That of the inventory right after it. */
  readonly sequence: number;
  readonly delta: number;
}

export interface StoredEntry {
  readonly orderId: string;
  readonly revision: number;
  readonly productId: string;
  readonly quantity: number;
  readonly state: "held" | "consumed" | "released" | "restocked";
}

export interface StoredOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: OrderStatus;
  readonly version: number;
  readonly items: readonly OrderedItem[];
  /** From the first status to the last. */
  readonly statuses: readonly OrderStatus[];
  readonly isHidden: boolean;
  /** Its placing or an edit of it waits for a decision. */
  readonly isUndecided: boolean;
  /** It is so old that its entries may be gone. */
  readonly mayBePurged: boolean;
}

/** What an idempotency key of orders stands for. */
export interface StoredKey {
  readonly scope: string;
  readonly key: string;
  readonly orderId: string;
  readonly status: number | undefined;
  /** The body; undefined until it is decided. */
  readonly reply: string | undefined;
}

/** A message that was not told yet. */
export interface StoredMessage {
  readonly orderId: string;
  readonly sequence: number;
  /** Such as `consume`, or the type of an event. */
  readonly what: string;
  readonly isDead: boolean;
  readonly lastError: string | undefined;
}

/** An event that was queued, ever. */
export interface StoredEvent {
  readonly eventId: string;
  readonly orderId: string;
  readonly type: string;
  /** Of the order as the event has it. */
  readonly version: number;
}

export interface State {
  /** Email addresses; undefined if nobody looked. */
  readonly accounts?: readonly string[] | undefined;
  readonly products: readonly StoredProduct[];
  readonly inventories: readonly StoredInventory[];
  readonly adjustments: readonly StoredAdjustment[];
  readonly entries: readonly StoredEntry[];
  readonly orders: readonly StoredOrder[];
  readonly keys: readonly StoredKey[];
  /** Undone ones only. */
  readonly outbox: readonly StoredMessage[];
  readonly events: readonly StoredEvent[];
  /** The ids of the events that the broker has, in its order; undefined if there is no broker. */
  readonly delivered?: readonly string[];
}
