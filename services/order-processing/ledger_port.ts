/** What the reconciler and the metrics ask of the orders' database. */
import type { FollowingCommand } from "./decision.ts";
import type { OrderStatus } from "./order.ts";

/** Units that an order holds, by order and revision. */
export interface HoldKey {
  readonly orderId: string;
  readonly revision: number;
}

/** What is known of an order that units are held for. */
export interface Holder extends HoldKey {
  readonly status: OrderStatus;
  readonly wasConfirmed: boolean;
  /** Whether somebody is about to decide, or to tell what was decided: then nothing is wrong yet. */
  readonly isUnsettled: boolean;
  /** What was told the inventory under this revision, if that is still known. */
  readonly told: FollowingCommand | undefined;
}

/** A command that is missing. */
export interface MissingCommand extends HoldKey {
  readonly productId: string;
  readonly quantity: number;
  readonly command: FollowingCommand;
}

/** Units of sold orders in a part of all orders. */
export interface SoldUnits {
  /** By product. */
  readonly units: ReadonlyMap<string, number>;
  /** The order to go on after; undefined if there was none left. */
  readonly lastOrderId: string | undefined;
}

/** How the saga is doing. */
export interface SagaFigures {
  readonly undecidedOrders: number;
  readonly oldestUndecidedSeconds: number;
  readonly undoneStockMessages: number;
  readonly undoneEvents: number;
  readonly oldestUndoneSeconds: number;
  readonly deadMessages: number;
}

/** Orders, as an auditor sees them. */
export interface Ledger {
  /** Whether it is this process's turn to reconcile: one of all replicas in each interval. */
  takeTurn(intervalMs: number): Promise<boolean>;
  /** Adds up confirmed and fulfilled orders, hidden ones too, by their ids after this one. */
  soldUnits(afterOrderId: string | undefined, limit: number): Promise<SoldUnits>;
  /** The products about whose stock something is undecided, or decided and not told. */
  unsettledProducts(): Promise<ReadonlySet<string>>;
  /** What is known of these; an order that there is not is left out. */
  holders(keys: readonly HoldKey[]): Promise<Holder[]>;
  /** Queues commands that are missing, unless the order is unsettled by now. @returns the orders it was done for. */
  requeue(commands: readonly MissingCommand[]): Promise<ReadonlySet<string>>;
  /** Orders that have been undecided for longer than this, the oldest first. */
  overdueOrders(olderThanMs: number, limit: number): Promise<string[]>;
  figures(): Promise<SagaFigures>;
}
