/** The reconciler: compares what the orders say with what the inventory says, and mends what is certain. */

import type { Holder, HoldKey, Ledger, MissingCommand } from "../ledger_port.ts";
import { type Books, checkBooks, commandEnding, type Difference } from "../reconciliation.ts";
import type { StockAudit } from "../stock_port.ts";
import type { Outbox } from "../store/mod.ts";

/** What the reconciler works with. */
export interface Reconciler {
  readonly ledger: Ledger;
  readonly outbox: Pick<Outbox, "listDead">;
  readonly stock: StockAudit;
  /** Milliseconds after which an undecided order is reported. */
  readonly overdueMs: number;
  /** Says that there are new messages for the dispatcher of this process. */
  readonly onQueued: () => void;
}

/** What was found, and what was done about it. */
export interface Reconciliation {
  readonly differences: readonly Difference[];
  /** Commands that were missing and are queued now: the dispatcher sends them. The counts are never touched. */
  readonly repaired: readonly MissingCommand[];
}

type Leak = Extract<Difference, { kind: "hold" }>;

/** Of the inventory's operation. */
const PRODUCTS_PER_PAGE = 100;
const HOLDS_MAX = 1000;
/** Each statement is short, however many orders there are. */
const ORDERS_PER_PAGE = 5000;
/** More than these are not listed; the metrics count them. */
const LISTED_MAX = 100;

/** Compares everything once. While orders go on, a difference that may be on its way to be none is left to the next time. */
export async function reconcile(reconciler: Reconciler): Promise<Reconciliation> {
  const books = await readBooks(reconciler.stock);
  const inBooks = books.flatMap((one) => checkBooks(one, one.held.length < HOLDS_MAX));
  const leaks = await findLeaks(reconciler, books);
  const sold = await findSoldDifferences(reconciler, books);
  const stuck = await findStuck(reconciler);
  const repaired = await repair(reconciler, leaks);
  return { differences: [...inBooks, ...leaks, ...sold, ...stuck], repaired };
}

async function readBooks(stock: StockAudit): Promise<Books[]> {
  const books: Books[] = [];
  for (;;) {
    const page = await stock.audit({ afterProductId: books.at(-1)?.productId, limit: PRODUCTS_PER_PAGE });
    if (page.length === 0) return books;
    books.push(...page);
  }
}

/** I6, I7: holds of orders for which nobody is going to send anything. Asked twice: what ended in between was only late. */
async function findLeaks({ ledger, stock }: Reconciler, books: readonly Books[]): Promise<Leak[]> {
  const suspects = await judge(ledger, books);
  if (suspects.length === 0) return [];
  const again = await readAgain(stock, suspects);
  const still = new Set(again.flatMap(({ productId, held }) => held.map((hold) => keyOf({ ...hold, productId }))));
  return suspects.filter((suspect) => still.has(keyOf(suspect)));
}

async function judge(ledger: Ledger, books: readonly Books[]): Promise<Leak[]> {
  const holds = books.flatMap(({ productId, held }) => held.map((hold) => ({ ...hold, productId })));
  const leaks: Leak[] = [];
  for (let start = 0; start < holds.length; start += HOLDS_MAX) {
    const part = holds.slice(start, start + HOLDS_MAX);
    const known = await ledger.holders(part.map(({ orderId, revision }) => ({ orderId, revision })));
    const holders = new Map<string, Holder>(known.map((holder) => [holderKey(holder), holder]));
    for (const { orderId, revision, productId, quantity } of part) {
      const holder = holders.get(holderKey({ orderId, revision }));
      if (holder?.isUnsettled) continue;
      const command = holder && commandEnding(revision, holder);
      leaks.push({ kind: "hold", productId, orderId, revision, quantity, command });
    }
  }
  return leaks;
}

/**
 * I4, I6: sold units that are not those of sold orders. The inventory is read before and after the orders, and what is on its way in between: a
 * product counts if nothing changed it and nothing is about to.
 */
async function findSoldDifferences({ ledger, stock }: Reconciler, books: readonly Books[]): Promise<Difference[]> {
  const units = await addUp(ledger);
  const unsettled = await ledger.unsettledProducts();
  const suspects = books.filter(({ productId, sold }) => {
    return !unsettled.has(productId) && sold !== (units.get(productId) ?? 0);
  });
  const after = new Map((await readAgain(stock, suspects)).map((one) => [one.productId, one.sequence]));
  return suspects
    .filter(({ productId, sequence }) => after.get(productId) === sequence)
    .map(({ productId, sold }) => ({ kind: "sold", productId, expected: units.get(productId) ?? 0, found: sold }));
}

async function addUp(ledger: Ledger): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  for (let after: string | undefined; ; ) {
    const { units, lastOrderId } = await ledger.soldUnits(after, ORDERS_PER_PAGE);
    for (const [productId, count] of units) sums.set(productId, (sums.get(productId) ?? 0) + count);
    if (lastOrderId === undefined) return sums;
    after = lastOrderId;
  }
}

async function readAgain(stock: StockAudit, of: readonly { readonly productId: string }[]): Promise<Books[]> {
  const ids = [...new Set(of.map(({ productId }) => productId))];
  const books: Books[] = [];
  for (let start = 0; start < ids.length; start += PRODUCTS_PER_PAGE) {
    const productIds = ids.slice(start, start + PRODUCTS_PER_PAGE);
    books.push(...(await stock.audit({ productIds, limit: PRODUCTS_PER_PAGE })));
  }
  return books;
}

async function findStuck({ ledger, outbox, overdueMs }: Reconciler): Promise<Difference[]> {
  const overdue = await ledger.overdueOrders(overdueMs, LISTED_MAX);
  const dead = await outbox.listDead(LISTED_MAX);
  return [
    ...overdue.map((orderId) => ({ kind: "overdue" as const, orderId })),
    ...dead.map(({ orderId, sequence }) => ({ kind: "dead" as const, orderId, sequence })),
  ];
}

/** Only by what the dispatcher sends anyway: commands that do nothing if they were done. */
async function repair({ ledger, onQueued }: Reconciler, leaks: readonly Leak[]): Promise<MissingCommand[]> {
  const missing = leaks.flatMap(({ command, orderId, revision, productId, quantity }) => {
    return command ? [{ command, orderId, revision, productId, quantity }] : [];
  });
  if (missing.length === 0) return [];
  const queued = await ledger.requeue(missing);
  if (queued.size > 0) onQueued();
  return missing.filter(({ orderId }) => queued.has(orderId));
}

function holderKey({ orderId, revision }: HoldKey): string {
  return `${orderId}/${revision}`;
}

function keyOf({ productId, ...hold }: HoldKey & { readonly productId: string }): string {
  return `${productId}/${holderKey(hold)}`;
}
