/** An inventory for tests: real counters and entries in memory, and a script for what goes wrong on the way to it and back. */

import type { Snapshot } from "../order.ts";
import {
  type AuditRange,
  type StockAudit,
  type StockBooks,
  type StockCallOptions,
  type StockCommand,
  type StockPort,
  type StockResult,
  StockUnavailable,
} from "../stock_port.ts";

type EntryState = "held" | "consumed" | "released" | "restocked";

/** A product and its units. */
export interface ScriptedProduct {
  readonly snapshot: Snapshot;
  available: number;
  reserved: number;
  sold: number;
  sellable: boolean;
  /** What it began with. */
  readonly initial: number;
  /** One more with each change. */
  sequence: number;
}

/** What happens to one request. */
export type Fate =
  | "arrives"
  /** Nothing is applied. */
  | "lost"
  /** Everything is applied, and nobody hears of it. */
  | "reply lost";

export class ScriptedStock implements StockPort, StockAudit {
  readonly products = new Map<string, ScriptedProduct>();
  readonly entries = new Map<string, { state: EntryState; quantity: number }>();
  /** Every request that was sent, in order. */
  readonly requests: StockCommand[][] = [];
  /** The fates of the next requests; after them all arrive. */
  script: Fate[] = [];
  /** Milliseconds since 1970, as the inventory's database has them. */
  now = (): number => Date.now();

  /** Adds a product. @returns its id. */
  add(available: number, { amount = 100, currency = "USD", sellable = true } = {}): string {
    const productId = Bun.randomUUIDv7();
    const snapshot = {
      productId,
      sku: `SKU-${this.products.size}`,
      name: "Something",
      unitPrice: { amount, currency },
    };
    this.products.set(productId, {
      snapshot,
      available,
      reserved: 0,
      sold: 0,
      sellable,
      initial: available,
      sequence: 1,
    });
    return productId;
  }

  /** The counts of a product. */
  counts(productId: string): { available: number; reserved: number; sold: number } {
    const { available, reserved, sold } = this.#product(productId);
    return { available, reserved, sold };
  }

  /** The states of an order's entries, by `revision/product`. */
  entriesOf(orderId: string): Record<string, EntryState> {
    const own = [...this.entries].filter(([key]) => key.startsWith(`${orderId}/`));
    return Object.fromEntries(own.map(([key, { state }]) => [key.slice(orderId.length + 1), state]));
  }

  async audit({ productIds, afterProductId = "", limit }: AuditRange): Promise<StockBooks[]> {
    await Bun.sleep(0); // a request takes its turn
    const ids = [...this.products.keys()].sort().filter((id) => id > afterProductId);
    const asked = ids.filter((id) => productIds?.includes(id) ?? true).slice(0, limit);
    return asked.map((productId) => {
      const { available, reserved, sold, initial: adjusted, sequence } = this.#product(productId);
      return { productId, available, reserved, sold, sequence, adjusted, held: this.#holdsOf(productId) };
    });
  }

  #holdsOf(productId: string): StockBooks["held"] {
    return [...this.entries].flatMap(([key, { state, quantity }]) => {
      const [orderId = "", revision, product] = key.split("/");
      const isHold = state === "held" && product === productId;
      return isHold ? [{ orderId, revision: Number(revision), quantity, notAfter: new Date().toISOString() }] : [];
    });
  }

  async apply(commands: readonly StockCommand[], _options: StockCallOptions): Promise<readonly StockResult[]> {
    const fate = this.script.shift() ?? "arrives";
    this.requests.push([...commands]);
    await Bun.sleep(0); // a request takes its turn
    if (fate === "lost") throw new StockUnavailable("The request was lost");
    const results = commands.map((command) => this.#apply(command));
    if (fate === "reply lost") throw new StockUnavailable("The reply was lost");
    return results;
  }

  #apply(command: StockCommand): StockResult {
    const { orderId, revision, productId, quantity } = command;
    if (this.now() > Date.parse(command.notAfter)) return { outcome: "expired" };
    const key = `${orderId}/${revision}/${productId}`;
    const entry = this.entries.get(key);
    const keep = (state: EntryState): StockResult => {
      this.entries.set(key, { state, quantity });
      return { outcome: "done" };
    };
    if (entry && entry.quantity !== quantity) return { outcome: "mismatch" };
    switch (command.command) {
      case "reserve": {
        const product = this.products.get(productId);
        if (entry?.state === "released") return { outcome: "gone" };
        if (!product) return { outcome: "unknown-product" };
        const { snapshot } = product;
        if (entry) return { outcome: "done", snapshot };
        if (!product.sellable) return { outcome: "not-sellable" };
        if (product.available < quantity) return { outcome: "out-of-stock", available: product.available };
        this.#move(product, { available: -quantity, reserved: quantity });
        return { ...keep("held"), snapshot };
      }
      case "consume":
        if (entry?.state === "consumed") return { outcome: "done" };
        if (entry?.state !== "held") return { outcome: "missing" };
        this.#move(this.#product(productId), { reserved: -quantity, sold: quantity });
        return keep("consumed");
      case "release":
        if (entry?.state === "consumed") return { outcome: "mismatch" };
        if (entry?.state === "held") this.#move(this.#product(productId), { reserved: -quantity, available: quantity });
        return keep("released");
      case "restock":
        if (entry) return { outcome: entry.state === "restocked" ? "done" : "mismatch" };
        this.#move(this.#product(productId), { sold: -quantity, available: quantity });
        return keep("restocked");
      case "purge":
        if (entry?.state === "held") return { outcome: "mismatch" };
        this.entries.delete(key);
        return { outcome: "done" };
    }
  }

  /** @throws if a count would fall below 0. */
  #move(product: ScriptedProduct, change: { available?: number; reserved?: number; sold?: number }): void {
    product.available += change.available ?? 0;
    product.reserved += change.reserved ?? 0;
    product.sold += change.sold ?? 0;
    product.sequence++;
    if (Math.min(product.available, product.reserved, product.sold) < 0) throw new Error("A count fell below 0");
  }

  #product(productId: string): ScriptedProduct {
    const product = this.products.get(productId);
    if (product) return product;
    throw new Error(`There is no product "${productId}"`);
  }
}
