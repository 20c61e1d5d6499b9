/**
 * Sales of one product in the store of product-management, whose URL is the argument: each transaction for itself, and those that wait
 * together in one. Prints a line of JSON for each number of buyers.
 */
import type { StockCommand } from "../../product-management/stock.ts";
import { groupCommands } from "../../product-management/store/group_commands.ts";
import type { StockCommander } from "../../product-management/store/mod.ts";
import { openStore } from "../../product-management/store/open.ts";

/** What one line says: sales a second of each round. */
export interface GroupCommitRates {
  readonly buyers: number;
  readonly alone: readonly number[];
  readonly grouped: readonly number[];
}

const BUYERS = [16, 64];
const ROUNDS = 3;
const ROUND_MS = 1_500;
const LIFE_MS = 600_000;
const UNITS = 100_000_000;

const closings: (() => unknown)[] = [];
const [storeUrl = ""] = process.argv.slice(2);
const watch = { watchPool: () => {}, recordCall: () => {}, recordRetry: () => {} };
const store = await openStore(
  { storeUrl, storePoolMax: 10, storeTimeoutMs: 10_000, name: "bench", watch, onFault: console.error },
  (close) => closings.push(close),
);
for (const buyers of BUYERS) {
  const rates = { buyers, alone: [] as number[], grouped: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    rates.alone.push(await sell(store, buyers));
    rates.grouped.push(await sell(groupCommands(store), buyers));
  }
  console.log(JSON.stringify(rates satisfies GroupCommitRates));
}
for (const close of closings.reverse()) await close();
process.exit(0);

/** Each buyer reserves a unit and has it consumed, again and again. @returns sales a second. */
async function sell(stock: StockCommander, buyers: number): Promise<number> {
  const productId = await putOnSale();
  const startedMs = performance.now();
  let sold = 0;
  const buy = async (): Promise<void> => {
    while (performance.now() - startedMs < ROUND_MS) {
      const notAfter = new Date(Date.now() + LIFE_MS).toISOString();
      const order = { orderId: Bun.randomUUIDv7(), revision: 1, productId, quantity: 1, notAfter };
      const send = (command: StockCommand["command"]) => stock.applyCommands([{ command, ...order }]);
      await send("reserve");
      const [result] = await send("consume");
      if (result?.outcome !== "done") throw new Error(`A unit that was reserved is ${result?.outcome}`);
      sold++;
    }
  };
  await Promise.all(Array.from({ length: buyers }, buy));
  return sold / ((performance.now() - startedMs) / 1_000);
}

async function putOnSale(): Promise<string> {
  const id = Bun.randomUUIDv7();
  const at = new Date().toISOString();
  const price = { amount: 100, currency: "USD" };
  const content = { sku: `HOT-${id}`, name: "Hot", description: "", price, status: "active", tags: [] } as const;
  const product = { ...content, tags: [], id, ownerId: id, version: 1, createdAt: at, updatedAt: at };
  await store.insert(product, { stock: UNITS, adjustmentId: Bun.randomUUIDv7() });
  return id;
}
