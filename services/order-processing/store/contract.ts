/** What every adapter of the order store and the outbox promises, races included. */
import { beforeAll, describe, expect, test } from "bun:test";
import {
  acceptEdit,
  cancel,
  confirm,
  type Decision,
  type OutboxMessage,
  reject,
  releaseOf,
  remove,
} from "../decision.ts";
import type { OrderDraft, Snapshot } from "../order.ts";
import type { Claim, OrderStore, Outbox, StockRow, StoreTimes, Undecided } from "./mod.ts";

/** Both halves over one database. */
export interface Stores {
  readonly orders: OrderStore;
  readonly outbox: Outbox;
}

const ADA = "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11";
const LAMP = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601";
const DESK = "019a0d30-1f4e-7b0a-8c55-6a1e0a4be602";
const ADDRESS = { name: "Ada", line1: "12 St James's Square", city: "London", postalCode: "SW1Y 4LB", country: "GB" };
const NOW = new Date("2026-11-23T10:20:30.000Z");
const LATER = new Date("2026-11-23T10:20:30.040Z");
const REPLY = { status: 201, headers: { etag: '"2"' }, body: { z: 1, a: { total: 9007199254740991 } } };

const TIMES: StoreTimes = {
  leaseMs: 60_000,
  commandLifeMs: 30_000,
  pendingLimitMs: 600_000,
  editLimitMs: 60_000,
  purgeDelayMs: 60_000,
};
/** Everything has already run out when it is written. */
const ENDED: StoreTimes = { leaseMs: 0, commandLifeMs: 0, pendingLimitMs: 0, editLimitMs: 0, purgeDelayMs: 0 };

function draftOf(change: Partial<OrderDraft> = {}): OrderDraft {
  const items = [
    { productId: LAMP, quantity: 2 },
    { productId: DESK, quantity: 1 },
  ];
  return { id: Bun.randomUUIDv7(), customerId: ADA, items, shippingAddress: ADDRESS, at: NOW, ...change };
}

function claimOf(change: Partial<Claim> = {}): Claim {
  return { scope: "createOrder user:ada", key: crypto.randomUUID(), fingerprint: "f1", ...change };
}

function snapshot(productId: string): Snapshot {
  return { productId, sku: "SKU-1", name: "Something", unitPrice: { amount: 4900, currency: "USD" } };
}

function confirmed({ record, lease: { fence } }: Undecided): Decision {
  return confirm(record, [snapshot(LAMP), snapshot(DESK)], { fence, now: LATER });
}

/**
 * @param createStores Opens the stores of one empty database with these times; what is written with some is read with others.
 */
