/** A small day at the shop on which everything was right, for tests that spoil one thing of it. */
import type { Calls, Entry, History, Kind } from "../history/entry.ts";
import type { Evidence } from "./evidence.ts";
import type { State, StoredOrder } from "./state.ts";

export const LAMP = "lamp";
export const ADA = "ada";

/** A call that succeeded, a millisecond long. */
export function ok<K extends Kind>(
  kind: K,
  atMs: number,
  call: { readonly input: Calls[K]["input"]; readonly answer: Calls[K]["answer"] },
): Entry {
  const occasion = { client: "somebody", invokedMs: atMs, returnedMs: atMs + 1 };
  return { ...occasion, kind, outcome: "ok", ...call } as Entry; // kind, input and answer belong together
}

/** A call that was refused, or not answered. */
export function notOk<K extends Kind>(
  kind: K,
  atMs: number,
  { input, outcome, code }: { readonly input: Calls[K]["input"]; readonly outcome: "fail" | "unknown"; code: string },
): Entry {
  const refusal = { status: outcome === "fail" ? 409 : 503, code, reply: JSON.stringify({ code }) };
  const occasion = { client: "somebody", invokedMs: atMs, returnedMs: atMs + 1 };
  return { ...occasion, kind, outcome, input, refusal } as Entry; // kind and input belong together
}

const ITEMS = [{ productId: LAMP, quantity: 2 }];
const CONFIRMED = { orderId: "o1", status: "confirmed", version: 2, items: ITEMS } as const;
const counts = (available: number, reserved: number, sold: number, sequence: number) => {
  return { available, reserved, sold, sequence };
};

const HISTORY: History = [
  ok("create product", 0, {
    input: { sku: LAMP, value: "lamp 1", stock: 10 },
    answer: { productId: LAMP, version: 1 },
  }),
  ok("edit product", 10, { input: { productId: LAMP, expected: 1, value: "lamp 2" }, answer: { version: 2 } }),
  ok("read product", 20, { input: { productId: LAMP }, answer: { version: 2, value: "lamp 2" } }),
  ok("place order", 30, {
    input: { customerId: ADA, key: "k1", items: ITEMS },
    answer: { ...CONFIRMED, status201: true, reply: '{"id":"o1"}' },
  }),
  ok("read stock", 35, { input: { productId: LAMP }, answer: counts(8, 2, 0, 2) }),
  ok("place order", 40, {
    input: { customerId: ADA, key: "k1", items: ITEMS },
    answer: { ...CONFIRMED, status201: true, reply: '{"id":"o1"}' },
  }),
  ok("place order", 42, {
    input: { customerId: ADA, key: "k2", items: ITEMS },
    answer: { ...CONFIRMED, orderId: "o2", status201: true, reply: '{"id":"o2"}' },
  }),
  ok("move order", 44, {
    input: { orderId: "o2", expected: 2, to: "cancelled" },
    answer: { orderId: "o2", status: "cancelled", version: 3, items: ITEMS },
  }),
  ok("read order", 46, {
    input: { orderId: "o2" },
    answer: { orderId: "o2", status: "cancelled", version: 3, items: ITEMS },
  }),
  ok("delete order", 48, { input: { orderId: "o2" }, answer: {} }),
  ok("adjust stock", 50, {
    input: { productId: LAMP, key: "a1", delta: 5 },
    answer: { adjustmentId: "a1", counts: counts(13, 0, 2, 6), reply: "{}" },
  }),
];

const SESSIONS: History = [
  ok("register account", 0, { input: { email: "ada@example.com" }, answer: {} }),
  ok("use access token", 0, { input: { session: "s1", issuedMs: 0 }, answer: {} }),
  ok("refresh session", 10, { input: { session: "s1" }, answer: {} }),
  ok("log out", 20, { input: { session: "s1" }, answer: {} }),
  notOk("refresh session", 30, { input: { session: "s1" }, outcome: "fail", code: "invalid_grant" }),
  ok("use access token", 200_000, { input: { session: "s1", issuedMs: 0 }, answer: {} }),
];

const entry = { orderId: "o1", revision: 1, productId: LAMP, quantity: 2, state: "consumed" } as const;
const order: StoredOrder = {
  ...{ ...CONFIRMED, customerId: ADA, statuses: ["pending", "confirmed"] },
  ...{ isHidden: false, isUndecided: false, mayBePurged: false },
};
const event = { eventId: "o1-2", orderId: "o1", type: "order.confirmed", version: 2 };

const STATE: State = {
  accounts: ["ada@example.com"],
  products: [{ productId: LAMP, version: 2, value: "lamp 2" }],
  inventories: [{ productId: LAMP, ...counts(13, 0, 2, 6), isRetired: false }],
  adjustments: [
    { adjustmentId: "initial", productId: LAMP, sequence: 1, delta: 10 },
    { adjustmentId: "a1", productId: LAMP, sequence: 6, delta: 5 },
  ],
  entries: [entry, { ...entry, orderId: "o2" }, { ...entry, orderId: "o2", revision: 2, state: "restocked" }],
  orders: [
    order,
    {
      ...order,
      ...({ orderId: "o2", status: "cancelled", version: 4, isHidden: true } as const),
      statuses: ["pending", "confirmed", "cancelled"],
    },
  ],
  keys: [
    { scope: "createOrder ada", key: "k1", orderId: "o1", status: 201, reply: '{"id":"o1"}' },
    { scope: "createOrder ada", key: "k2", orderId: "o2", status: 201, reply: '{"id":"o2"}' },
  ],
  outbox: [],
  events: [
    event,
    { ...event, eventId: "o2-2", orderId: "o2" },
    { eventId: "o2-3", orderId: "o2", type: "order.cancelled", version: 3 },
  ],
  delivered: ["o1-2", "o2-2", "o2-3"],
};

/** The day as it was. */
export const DAY: Evidence = { history: HISTORY, sessions: SESSIONS, state: STATE };

/** The day with something else in the databases. */
export function withState(change: Partial<State>): Evidence {
  return { ...DAY, state: { ...STATE, ...change } };
}

type Rows = Exclude<keyof State, "delivered" | "accounts">;

/** The day with another first one of a kind of rows. */
export function withFirst<K extends Rows>(kind: K, change: Partial<State[K][number]>): Evidence {
  const [first, ...others] = STATE[kind];
  return withState({ [kind]: [{ ...first, ...change }, ...others] });
}

/** The day with further calls. */
export function withCalls(...calls: Entry[]): Evidence {
  return { ...DAY, history: [...HISTORY, ...calls] };
}

/** The day with further calls of sessions. */
export function withSessions(...calls: Entry[]): Evidence {
  return { ...DAY, sessions: [...SESSIONS, ...calls] };
}

export { CONFIRMED, ITEMS };
