import type { Handler } from "#contract";
import type { StockCommander } from "../store/mod.ts";

/** Applies the stock commands of orders. */
export function applyStockCommands(stock: StockCommander): Handler<"applyStockCommands"> {
  return async ({ body }) => ({ status: 200, body: { results: [...(await stock.applyCommands(body.commands))] } });
}
