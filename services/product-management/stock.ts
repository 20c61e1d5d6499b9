/**
 * What stock commands and adjustments do to the counters of a product and to the entries of orders. Every engine's adapter reads what is there,
 * asks these functions, and writes what they answer, in one transaction.
 */
import type { Schema } from "#contract";
import { Problem } from "#platform/problem.ts";

export type StockCommand = Schema<"StockCommand">;
export type StockResult = Schema<"StockCommandResult">;
export type ProductSnapshot = Schema<"ProductSnapshot">;

/** The units of one product. Apart from the product, so that a sale never changes its version. */
export interface Inventory {
  readonly productId: string;
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
  /** One more with each change of the counts. */
  readonly sequence: number;
  /** Whether the product may be ordered: it is active, and not deleted. */
  readonly sellable: boolean;
  /** The product as it was when it was deleted: what a reservation made before is answered when it is sent again. */
  readonly retired?: ProductSnapshot;
}

/** What an order's command about a product left behind: it makes the same command sent again do nothing. */
export interface StockEntry {
  readonly orderId: string;
  readonly revision: number;
  readonly productId: string;
  readonly quantity: number;
  /** `released` is also written for a reservation that never came, so that it is refused when it does. */
  readonly state: "held" | "consumed" | "released" | "restocked";
  /** RFC 3339; the latest of the commands that changed it. */
  readonly notAfter: string;
}

/** What names an entry. */
export type EntryKey = Pick<StockEntry, "orderId" | "revision" | "productId">;

/** One text for a key; those of a product sort together. */
export function entryKey({ productId, orderId, revision }: EntryKey): string {
  return `${productId}/${orderId}/${revision}`;
}

/** What there is before commands are applied. */
export interface StockBooks {
  /** The database's clock, read after everything else was locked or fixed. */
  readonly now: Date;
  /** By product. */
  readonly inventories: ReadonlyMap<string, Inventory>;
  /** By {@link entryKey}. */
  readonly entries: ReadonlyMap<string, StockEntry>;
  /** The products that are not deleted, by id. */
  readonly snapshots: ReadonlyMap<string, ProductSnapshot>;
}

/** What is to be written, and what to answer. */
export interface StockChanges {
  /** One for each command, in the same order. */
  readonly results: readonly StockResult[];
  /** Those whose counts changed. */
  readonly inventories: readonly Inventory[];
  /** Those that are new or changed. */
  readonly entries: readonly StockEntry[];
  /** Those to drop. */
  readonly purged: readonly EntryKey[];
  /** Products that came into stock (`true`) or went out of it. */
  readonly inStock: ReadonlyMap<string, boolean>;
}

/** Applies commands one after the other; one that is refused does not stop the others. */
export function applyStockCommands(commands: readonly StockCommand[], books: StockBooks): StockChanges {
  const inventories = new Map<string, Inventory>();
  const entries = new Map<string, StockEntry | undefined>();
  const results = commands.map((command): StockResult => {
    const { productId } = command;
    const key = entryKey(command);
    const inventory = inventories.get(productId) ?? books.inventories.get(productId);
    const entry = entries.has(key) ? entries.get(key) : books.entries.get(key);
    const decision = decide(command, { now: books.now, inventory, entry });
    if (decision.inventory) inventories.set(productId, decision.inventory);
    if ("entry" in decision) entries.set(key, decision.entry);
    if (decision.outcome === "out-of-stock") return { outcome: decision.outcome, available: inventory?.available ?? 0 };
    if (command.command !== "reserve" || decision.outcome !== "done") return { outcome: decision.outcome };
    return { outcome: "done", snapshot: snapshotFor(productId, books) };
  });
  return { results, ...sortOut(entries, books), ...countUp(inventories, books) };
}

/** The state that one command meets. */
export interface StockSituation {
  readonly now: Date;
  readonly inventory: Inventory | undefined;
  readonly entry: StockEntry | undefined;
}

/** What one command does: the parts that are absent stay as they are, an entry that is undefined is dropped. */
export interface StockDecision {
  readonly outcome: StockResult["outcome"];
  readonly inventory?: Inventory;
  readonly entry?: StockEntry | undefined;
}

/** Decides one command. A late one does nothing, whatever it asks for. */
export function decide(command: StockCommand, situation: StockSituation): StockDecision {
  if (situation.now.getTime() > Date.parse(command.notAfter)) return { outcome: "expired" };
  return DECIDE[command.command](command, situation);
}

type Decide = (command: StockCommand, situation: StockSituation) => StockDecision;

