/** What an order wants of the inventory, whoever keeps it. */
import type { Schema } from "#contract";
import type { OrderedItem } from "./order.ts";

export type StockCommand = Schema<"StockCommand">;
export type StockResult = Schema<"StockCommandResult">;

/** How long a caller waits. */
export interface StockCallOptions {
  /** Milliseconds, waiting for a turn included. */
  readonly timeoutMs: number;
}

/** The inventory: applies commands, each idempotent by order, revision and product, and refused after its `notAfter`. */
export interface StockPort {
  /**
   * Applies commands, in their order; a result each. One that fails does not stop the others.
   *
   * @throws {StockUnavailable} if no answer came: the commands may have been applied, or may be later, until their `notAfter`.
   * @throws {StockRefused} if they were refused as a whole: none was applied, and trying again will not help.
   */
  apply(commands: readonly StockCommand[], options: StockCallOptions): Promise<readonly StockResult[]>;
}

/** What the inventory says of the stock of a product. */
export type StockBooks = Schema<"StockBooks">;

/** Which products to audit: these, or a page of all of them by id. */
export interface AuditRange {
  readonly productIds?: readonly string[] | undefined;
  readonly afterProductId?: string | undefined;
  readonly limit: number;
}

/** The books of the inventory, to read. */
export interface StockAudit {
  /** @throws {StockUnavailable} if no answer came. @throws {StockRefused} if it is refused. */
  audit(range: AuditRange): Promise<readonly StockBooks[]>;
}

/** The inventory did not answer: what became of the commands is unknown. */
export class StockUnavailable extends Error {
  override readonly name = "StockUnavailable";
}

/** The inventory does not take these commands: a fault of this service or of its settings. */
export class StockRefused extends Error {
  override readonly name = "StockRefused";
}

/** Which commands are to be made. */
export interface CommandSet {
  readonly command: StockCommand["command"];
  readonly orderId: string;
  readonly revision: number;
  readonly items: readonly OrderedItem[];
  /** When they are no longer to be applied, by a database's clock. */
  readonly notAfter: string;
}

/** One command for each product, by product id: two orders of the same products never wait for each other in a ring. */
export function toCommands({ command, orderId, revision, items, notAfter }: CommandSet): StockCommand[] {
  const commands = items.map(({ productId, quantity }) => {
    return { command, orderId, revision, productId, quantity, notAfter };
  });
  return commands.sort((a, b) => (a.productId < b.productId ? -1 : 1));
}