export function testOrderStore(name: string, createStores: () => Promise<(times: StoreTimes) => Stores>): void {
  describe(name, () => {
    let open: (times: StoreTimes) => Stores;
    beforeAll(async () => {
      open = await createStores();
    });

    async function place(stores = open(TIMES), draft = draftOf(), claim?: Claim): Promise<Undecided> {
      const placed = await stores.orders.place(draft, claim);
      if (!placed) throw new Error("the key was taken");
      return placed;
    }
    async function placeConfirmed(stores = open(TIMES), draft = draftOf()): Promise<Decision> {
      const decision = confirmed(await place(stores, draft));
      expect(await stores.orders.decide(decision)).toBe(true);
      return decision;
    }
    /** Every stock row of these orders that is due. */
    async function leaseOf({ outbox }: Stores, ...orderIds: string[]): Promise<StockRow[]> {
      const rows = await outbox.leaseStock(1000);
      return rows.filter(({ orderId }) => orderIds.includes(orderId));
    }

    test("place() records a pending order with the next number, and leases it", async () => {
      const { orders } = open(TIMES);
      const draft = draftOf();
      const { record, lease, overdue, attempts } = await place(open(TIMES), draft);
      expect(record.order).toMatchObject({
        id: draft.id,
        status: "pending",
        total: null,
        version: 1,
        createdAt: NOW.toISOString(),
      });
      expect(record.order.number).toMatch(/^TP-\d{6}$/);
      expect({ fence: lease.fence, overdue, attempts }).toEqual({ fence: 0, overdue: false, attempts: 0 });
      expect(Date.parse(lease.notAfter)).toBeGreaterThan(Date.now() + 20_000);
      expect(await orders.find(draft.id)).toEqual(record);
      expect(await orders.takeOver(draft.id)).toBeUndefined();
      const next = await place();
      expect(next.record.order.number > record.order.number).toBe(true);
    });

    test("place() takes a key once, whoever comes at the same time", async () => {
      const { orders } = open(TIMES);
      const claim = claimOf();
      const drafts = Array.from({ length: 20 }, () => draftOf());
      const placed = await Promise.all(drafts.map((draft) => orders.place(draft, claim)));
      const winners = placed.filter((one) => one !== undefined);
      expect(winners).toHaveLength(1);
      const claimed = await orders.findClaim(claim.scope, claim.key);
      expect(claimed).toEqual({ orderId: winners[0]!.record.order.id, record: { ...claim, reply: null } });
      const found = await Promise.all(drafts.map(({ id }) => orders.find(id)));
      expect(found.filter((one) => one !== undefined)).toHaveLength(1);
    });

    test("findClaim() tells scopes apart and knows nothing of a key that nobody used", async () => {
      const { orders } = open(TIMES);
      const claim = claimOf();
      await place(open(TIMES), draftOf(), claim);
      expect(await orders.findClaim("createOrder user:eve", claim.key)).toBeUndefined();
      expect(await orders.place(draftOf(), { ...claim, scope: "createOrder user:eve" })).toBeDefined();
    });

    test("decide() keeps the order, the reply byte for byte, and the messages", async () => {
      const stores = open(TIMES);
      const claim = claimOf();
      const undecided = await place(stores, draftOf(), claim);
      const decision = confirmed(undecided);
      expect(await stores.orders.decide(decision, { reply: REPLY })).toBe(true);
      const found = await stores.orders.find(decision.order.id);
      expect(found).toEqual({ order: decision.order, revision: 1, proposal: undefined });
      const { record } = (await stores.orders.findClaim(claim.scope, claim.key))!;
      expect(JSON.stringify(record.reply)).toBe(JSON.stringify(REPLY));
      const [row] = await leaseOf(stores, decision.order.id);
      expect(row).toMatchObject({ command: "consume", revision: 1, items: draftOf().items, attempts: 0 });
      const events = await stores.outbox.leaseEvents(1000);
      expect(events.find(({ orderId }) => orderId === decision.order.id)?.event).toMatchObject({
        type: "order.confirmed",
        data: { total: { amount: 14_700 } },
      });
    });

    test("decide() leaves order and reply as they were if a message can't be written", async () => {
      const stores = open(TIMES);
      const claim = claimOf();
      const undecided = await place(stores, draftOf(), claim);
      const decision = confirmed(undecided);
      // No rule makes such a message: here it stands for whatever may go wrong between a decision and its messages.
      const unwritable = {
        channel: "stock",
        command: "consume",
        revision: null,
        items: [],
      } as unknown as OutboxMessage;
      const outbox = [...decision.outbox, unwritable];
      await expect(stores.orders.decide({ ...decision, outbox }, { reply: REPLY })).rejects.toThrow();
      expect(await stores.orders.find(decision.order.id)).toEqual(undecided.record);
      expect((await stores.orders.findClaim(claim.scope, claim.key))?.record.reply).toBeNull();
      expect(await leaseOf(stores, decision.order.id)).toEqual([]);
    });

    test("decide() is void under an old fence, and writes nothing then", async () => {
      const claim = claimOf();
      const old = await place(open(ENDED), draftOf(), claim);
      const stores = open(TIMES);
      const { orderId } = old.lease;
      const thief = (await stores.orders.takeOver(orderId))!;
      expect(thief.lease.fence).toBe(1);
      expect(thief.lease.notAfter > old.lease.notAfter).toBe(true);
      expect(await stores.orders.decide(confirmed(old), { reply: REPLY })).toBe(false);
      expect(await leaseOf(stores, orderId)).toEqual([]);
      expect((await stores.orders.findClaim(claim.scope, claim.key))?.record.reply).toBeNull();
      const rejection = reject(thief.record, { fence: 1, now: LATER });
      const refusal = { code: "out-of-stock" as const, detail: "Told", extras: { items: [] } };
      expect(await stores.orders.decide(rejection, { refusal })).toBe(true);
      expect(await stores.orders.findRefusal(orderId)).toEqual(refusal);
    });

    test("decide() lets one of a confirmation and many cancellations win, with its messages alone", async () => {
      const stores = open(TIMES);
      const undecided = await place(stores);
      const decisions = [confirmed(undecided), ...Array.from({ length: 9 }, () => cancel(undecided.record, LATER))];
      const outcomes = await Promise.all(decisions.map((decision) => stores.orders.decide(decision)));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      const winner = decisions[outcomes.indexOf(true)]!;
      expect((await stores.orders.find(undecided.lease.orderId))?.order).toEqual(winner.order);
      const rows = await leaseOf(stores, undecided.lease.orderId);
      expect(rows.map(({ command }) => command)).toEqual([winner.order.status === "confirmed" ? "consume" : "release"]);
    });

    test("decide() hides an order for good", async () => {
      const stores = open(TIMES);
      const { order } = await placeConfirmed(stores);
      const record = (await stores.orders.find(order.id))!;
      expect(await stores.orders.decide(remove(record, LATER))).toBe(true);
      expect(await stores.orders.find(order.id)).toBeUndefined();
      expect(await stores.orders.decide(remove(record, LATER))).toBe(false);
      const listed = await stores.orders.list({ customerId: ADA, status: undefined, afterId: undefined, limit: 100 });
      expect(listed.map(({ id }) => id)).not.toContain(order.id);
    });

    test("propose() lets one edit of a version live, under the next revision", async () => {
      const stores = open(TIMES);
      const { order } = await placeConfirmed(stores);
      const edit = { version: 2, items: [{ productId: LAMP, quantity: 5 }], shippingAddress: ADDRESS };
      expect(await stores.orders.propose(order.id, { ...edit, version: 1 })).toBeUndefined();
      const proposed = await Promise.all(Array.from({ length: 9 }, () => stores.orders.propose(order.id, edit)));
      const [winner, ...others] = proposed.filter((one) => one !== undefined);
      expect(others).toEqual([]);
      expect(winner?.record).toMatchObject({ revision: 2, proposal: { ...edit, revision: 2 }, order });
    });

    test("an accepted edit ends its proposal; the same proposal can't be accepted or rejected again", async () => {
      const stores = open(TIMES);
      const { order } = await placeConfirmed(stores);
      const edit = { version: 2, items: [{ productId: LAMP, quantity: 5 }], shippingAddress: ADDRESS };
      const { record } = (await stores.orders.propose(order.id, edit))!;
      const decision = acceptEdit(record, record.proposal!, { snapshots: [snapshot(LAMP)], now: LATER });
      const outcomes = await Promise.all([
        stores.orders.decide(decision),
        stores.orders.decide(decision),
        stores.orders.rejectProposal(order.id, 2, releaseOf(record, record.proposal!)),
      ]);
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect((await stores.orders.find(order.id))?.proposal).toBeUndefined();
      expect(await stores.orders.decide(decision)).toBe(false);
      expect(await stores.orders.rejectProposal(order.id, 2, [])).toBe(false);
    });

    test("an edit is void once the order is cancelled, and the cancellation takes a revision of its own", async () => {
      const stores = open(TIMES);
      const { order } = await placeConfirmed(stores);
      const before = (await stores.orders.find(order.id))!;
      const edit = { version: 2, items: [{ productId: LAMP, quantity: 5 }], shippingAddress: ADDRESS };
      const { record } = (await stores.orders.propose(order.id, edit))!;
      expect(await stores.orders.decide(cancel(before, LATER))).toBe(false); // it would reuse the proposal's revision
      expect(await stores.orders.decide(cancel(record, LATER))).toBe(true);
      const accept = acceptEdit(record, record.proposal!, { snapshots: [snapshot(LAMP)], now: LATER });
      expect(await stores.orders.decide(accept)).toBe(false);
      const after = (await stores.orders.find(order.id))!;
      expect(after).toMatchObject({ revision: 3, order: { status: "cancelled" }, proposal: { revision: 2 } });
      expect(await stores.orders.rejectProposal(order.id, 2, releaseOf(after, after.proposal!))).toBe(true);
    });

    test("leaseUndecided() gives each order whose lease has ended to one worker, and tells which are overdue", async () => {
      const orderIds = new Set<string>();
      for (let n = 0; n < 5; n++) orderIds.add((await place(open(ENDED))).lease.orderId);
      const live = await place(open(TIMES));
      const { orders } = open(TIMES);
      const leased = (await Promise.all(Array.from({ length: 4 }, () => orders.leaseUndecided(1000)))).flat();
      const ours = leased.filter(({ lease }) => orderIds.has(lease.orderId));
      expect(new Set(ours.map(({ lease }) => lease.orderId))).toEqual(orderIds);
      expect(ours).toHaveLength(5);
      expect(leased.some(({ lease }) => lease.orderId === live.lease.orderId)).toBe(false);
      expect(ours.every(({ overdue }) => !overdue)).toBe(true);
      await orders.postpone(ours[0]!.lease, 0);
      const again = await open(ENDED).orders.leaseUndecided(1000);
      expect(again).toMatchObject([
        { overdue: true, attempts: 1, lease: { orderId: ours[0]!.lease.orderId, fence: 2 } },
      ]);
      await orders.postpone(ours[0]!.lease, 0); // under its old fence: nothing
      expect(await orders.takeOver(ours[0]!.lease.orderId)).toBeDefined(); // the lease of 0 ms has ended by itself
    });

    test("the outbox gives the rows of an order one after the other", async () => {
      const stores = open(TIMES);
      const { order } = await placeConfirmed(stores);
      const record = (await stores.orders.find(order.id))!;
      expect(await stores.orders.decide(cancel(record, LATER))).toBe(true);
      const [consume, ...more] = await leaseOf(stores, order.id);
      expect(more).toEqual([]);
      expect(consume?.command).toBe("consume");
      expect(await leaseOf(stores, order.id)).toEqual([]);
      await stores.outbox.markDone([consume!]);
      const [restock] = await leaseOf(stores, order.id);
      expect(restock).toMatchObject({ command: "restock", revision: 2, fence: 1 });
    });

    test("the outbox gives a row to one dispatcher, and ignores one whose lease was stolen", async () => {
      const { order } = await placeConfirmed();
      const [stolen] = await leaseOf(open(ENDED), order.id);
      const stores = open(TIMES);
      const leases = await Promise.all(Array.from({ length: 4 }, () => leaseOf(stores, order.id)));
      const [row, ...others] = leases.flat();
      expect(others).toEqual([]);
      expect(row!.notAfter > stolen!.notAfter).toBe(true);
      await stores.outbox.markDone([stolen!]);
      await stores.outbox.markFailed([{ row: stolen!, error: "late", refused: true, retryInMs: undefined }]);
      await stores.outbox.markFailed([{ row: row!, error: "no answer", refused: false, retryInMs: 0 }]);
      const [again] = await leaseOf(stores, order.id);
      expect(again).toMatchObject({ sequence: row!.sequence, fence: 3, refusals: 0 });
      await stores.outbox.markDone([again!]);
      await stores.outbox.markFailed([{ row: again!, error: "late", refused: true, retryInMs: undefined }]);
      expect(await stores.outbox.listDead(1000)).toEqual([]);
      expect(await leaseOf(open(ENDED), order.id)).toEqual([]);
    });

    test("the outbox keeps a dead row with its error, and what comes after it, until it is redriven", async () => {
      const stores = open(TIMES);
      const { order } = await placeConfirmed(stores);
      await stores.orders.decide(cancel((await stores.orders.find(order.id))!, LATER));
      const [row] = await leaseOf(stores, order.id);
      await stores.outbox.markFailed([{ row: row!, error: "no answer", refused: false, retryInMs: 0 }]);
      const [again] = await leaseOf(stores, order.id);
      expect(again).toMatchObject({ attempts: 1, refusals: 0 });
      await stores.outbox.markFailed([{ row: again!, error: "missing", refused: true, retryInMs: undefined }]);
      expect(await leaseOf(stores, order.id)).toEqual([]);
      const [dead] = await stores.outbox.listDead(10);
      expect(dead).toMatchObject({ orderId: order.id, what: "consume", lastError: "missing", attempts: 2 });
      expect(await stores.outbox.redrive()).toEqual([dead!]);
      expect(await leaseOf(stores, order.id)).toMatchObject([{ command: "consume", refusals: 0 }]);
    });

    test("leasePurge() waits for every row and every notAfter of the order, and gives all its keys", async () => {
      const stores = open(ENDED);
      const held = await placeConfirmed(open(TIMES));
      await stores.outbox.markDone(await leaseOf(stores, held.order.id));
      expect(await stores.outbox.leasePurge(1000)).toEqual([]); // its reservation may still arrive
      const { order } = await placeConfirmed(stores);
      const jobsOf = async (times: StoreTimes) =>
        (await open(times).outbox.leasePurge(1000)).filter(({ orderId }) => orderId === order.id);
      expect(await jobsOf(ENDED)).toEqual([]);
      const [consume] = await leaseOf(stores, order.id);
      await stores.orders.decide(cancel((await stores.orders.find(order.id))!, LATER));
      await stores.outbox.markDone([consume!]);
      expect(await jobsOf(ENDED)).toEqual([]);
      const [restock] = await leaseOf(stores, order.id);
      await open(TIMES).outbox.markDone([restock!]);
      expect(await jobsOf(ENDED)).toEqual([]); // its notAfter is not 60 s ago
      await Bun.sleep(2);
      await stores.outbox.markDone([restock!]); // done already: the time stays
      expect(await jobsOf(TIMES)).toEqual([]);
    });

    test("leasePurge() gives the keys once a lease; finishPurge() ends their rows", async () => {
      const stores = open(ENDED);
      const { order } = await placeConfirmed(stores);
      await stores.outbox.markDone(await leaseOf(stores, order.id));
      await stores.orders.decide(cancel((await stores.orders.find(order.id))!, LATER));
      await stores.outbox.markDone(await leaseOf(stores, order.id));
      await Bun.sleep(2);
      const jobs = (
        await Promise.all(Array.from({ length: 4 }, () => open({ ...ENDED, leaseMs: 60_000 }).outbox.leasePurge(1000)))
      )
        .flat()
        .filter(({ orderId }) => orderId === order.id);
      expect(jobs).toMatchObject([
        {
          entries: [
            { revision: 1, items: draftOf().items },
            { revision: 2, items: draftOf().items },
          ],
        },
      ]);
      await stores.outbox.finishPurge(jobs);
      expect(await open(ENDED).outbox.leasePurge(1000)).toEqual([]);
    });

    test("discardEvents() ends events, and no stock row", async () => {
      const stores = open(TIMES);
      const { order } = await placeConfirmed(stores);
      expect(await stores.outbox.discardEvents(1000)).toBeGreaterThan(0);
      expect(await stores.outbox.leaseEvents(1000)).toEqual([]);
      expect(await leaseOf(stores, order.id)).toHaveLength(1);
    });

    test("forgetEvents() removes what is done and nothing else", async () => {
      const stores = open(ENDED);
      await placeConfirmed(stores);
      await stores.outbox.forgetEvents(1000);
      const events = await stores.outbox.leaseEvents(1000);
      expect(events.length).toBeGreaterThan(0);
      await stores.outbox.markDone(events);
      await Bun.sleep(2);
      expect(await stores.outbox.forgetEvents(1000)).toBe(events.length);
    });

    test("list() gives each customer's orders newest first, page after page, by status", async () => {
      const stores = open(TIMES);
      const customerId = crypto.randomUUID();
      const drafts = Array.from({ length: 5 }, () => draftOf({ customerId }));
      for (const draft of drafts) await place(stores, draft);
      const newestFirst = drafts
        .map(({ id }) => id)
        .sort()
        .reverse();
      const list = async (filter: object) => {
        const page = await stores.orders.list({
          customerId,
          status: undefined,
          afterId: undefined,
          limit: 2,
          ...filter,
        });
        return page.map(({ id }) => id);
      };
      expect(await list({})).toEqual(newestFirst.slice(0, 2));
      expect(await list({ afterId: newestFirst[1] })).toEqual(newestFirst.slice(2, 4));
      expect(await list({ afterId: newestFirst[3] })).toEqual(newestFirst.slice(4));
      expect(await list({ status: "confirmed" })).toEqual([]);
      expect(await list({ status: "pending", limit: 100 })).toEqual(newestFirst);
      const everybodys = await stores.orders.list({
        customerId: undefined,
        status: undefined,
        afterId: undefined,
        limit: 3,
      });
      expect(everybodys.map(({ id }) => id)).toEqual(newestFirst.slice(0, 3));
    });
  });
}
