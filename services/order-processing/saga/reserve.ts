/** Step 2: taking the stock of an order or of an edit, all of it or none. */
import type { Schema } from "#contract";
import { Problem } from "#platform/problem.ts";
import type { OrderedItem, Snapshot } from "../order.ts";
import { type CommandSet, type StockResult, StockUnavailable, toCommands } from "../stock_port.ts";
import { backoffMs, type Saga } from "./saga.ts";

/** What became of a reservation. */
export type Answer =
  /** Everything is held. */
  | { readonly kind: "held"; readonly snapshots: readonly Snapshot[] }
  /** Something can't be had; the rest may be held until it is released. */
  | { readonly kind: "refused"; readonly problem: Problem }
  /** It was released before: somebody else has decided. */
  | { readonly kind: "superseded" }
  /** There is no answer, or none that decides. */
  | { readonly kind: "undecided"; readonly reason: string };

/** Of an order or of an edit. */
export type Reservation = Omit<CommandSet, "command">;

/** Step 2.i: one request for all items; 2.x: a lost reply leaves it undecided, and the same may be sent again. */
export async function reserveItems(saga: Saga, reservation: Reservation, timeoutMs: number): Promise<Answer> {
  if (reservation.items.length === 0) return { kind: "held", snapshots: [] };
  const commands = toCommands({ ...reservation, command: "reserve" });
  try {
    const results = await saga.stock.apply(commands, { timeoutMs });
    const answer = judgeReservation(commands, results);
    if (results.some(({ outcome }) => outcome === "mismatch")) {
      saga.log.error("A reservation is known with another quantity", { orderId: reservation.orderId });
    }
    return answer;
  } catch (error) {
    if (!(error instanceof StockUnavailable)) {
      saga.log.error("The inventory refuses a reservation", { orderId: reservation.orderId, error });
    }
    return { kind: "undecided", reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Sends the same again until there is an answer that decides, or the time is over. */
export async function reserveWithin(saga: Saga, reservation: Reservation, withinMs: number): Promise<Answer> {
  const { clock, limits, random } = saga;
  const endsAt = clock.elapsedMs() + withinMs;
  for (let attempt = 0; ; attempt++) {
    const leftMs = endsAt - clock.elapsedMs();
    const answer = await reserveItems(saga, reservation, Math.min(limits.stockTimeoutMs, leftMs));
    const waitMs = backoffMs(attempt, random);
    if (answer.kind !== "undecided" || clock.elapsedMs() + waitMs >= endsAt) return answer;
    await clock.sleep(waitMs);
  }
}

/** What the results say together. Every short product is listed, and every one that can't be bought. */
export function judgeReservation(items: readonly OrderedItem[], results: readonly StockResult[]): Answer {
  const answered = items.map((item, index) => ({ ...item, result: results[index] ?? { outcome: "expired" as const } }));
  const having = (...outcomes: StockResult["outcome"][]) =>
    answered.filter(({ result }) => outcomes.includes(result.outcome));

  if (having("gone").length > 0) return { kind: "superseded" };
  const [odd] = having("expired", "mismatch", "missing");
  if (odd) return { kind: "undecided", reason: `The inventory answered ${odd.result.outcome}` };
  const unavailable = having("not-sellable", "unknown-product");
  if (unavailable.length > 0) return { kind: "refused", problem: productUnavailable(unavailable) };
  const short = having("out-of-stock");
  if (short.length > 0) {
    const shortages = short.map(({ productId, quantity, result }) => {
      return { productId, requested: quantity, available: result.available ?? 0 };
    });
    return { kind: "refused", problem: outOfStock(shortages, items.length) };
  }
  const snapshots = answered.flatMap(({ result }) => (result.snapshot ? [result.snapshot] : []));
  if (snapshots.length === items.length) return { kind: "held", snapshots };
  return { kind: "undecided", reason: "The inventory answered without a snapshot" };
}

function outOfStock(items: Schema<"Shortage">[], count: number): Problem {
  return new Problem("out-of-stock", `Cannot take the stock of ${items.length} of ${count} products`, { items });
}

function productUnavailable(items: readonly OrderedItem[]): Problem {
  const productIds = items.map(({ productId }) => productId);
  return new Problem("product-unavailable", `Cannot sell ${items.length} of the products`, { productIds });
}
