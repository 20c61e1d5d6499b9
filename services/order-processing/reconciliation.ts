/** What must be true of orders and stock together, pure: differences between the two books, and what may be done about them. */
import type { FollowingCommand } from "./decision.ts";
import { PLACING_REVISION } from "./decision.ts";
import type { OrderStatus } from "./order.ts";

/** Units that the inventory keeps for an order. */
export interface Hold {
  readonly orderId: string;
  readonly revision: number;
  readonly quantity: number;
}

/** A product's stock, as the inventory has it. */
export interface Books {
  readonly productId: string;
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
  readonly sequence: number;
  readonly adjusted: number;
  readonly held: readonly Hold[];
}

/** Something that must not be, with the ids to look for. */
export type Difference =
  /** Units were made or lost: available + reserved + sold is not what it began with and was adjusted by. */
  | { readonly kind: "counts"; readonly productId: string; readonly expected: number; readonly found: number }
  /** The reserved units are not those that are held for orders. */
  | { readonly kind: "reserved"; readonly productId: string; readonly expected: number; readonly found: number }
  /** The sold units are not those of confirmed and fulfilled orders. */
  | { readonly kind: "sold"; readonly productId: string; readonly expected: number; readonly found: number }
  /** Units are held for an order that is decided, and nobody is going to say so. With what mends it, if that is certain. */
  | ({
      readonly kind: "hold";
      readonly productId: string;
      readonly command: FollowingCommand | undefined;
    } & Hold)
  /** Undecided for much longer than it may be. */
  | { readonly kind: "overdue"; readonly orderId: string }
  /** A message was given up: an operator has to redrive it. */
  | { readonly kind: "dead"; readonly orderId: string; readonly sequence: number };

export type DifferenceKind = Difference["kind"];
export const DIFFERENCE_KINDS: readonly DifferenceKind[] = ["counts", "reserved", "sold", "hold", "overdue", "dead"];

/** What is known of a decided order that units are held for. */
export interface DecidedHolder {
  readonly status: OrderStatus;
  readonly wasConfirmed: boolean;
  /** What was told the inventory under the revision of the hold, if that is still known. */
  readonly told: FollowingCommand | undefined;
}

/**
 * What is wrong with the books of one product by themselves; they are as of one moment, so nothing excuses it.
 *
 * @param isComplete Whether `held` has all there is.
 */
export function checkBooks(books: Books, isComplete: boolean): Difference[] {
  const { productId, available, reserved, sold, adjusted } = books;
  const differences: Difference[] = [];
  const total = available + reserved + sold;
  if (total !== adjusted) differences.push({ kind: "counts", productId, expected: adjusted, found: total });
  const held = books.held.reduce((sum, { quantity }) => sum + quantity, 0);
  if (isComplete && held !== reserved) {
    differences.push({ kind: "reserved", productId, expected: held, found: reserved });
  }
  return differences;
}

/**
 * The command that ends a hold for certain; undefined if it is not certain what was decided.
 *
 * A repetition of what was told is always right. Else only the placing tells what became of it: which edits were accepted is not kept, and for an
 * order that was cancelled after it was confirmed, units may have been given back that were never sold.
 */
export function commandEnding(revision: number, holder: DecidedHolder): FollowingCommand | undefined {
  const { status, wasConfirmed, told } = holder;
  if (told) return told;
  if (revision !== PLACING_REVISION) return undefined;
  if (status === "confirmed" || status === "fulfilled") return "consume";
  return wasConfirmed ? undefined : "release";
}
