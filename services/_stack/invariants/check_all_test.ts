/** Each check is tried on a day on which everything was right, and on the same day with one thing spoiled. */
import { describe, expect, test } from "bun:test";
import type { Entry } from "../history/entry.ts";
import { CHECKS, checkAll, INVARIANTS, type Invariant } from "./check_all.ts";
import type { Evidence } from "./evidence.ts";
import {
  ADA,
  CONFIRMED,
  DAY,
  ITEMS,
  LAMP,
  notOk,
  ok,
  withCalls,
  withFirst,
  withSessions,
  withState,
} from "./evidence_fixture.ts";

test("nothing is found where everything was right", () => {
  expect(checkAll(DAY)).toEqual(Object.fromEntries(INVARIANTS.map((invariant) => [invariant, []])) as never);
});

const edit = (expected: number, version: number, atMs = 60): Entry =>
  ok("edit product", atMs, { input: { productId: LAMP, expected, value: `another ${atMs}` }, answer: { version } });
const sold = { available: 11, reserved: 0, sold: 4 };

/** What is spoiled, and what must be said of it. */
const SPOILED: Record<Invariant, Record<string, { evidence: Evidence; violation: string | RegExp }>> = {
  I1: {
    "a lost update": { evidence: withCalls(edit(1, 2)), violation: /an update was lost/ },
    "a refusal without a reason": {
      evidence: withCalls(
        notOk("edit product", 60, {
          input: { productId: LAMP, expected: 2, value: "lamp 3" },
          outcome: "fail",
          code: "version-conflict",
        }),
      ),
      violation: /a write on version 2 was refused/,
    },
    "a stale read": {
      evidence: withCalls(
        ok("read product", 60, { input: { productId: LAMP }, answer: { version: 1, value: "lamp 1" } }),
      ),
      violation: /the read of version 1 began after/,
    },
  },
  I2: {
    "a version that a sale made": {
      evidence: withFirst("products", { version: 3 }),
      violation: "product lamp: its version grew by 2, and 1 edits were done (0 more perhaps)",
    },
    "a version that was used twice": {
      evidence: withFirst("products", { value: "something else" }),
      violation: 'product lamp: version 2 was "something else" and "lamp 2"',
    },
  },
  I3: {
    "a count below 0": {
      evidence: withFirst("inventories", { available: -1 }),
      violation: "product lamp: -1 available, 0 reserved, 2 sold",
    },
    "a count below 0 that somebody saw": {
      evidence: withCalls(
        ok("read stock", 60, {
          input: { productId: LAMP },
          answer: { available: 12, reserved: -1, sold: 4, sequence: 7 },
        }),
      ),
      violation: "product lamp: 12 available, -1 reserved, 4 sold",
    },
  },
  I4: {
    "units that were lost": {
      evidence: withFirst("inventories", { available: 12 }),
      violation: "product lamp: 14 units at sequence 6, and 15 were put in by then",
    },
    "units that somebody saw come and go": {
      evidence: withCalls(
        ok("read stock", 60, { input: { productId: LAMP }, answer: { ...sold, available: 7, sequence: 3 } }),
      ),
      violation: "product lamp: 11 units at sequence 3, and 10 were put in by then",
    },
    "units sold that nobody ordered": {
      evidence: withFirst("inventories", sold),
      violation: "product lamp: 4 units sold, and orders have 2",
    },
    "an adjustment made twice": {
      evidence: withState({
        inventories: [{ productId: LAMP, available: 18, reserved: 0, sold: 2, sequence: 7, isRetired: false }],
        adjustments: [...DAY.state.adjustments, { adjustmentId: "a2", productId: LAMP, sequence: 7, delta: 5 }],
      }),
      violation: "2 adjustments of product lamp by 5, and 1 were asked for",
    },
  },
  I5: {
    "another reply to the same key": {
      evidence: withCalls(
        ok("place order", 60, {
          input: { customerId: ADA, key: "k1", items: ITEMS },
          answer: { ...CONFIRMED, status201: true, reply: '{"id":"o9"}' },
        }),
      ),
      violation: 'key ada k1 was answered {"id":"o1"} and {"id":"o9"}',
    },
    "two orders of one key": {
      evidence: withCalls(
        ok("place order", 60, {
          input: { customerId: ADA, key: "k1", items: ITEMS },
          answer: { ...CONFIRMED, orderId: "o2", status201: true, reply: '{"id":"o1"}' },
        }),
      ),
      violation: "key ada k1 made o1 and o2",
    },
    "an order without its key": {
      evidence: withState({ keys: DAY.state.keys.slice(1) }),
      violation: "order o1 has 0 keys",
    },
    "a kept reply that is not the one that was sent": {
      evidence: withFirst("keys", { reply: '{"id":"o7"}' }),
      violation: 'key k1 was answered {"id":"o1"} and keeps {"id":"o7"}',
    },
    "an adjustment that was answered in two ways": {
      evidence: withCalls(
        ok("adjust stock", 60, {
          input: { productId: LAMP, key: "a1", delta: 5 },
          answer: {
            adjustmentId: "a1",
            counts: { available: 13, reserved: 0, sold: 2, sequence: 6 },
            reply: '{"id":"a1"}',
          },
        }),
      ),
      violation: 'key a1 was answered {} and {"id":"a1"}',
    },
  },
  I6: {
    "a confirmed order without its stock": {
      evidence: withFirst("entries", { state: "released" }),
      violation: "order o1 is confirmed: it took 0 of product lamp, not 2",
    },
    "stock that a cancelled order kept": {
      evidence: withState({ entries: DAY.state.entries.slice(0, 2) }),
      violation: "order o2 is cancelled: it took 2 of product lamp, not 0",
    },
    "stock of an order that there is not": {
      evidence: withState({ orders: DAY.state.orders.slice(0, 1) }),
      violation: "there are entries of order o2, and no such order",
    },
  },
  I7: {
    "a pending order": {
      evidence: withFirst("orders", { status: "pending", isUndecided: true }),
      violation: "order o1 is pending and undecided",
    },
    "an edit that nobody decides": {
      evidence: withFirst("orders", { isUndecided: true }),
      violation: "order o1 is confirmed and undecided",
    },
    "a held entry": {
      evidence: withFirst("entries", { state: "held" }),
      violation: "order o1/1 still holds units of product lamp",
    },
    "reserved units": {
      evidence: withFirst("inventories", { reserved: 1 }),
      violation: "product lamp has 1 units reserved",
    },
    "a message that was given up": {
      evidence: withState({
        outbox: [{ orderId: "o1", sequence: 1, what: "consume", isDead: true, lastError: "missing" }],
      }),
      violation: "order o1 has a consume that was given up (missing)",
    },
  },
  I8: {
    "an account that is gone": {
      evidence: withState({ accounts: [] }),
      violation: "account ada@example.com is gone",
    },
    "a product that is gone": { evidence: withState({ products: [] }), violation: "product lamp is gone" },
    "an edit that is gone": {
      evidence: withFirst("products", { version: 1, value: "lamp 1" }),
      violation: 'product lamp: version 2 ("lamp 2") is gone, there is 1',
    },
    "an adjustment that is gone": {
      evidence: withState({ adjustments: DAY.state.adjustments.slice(0, 1) }),
      violation: "adjustment a1 is gone",
    },
    "an order that is gone": {
      evidence: withState({ orders: DAY.state.orders.slice(1) }),
      violation: "order o1 is gone",
    },
    "a status that is gone": {
      evidence: withFirst("orders", { statuses: ["pending"], status: "pending", version: 1 }),
      violation: "order o1 was confirmed, and nothing tells of it",
    },
    "items that are gone": {
      evidence: withFirst("orders", { items: [] }),
      violation: "order o1: version 2 has other items than were told",
    },
    "a deletion that is gone": {
      evidence: withState({ orders: DAY.state.orders.map((order) => ({ ...order, isHidden: false })) }),
      violation: "order o2 was deleted, and is not",
    },
  },
  I9: {
    "a status that went back": {
      evidence: withFirst("orders", { statuses: ["pending", "confirmed", "pending"], status: "pending" }),
      violation: "order o1 went pending -> confirmed -> pending",
    },
    "a status that its history does not know": {
      evidence: withFirst("orders", { status: "fulfilled" }),
      violation: "order o1 is fulfilled after pending -> confirmed",
    },
    "a status that people saw go back": {
      evidence: withCalls(ok("read order", 60, { input: { orderId: "o2" }, answer: { ...CONFIRMED, orderId: "o2" } })),
      violation: "order o2 was cancelled (version 3), then confirmed (version 2)",
    },
  },
  I10: {
    "a decision without its event": {
      evidence: withState({ events: DAY.state.events.slice(1) }),
      violation: "version 2 of order o1 has 0 events",
    },
    "an event that was queued twice": {
      evidence: withState({ events: [...DAY.state.events, ...DAY.state.events.slice(0, 1)] }),
      violation: "version 2 of order o1 has 2 events",
    },
    "an event of something that never was": {
      evidence: withState({
        events: [...DAY.state.events, { eventId: "o1-3", orderId: "o1", type: "order.fulfilled", version: 3 }],
      }),
      violation: "event o1-3 says order.fulfilled at version 3, which order o1 never was",
    },
    "an event that the broker does not have": {
      evidence: withState({ delivered: ["o1-2", "o2-2"] }),
      violation: "the broker has event o2-3 0 times",
    },
    "an event that the broker has twice": {
      evidence: withState({ delivered: ["o1-2", "o1-2", "o2-2", "o2-3"] }),
      violation: "the broker has event o1-2 2 times",
    },
    "an event that overtook another one": {
      evidence: withState({ delivered: ["o1-2", "o2-3", "o2-2"] }),
      violation: "the broker has event o2-2 after version 3 of its order",
    },
    "an event that nobody queued": {
      evidence: withState({ delivered: ["o1-2", "o2-2", "o2-3", "o9-2"] }),
      violation: "the broker has event o9-2, which nobody queued",
    },
    "an event of another order": {
      evidence: withFirst("events", { orderId: "o3" }),
      violation: "event o1-2 tells of order o3, which there is not",
    },
  },
  I11: {
    "a refresh after the end": {
      evidence: withSessions(ok("refresh session", 40, { input: { session: "s1" }, answer: {} })),
      violation: "s1 was refreshed after it was ended",
    },
    "an access token past its life": {
      evidence: withSessions(ok("use access token", 303_000, { input: { session: "s1", issuedMs: 0 }, answer: {} })),
      violation: "an access token of s1 was accepted at the age of 303 s",
    },
  },
  I12: {
    "an editor who is refused though alone": {
      evidence: withCalls(
        notOk("edit product", 60, {
          input: { productId: LAMP, expected: 2, value: "lamp 3" },
          outcome: "fail",
          code: "version-conflict",
        }),
      ),
      violation: "1 of 2 edits by the only editor were refused",
    },
  },
};

