import { expect, test } from "bun:test";

import {
  adjust,
  applyStockCommands,
  decide,
  entryKey,
  type Inventory,
  type StockBooks,
  type StockCommand,
  type StockEntry,
} from "./stock.ts";

const PRODUCT = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601";
const OTHER_PRODUCT = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be602";
const ORDER = "019a0d33-0000-7000-8000-000000000001";
const NOW = new Date("2026-11-23T10:20:00.000Z");
const KEY = { orderId: ORDER, revision: 1, productId: PRODUCT };
const SNAPSHOT = { productId: PRODUCT, sku: "LAMP-1", name: "Lamp", unitPrice: { amount: 1, currency: "USD" } };
const INVENTORY: Inventory = { productId: PRODUCT, available: 5, reserved: 2, sold: 3, sequence: 9, sellable: true };

function command(name: StockCommand["command"], change: Partial<StockCommand> = {}): StockCommand {
  return { command: name, ...KEY, quantity: 2, notAfter: "2026-11-23T10:21:00.000Z", ...change };
}

function entry(state: StockEntry["state"], change: Partial<StockEntry> = {}): StockEntry {
  return { ...KEY, quantity: 2, state, notAfter: "2026-11-23T10:21:00.000Z", ...change };
}

/** The counts after a command, or the outcome alone if they are what they were. */
function effect(name: StockCommand["command"], before: StockEntry | undefined, inventory?: Partial<Inventory> | null) {
  const counts = inventory === null ? undefined : { ...INVENTORY, ...inventory };
  const decision = decide(command(name), { now: NOW, inventory: counts, entry: before });
  const after = decision.inventory;
  const change = after && [after.available, after.reserved, after.sold, after.sequence].join(" ");
  const state = "entry" in decision ? (decision.entry?.state ?? "dropped") : undefined;
  return [decision.outcome, state, change].filter((part) => part !== undefined).join(" | ");
}

test.each([
  ["reserve", undefined, undefined, "done | held | 3 4 3 10"],
  ["reserve", undefined, { available: 2 }, "done | held | 0 4 3 10"],
  ["reserve", undefined, { available: 1 }, "out-of-stock"],
  ["reserve", undefined, { sellable: false }, "not-sellable"],
  ["reserve", undefined, { sellable: false, retired: SNAPSHOT }, "unknown-product"],
  ["reserve", undefined, null, "unknown-product"],
  ["reserve", entry("held"), { available: 0, sellable: false }, "done"],
  ["reserve", entry("consumed"), undefined, "done"],
  ["reserve", entry("held", { quantity: 3 }), undefined, "mismatch"],
  ["reserve", entry("consumed", { quantity: 3 }), undefined, "mismatch"],
  ["reserve", entry("released"), undefined, "gone"],
  ["reserve", entry("restocked"), undefined, "mismatch"],
  ["consume", entry("held"), { sellable: false }, "done | consumed | 5 0 5 10"],
  ["consume", entry("consumed"), undefined, "done"],
  ["consume", entry("consumed", { quantity: 3 }), undefined, "mismatch"],
  ["consume", entry("held", { quantity: 1 }), undefined, "mismatch"],
  ["consume", entry("released"), undefined, "gone"],
  ["consume", entry("restocked"), undefined, "mismatch"],
  ["consume", undefined, undefined, "missing"],
  ["consume", undefined, null, "missing"],
  ["release", entry("held"), { sellable: false }, "done | released | 7 0 3 10"],
  ["release", entry("released"), undefined, "done"],
  ["release", undefined, undefined, "done | released"],
  ["release", undefined, null, "done | released"],
  ["release", entry("held", { quantity: 1 }), undefined, "mismatch"],
  ["release", entry("consumed"), undefined, "mismatch"],
  ["release", entry("restocked"), undefined, "mismatch"],
  ["restock", undefined, undefined, "done | restocked | 7 2 1 10"],
  ["restock", undefined, { sold: 1 }, "missing"],
  ["restock", undefined, null, "done | restocked"],
  ["restock", entry("restocked"), undefined, "done"],
  ["restock", entry("restocked", { quantity: 1 }), undefined, "mismatch"],
  ["restock", entry("consumed"), undefined, "mismatch"],
  ["purge", entry("consumed"), undefined, "done | dropped"],
  ["purge", entry("released"), null, "done | dropped"],
  ["purge", entry("restocked"), undefined, "done | dropped"],
  ["purge", undefined, null, "done"],
  ["purge", entry("held"), undefined, "mismatch"],
] as const)("%s of entry %j in stock %j: %s", (name, before, inventory, expected) => {
  expect(effect(name, before, inventory)).toBe(expected);
});

