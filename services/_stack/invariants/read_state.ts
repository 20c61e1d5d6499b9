/** Reads both databases, and waits until there is nothing left for the background to do. */
import { databaseOf } from "../databases.ts";
import { type History, successesOf } from "../history/entry.ts";
import type { Stack } from "../stack.ts";
import { readAccounts } from "./read_accounts.ts";
import { readDelivered } from "./read_events.ts";
import { countUndone, keepEvents, readOrders } from "./read_orders.ts";
import { readProducts } from "./read_products.ts";
import type { State } from "./state.ts";

/** Where the databases are: they are read as they are, past every service. */
export interface Databases {
  readonly orders: string;
  readonly products: string;
  /** If somebody is to look whether accounts are there. */
  readonly users?: string | undefined;
  /** The broker of events, if there is one. */
  readonly events: string | undefined;
}

const POLL_MS = 200;

/** The databases of a stack. Orders are read as the superuser. */
export async function openDatabases({ postgres, storeUrls, nats }: Stack): Promise<Databases> {
  const databases = {
    orders: postgres.databaseUrl(databaseOf("order-processing")),
    products: storeUrls["product-management"],
    users: storeUrls["user-authentication"],
    events: nats?.url,
  };
  await keepEvents(databases.orders);
  return databases;
}

/** Waits until nothing is pending or untold. @returns after how many milliseconds, or undefined if that took too long. */
export async function waitForQuiet({ orders }: Databases, withinMs: number): Promise<number | undefined> {
  const startedMs = performance.now();
  while (performance.now() - startedMs < withinMs) {
    const undone = await countUndone(orders).catch(() => undefined); // it may still be coming up
    if (undone === 0) return performance.now() - startedMs;
    await Bun.sleep(POLL_MS);
  }
  return undefined;
}

/** Reads everything that concerns the products of a history. */
export async function readState({ orders, products, users, events }: Databases, history: History): Promise<State> {
  const productIds = new Set(successesOf(history, "create product").map(({ answer }) => answer.productId));
  const [ordersState, productsState, accounts] = await Promise.all([
    readOrders(orders, productIds),
    readProducts(products, productIds),
    users === undefined ? undefined : readAccounts(users),
  ]);
  const state = { ...ordersState, ...productsState, accounts };
  if (events === undefined) return state;
  return { ...state, delivered: await readDelivered(events, new Set(state.orders.map(({ orderId }) => orderId))) };
}