for (const invariant of INVARIANTS) {
  describe(`${invariant} (${CHECKS[invariant].says}) catches`, () => {
    for (const [name, { evidence, violation }] of Object.entries(SPOILED[invariant])) {
      test(name, () => {
        const violations = CHECKS[invariant].check(evidence);
        expect(violations).toContainEqual(typeof violation === "string" ? violation : expect.stringMatching(violation));
      });
    }
  });
}

test("I12 does not blame the system for an editor's own edit that was not answered", () => {
  const late = { input: { productId: LAMP, expected: 2, value: "lamp 3" } };
  const evidence = withCalls(
    notOk("edit product", 60, { ...late, outcome: "unknown", code: "no answer" }),
    notOk("edit product", 70, { ...late, outcome: "fail", code: "version-conflict" }),
  );
  expect(CHECKS.I12.check(evidence)).toEqual([]);
});

test("I8 does not miss a product whose deletion was not answered", () => {
  const deletion = { input: { productId: LAMP }, outcome: "unknown", code: "no answer" } as const;
  const evidence = withCalls(notOk("delete product", 60, deletion));
  const state = { ...evidence.state, products: [] };
  expect(CHECKS.I8.check({ ...evidence, state })).toEqual([]);
  expect(CHECKS.I8.check({ ...DAY, state })).toEqual(["product lamp is gone", "product lamp is gone"]);
});