test("a late command expires, whatever it asks for and whatever is known of its key", () => {
  const notAfter = "2026-11-23T10:19:59.999Z";
  for (const name of ["reserve", "consume", "release", "restock", "purge"] as const) {
    for (const before of [undefined, entry("held")]) {
      const decision = decide(command(name, { notAfter }), { now: NOW, inventory: INVENTORY, entry: before });
      expect(decision).toEqual({ outcome: "expired" });
    }
  }
  const lastMoment = command("reserve", { notAfter: NOW.toISOString() });
  expect(decide(lastMoment, { now: NOW, inventory: INVENTORY, entry: undefined }).outcome).toBe("done");
});

test("an entry keeps the latest notAfter of the commands that changed it", () => {
  const before = entry("held", { notAfter: "2026-11-23T10:25:00.000Z" });
  const early = decide(command("consume"), { now: NOW, inventory: INVENTORY, entry: before });
  expect(early.entry?.notAfter).toBe("2026-11-23T10:25:00.000Z");
  const late = command("consume", { notAfter: "2026-11-23T10:30:00.000Z" });
  expect(decide(late, { now: NOW, inventory: INVENTORY, entry: before }).entry?.notAfter).toBe(late.notAfter);
});

test("adjust adds and removes units, and never more than are available", () => {
  expect(adjust(INVENTORY, 20)).toEqual({ ...INVENTORY, available: 25, sequence: 10 });
  expect(adjust(INVENTORY, -5)).toEqual({ ...INVENTORY, available: 0, sequence: 10 });
  expect(() => adjust(INVENTORY, -6)).toThrow(
    expect.objectContaining({ code: "insufficient-stock", extras: { available: 5 } }),
  );
});

function books(change: Partial<StockBooks> = {}): StockBooks {
  return {
    now: NOW,
    inventories: new Map([[PRODUCT, INVENTORY]]),
    entries: new Map(),
    snapshots: new Map([[PRODUCT, SNAPSHOT]]),
    ...change,
  };
}

test("a batch goes on after a refusal, sees its own effects and answers in order", () => {
  const changes = applyStockCommands(
    [
      command("reserve", { quantity: 4 }),
      command("reserve", { quantity: 4, revision: 2 }),
      command("reserve", { quantity: 1, revision: 3 }),
      command("reserve", { productId: OTHER_PRODUCT }),
      command("consume", { quantity: 4 }),
      command("reserve", { quantity: 4 }),
    ],
    books(),
  );
  const done = { outcome: "done", snapshot: SNAPSHOT } as const;
  expect(changes.results).toEqual([
    done,
    { outcome: "out-of-stock", available: 1 },
    done,
    { outcome: "unknown-product" },
    { outcome: "done" },
    done,
  ]);
  expect(changes.inventories).toEqual([{ ...INVENTORY, available: 0, reserved: 3, sold: 7, sequence: 12 }]);
  expect(changes.entries.map(({ revision, state }) => [revision, state])).toEqual([
    [1, "consumed"],
    [3, "held"],
  ]);
  expect(changes.inStock).toEqual(new Map([[PRODUCT, false]]));
});

test("what a batch makes and drops again leaves nothing to write", () => {
  const changes = applyStockCommands([command("release"), command("purge")], books());
  expect(changes).toMatchObject({ entries: [], purged: [], inventories: [] });
  const known = new Map([[entryKey(KEY), entry("released")]]);
  expect(applyStockCommands([command("purge")], books({ entries: known })).purged).toMatchObject([KEY]);
});

test("a product comes back into stock when units come back", () => {
  const empty = new Map([[PRODUCT, { ...INVENTORY, available: 0 }]]);
  const changes = applyStockCommands([command("restock")], books({ inventories: empty }));
  expect(changes.inStock).toEqual(new Map([[PRODUCT, true]]));
  expect(applyStockCommands([command("restock")], books()).inStock).toEqual(new Map());
});

test("a reservation sent again is answered the product as it was deleted", () => {
  const changes = applyStockCommands(
    [command("reserve")],
    books({
      snapshots: new Map(),
      inventories: new Map([[PRODUCT, { ...INVENTORY, sellable: false, retired: SNAPSHOT }]]),
      entries: new Map([[entryKey(KEY), entry("held")]]),
    }),
  );
  expect(changes.results).toEqual([{ outcome: "done", snapshot: SNAPSHOT }]);
});