const DECIDE: Record<StockCommand["command"], Decide> = {
  reserve(command, { inventory, entry }) {
    if (entry?.state === "released") return { outcome: "gone" };
    if (entry?.state === "restocked") return { outcome: "mismatch" };
    if (entry) return known(command, entry);
    if (!inventory || inventory.retired) return { outcome: "unknown-product" };
    if (!inventory.sellable) return { outcome: "not-sellable" };
    if (inventory.available < command.quantity) return { outcome: "out-of-stock" };
    return {
      outcome: "done",
      inventory: move(inventory, { from: "available", to: "reserved", quantity: command.quantity }),
      entry: entryOf(command, "held"),
    };
  },

  consume(command, { inventory, entry }) {
    if (!entry) return { outcome: "missing" };
    if (entry.state === "released") return { outcome: "gone" };
    if (entry.state === "consumed") return known(command, entry);
    if (!holds(entry, command)) return { outcome: "mismatch" };
    return {
      outcome: "done",
      inventory: move(held(inventory), { from: "reserved", to: "sold", quantity: entry.quantity }),
      entry: entryOf(command, "consumed", entry),
    };
  },

  release(command, { inventory, entry }) {
    if (!entry) return { outcome: "done", entry: entryOf(command, "released") };
    if (entry.state === "released") return { outcome: "done" };
    if (!holds(entry, command)) return { outcome: "mismatch" };
    return {
      outcome: "done",
      inventory: move(held(inventory), { from: "reserved", to: "available", quantity: entry.quantity }),
      entry: entryOf(command, "released", entry),
    };
  },

  restock(command, { inventory, entry }) {
    if (entry) return entry.state === "restocked" ? known(command, entry) : { outcome: "mismatch" };
    const restocked = entryOf(command, "restocked");
    // Nobody is left to count the units of a product that was deleted and forgotten.
    if (!inventory) return { outcome: "done", entry: restocked };
    if (inventory.sold < command.quantity) return { outcome: "missing" };
    const { quantity } = command;
    return {
      outcome: "done",
      inventory: move(inventory, { from: "sold", to: "available", quantity }),
      entry: restocked,
    };
  },

  purge(_command, { entry }) {
    // The units that an entry holds would be reserved for ever.
    if (entry?.state === "held") return { outcome: "mismatch" };
    return entry ? { outcome: "done", entry: undefined } : { outcome: "done" };
  },
};

/** The counts after an adjustment. @throws {Problem} `insufficient-stock` if fewer are available than it removes. */
export function adjust(inventory: Inventory, delta: number): Inventory {
  const available = inventory.available + delta;
  if (available >= 0) return { ...inventory, available, sequence: inventory.sequence + 1 };
  throw new Problem("insufficient-stock", `Cannot remove ${-delta} units: ${inventory.available} are available`, {
    available: inventory.available,
  });
}

/** The same command was done before, or another one with the same key. */
function known({ quantity }: StockCommand, entry: StockEntry): StockDecision {
  return { outcome: entry.quantity === quantity ? "done" : "mismatch" };
}

function holds(entry: StockEntry, { quantity }: StockCommand): boolean {
  return entry.state === "held" && entry.quantity === quantity;
}

interface Move {
  from: "available" | "reserved" | "sold";
  to: "available" | "reserved" | "sold";
  quantity: number;
}

function move(inventory: Inventory, { from, to, quantity }: Move): Inventory {
  const sequence = inventory.sequence + 1;
  return { ...inventory, sequence, [from]: inventory[from] - quantity, [to]: inventory[to] + quantity };
}

function entryOf(command: StockCommand, state: StockEntry["state"], before?: StockEntry): StockEntry {
  const { orderId, revision, productId, quantity } = command;
  const isEarlier = before !== undefined && Date.parse(command.notAfter) < Date.parse(before.notAfter);
  return { orderId, revision, productId, quantity, state, notAfter: isEarlier ? before.notAfter : command.notAfter };
}

/** An inventory is kept as long as there are entries. */
function held(inventory: Inventory | undefined): Inventory {
  if (inventory) return inventory;
  throw new Error("An entry holds units of a product without inventory");
}

function snapshotFor(productId: string, { snapshots, inventories }: StockBooks): ProductSnapshot {
  const snapshot = snapshots.get(productId) ?? inventories.get(productId)?.retired;
  if (snapshot) return snapshot;
  throw new Error("A reservation is held for a product without snapshot");
}

function sortOut(
  changed: ReadonlyMap<string, StockEntry | undefined>,
  books: StockBooks,
): Pick<StockChanges, "entries" | "purged"> {
  const entries: StockEntry[] = [];
  const purged: EntryKey[] = [];
  for (const [key, entry] of changed) {
    const before = books.entries.get(key);
    if (entry) entries.push(entry);
    else if (before) purged.push(before);
  }
  return { entries, purged };
}

function countUp(
  changed: ReadonlyMap<string, Inventory>,
  books: StockBooks,
): Pick<StockChanges, "inventories" | "inStock"> {
  const inStock = new Map<string, boolean>();
  for (const [productId, { available }] of changed) {
    const wasInStock = (books.inventories.get(productId)?.available ?? 0) > 0;
    if (wasInStock !== available > 0) inStock.set(productId, available > 0);
  }
  return { inventories: [...changed.values()], inStock };
}
