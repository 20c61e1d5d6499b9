/** getOrder, listOrders, replaceOrder and deleteOrder, as their callers see them. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Schema } from "#contract";
import type { Client } from "#sdk";
import { ADDRESS, openShop, refusalOf, type Shop } from "./shop_fixture.ts";

/** Real engines on a busy machine take their time. */
setDefaultTimeout(60_000);

let shop: Shop;
let admin: Client;
beforeAll(async () => {
  shop = await openShop();
  admin = await shop.admin();
});
afterAll(() => shop?.stop());

interface Placed {
  readonly lamp: string;
  readonly customer: Client;
  readonly order: Schema<"Order">;
  /** For the path. */
  readonly params: { readonly orderId: string };
}

/** An order of two of five lamps. */
async function place(): Promise<Placed> {
  const [lamp, customer] = await Promise.all([shop.stock(5), shop.customer()]);
  const body = { items: [{ productId: lamp, quantity: 2 }], shippingAddress: ADDRESS };
  const { body: order } = await customer.createOrder({ body });
  return { lamp, customer, order, params: { orderId: order.id } };
}

describe("getOrder", () => {
  test("shows an order to its customer and to admins; for others there is none", async () => {
    const { customer, order, params } = await place();
    expect((await customer.getOrder({ params })).headers.etag).toBe('"2"');
    expect((await admin.getOrder({ params })).body).toEqual(order);
    const stranger = await refusalOf((await shop.customer()).getOrder({ params }));
    expect(stranger).toMatchObject({ status: 404, problem: { code: "not-found" } });
    const unknown = await refusalOf(customer.getOrder({ params: { orderId: Bun.randomUUIDv7() } }));
    expect(unknown.status).toBe(404);
  });

  test("answers 304 to who has the current version", async () => {
    const { customer, params } = await place();
    const { status } = await customer.getOrder({ params, headers: { "if-none-match": 'W/"2"' } });
    expect(status).toBe(304);
    expect((await customer.getOrder({ params, headers: { "if-none-match": '"1"' } })).status).toBe(200);
  });
});

describe("listOrders", () => {
  test("gives a customer their own orders page by page, newest first", async () => {
    const [lamp, customerId] = [await shop.stock(9), Bun.randomUUIDv7()];
    const customer = await shop.customer(customerId);
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      const body = { items: [{ productId: lamp, quantity: 1 }], shippingAddress: ADDRESS };
      ids.unshift((await customer.createOrder({ body })).body.id);
    }
    const listed: string[] = [];
    let cursor: string | null = null;
    do {
      const query: { limit: number; cursor?: string } = cursor === null ? { limit: 2 } : { limit: 2, cursor };
      const { body, headers } = await customer.listOrders({ query });
      expect(headers.link === undefined).toBe(body.nextCursor === null);
      listed.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(listed).toEqual(ids);
    const { body: page } = await admin.listOrders({ query: { customerId, status: "confirmed" } });
    expect(page.items.map(({ id }) => id)).toEqual(ids);
    expect((await customer.listOrders({ query: { status: "cancelled" } })).body.items).toEqual([]);
    expect((await admin.listOrders({ query: { limit: 100 } })).body.items.map(({ id }) => id)).toContain(ids[4]!);
  });

  test("refuses a customer who asks for another's orders, and a cursor of another list", async () => {
    const customer = await shop.customer();
    const refused = await refusalOf(customer.listOrders({ query: { customerId: Bun.randomUUIDv7() } }));
    expect(refused).toMatchObject({ status: 403, problem: { code: "forbidden" } });
    const { body } = await admin.listOrders({ query: { limit: 1 } });
    const query = { limit: 1, status: "confirmed", cursor: body.nextCursor ?? "" } as const;
    expect(await refusalOf(admin.listOrders({ query }))).toMatchObject({ problem: { code: "invalid-request" } });
  });
});

describe("replaceOrder", () => {
  test("changes items and address, and the stock with them", async () => {
    const { lamp, customer, order, params } = await place();
    const desk = await shop.stock(3, { price: { amount: 10_000, currency: "USD" } });
    const body = {
      version: 2,
      items: [
        { productId: desk, quantity: 1 },
        { productId: lamp, quantity: 1 },
      ],
      shippingAddress: { ...ADDRESS, city: "Bath" },
    };
    const { headers, body: edited } = await customer.replaceOrder({ params, body });
    expect(headers.etag).toBe('"3"');
    expect(edited).toMatchObject({ version: 3, total: { amount: 14_900 }, shippingAddress: { city: "Bath" } });
    expect(edited.number).toBe(order.number);
    expect(await shop.settled(lamp)).toEqual({ available: 4, reserved: 0, sold: 1 });
    expect(await shop.counts(desk)).toEqual({ available: 2, reserved: 0, sold: 1 });
  });

  test("is all or nothing", async () => {
    const { lamp, customer, order, params } = await place();
    const [desk, nothing] = [await shop.stock(3), Bun.randomUUIDv7()];
    const edit = (items: Schema<"OrderedItem">[]) =>
      refusalOf(customer.replaceOrder({ params, body: { version: 2, items, shippingAddress: ADDRESS } }));
    const more = [
      { productId: lamp, quantity: 1 },
      { productId: desk, quantity: 4 },
    ];
    const short = [{ productId: desk, requested: 4, available: 3 }];
    expect(await edit(more)).toMatchObject({ status: 409, problem: { code: "out-of-stock", items: short } });
    const gone = await edit([{ productId: nothing, quantity: 1 }]);
    expect(gone).toMatchObject({ status: 409, problem: { code: "product-unavailable", productIds: [nothing] } });
    expect((await customer.getOrder({ params })).body).toEqual(order);
    expect(await shop.settled(lamp)).toEqual({ available: 3, reserved: 0, sold: 2 });
    expect(await shop.counts(desk)).toEqual({ available: 3, reserved: 0, sold: 0 });
  });

  test("tests If-Match first, then the body's version", async () => {
    const { customer, params } = await place();
    const cancel = (version: number, etag?: string) =>
      refusalOf(
        customer.replaceOrder({
          params,
          body: { version, status: "cancelled" },
          headers: etag === undefined ? {} : { "if-match": etag },
        }),
      );
    expect(await cancel(1, '"1"')).toMatchObject({ status: 412, problem: { currentVersion: 2 } });
    expect(await cancel(1, '"2"')).toMatchObject({
      status: 409,
      problem: { code: "version-conflict", currentVersion: 2 },
    });
    expect(await cancel(1)).toMatchObject({ status: 409, problem: { code: "version-conflict" } });
  });

  test("lets the customer cancel and only an admin fulfil", async () => {
    const { lamp, customer, params } = await place();
    const fulfil = { params, body: { version: 2, status: "fulfilled" } } as const;
    expect(await refusalOf(customer.replaceOrder(fulfil))).toMatchObject({
      status: 403,
      problem: { code: "forbidden" },
    });
    expect((await refusalOf((await shop.customer()).replaceOrder(fulfil))).status).toBe(404);
    expect((await admin.replaceOrder(fulfil)).body).toMatchObject({ status: "fulfilled", version: 3 });
    const late = await refusalOf(customer.replaceOrder({ params, body: { version: 3, status: "cancelled" } }));
    expect(late).toMatchObject({ problem: { code: "invalid-transition", from: "fulfilled", allowed: [] } });
    expect(await shop.settled(lamp)).toEqual({ available: 3, reserved: 0, sold: 2 });

    const other = await place();
    const cancelled = await other.customer.replaceOrder({
      params: other.params,
      body: { version: 2, status: "cancelled" },
    });
    expect(cancelled.body.statusHistory.map(({ status }) => status)).toEqual(["pending", "confirmed", "cancelled"]);
    expect(await shop.settled(other.lamp)).toEqual({ available: 5, reserved: 0, sold: 0 });
  });

  test("of two admins at one version one wins", async () => {
    const { params } = await place();
    const moves = (["fulfilled", "cancelled"] as const).map((status) =>
      admin.replaceOrder({ params, body: { version: 2, status } }).then(
        (reply) => reply.status as number,
        (error) => error.problem.code as string, // the SDK throws nothing else here
      ),
    );
    expect((await Promise.all(moves)).map(String).sort()).toEqual(["200", "version-conflict"]);
  });

  test("only cancels a pending order, and answers 503 for an edit that can't be decided in time", async () => {
    const { lamp, customer, params } = await place();
    shop.products.service.freeze();
    let pending: Schema<"Order">;
    try {
      const items = [{ productId: lamp, quantity: 1 }];
      ({ body: pending } = await customer.createOrder({ body: { items, shippingAddress: ADDRESS } }));
      const target = { orderId: pending.id };
      const contents = { version: 1, items, shippingAddress: ADDRESS };
      for (const body of [contents, { version: 1, status: "fulfilled" } as const]) {
        const refused = await refusalOf(admin.replaceOrder({ params: target, body }));
        expect(refused).toMatchObject({ status: 409, problem: { code: "order-pending" }, retryAfterMs: 1000 });
      }
      const cancelled = await customer.replaceOrder({ params: target, body: { version: 1, status: "cancelled" } });
      expect(cancelled.body).toMatchObject({ status: "cancelled", total: null });

      const more = { version: 2, items: [{ productId: lamp, quantity: 4 }], shippingAddress: ADDRESS };
      const undecided = await refusalOf(customer.replaceOrder({ params, body: more }));
      expect(undecided).toMatchObject({ status: 503, problem: { code: "service-unavailable" }, retryAfterMs: 1000 });
      const meanwhile = await refusalOf(customer.replaceOrder({ params, body: more }));
      expect(meanwhile).toMatchObject({ status: 409, problem: { code: "edit-in-progress" }, retryAfterMs: 1000 });
    } finally {
      shop.products.service.thaw();
    }
    expect(await shop.settled(lamp)).toEqual({ available: 1, reserved: 0, sold: 4 });
    expect((await customer.getOrder({ params })).body).toMatchObject({ version: 3, items: [{ quantity: 4 }] });
  });
});

describe("deleteOrder", () => {
  test("gives back what is not on its way and takes the order out of view for everybody", async () => {
    const { lamp, customer, order, params } = await place();
    expect((await refusalOf((await shop.customer()).deleteOrder({ params }))).status).toBe(404);
    const stale = await refusalOf(customer.deleteOrder({ params, headers: { "if-match": '"1"' } }));
    expect(stale).toMatchObject({ status: 412, problem: { currentVersion: 2 } });
    expect((await customer.deleteOrder({ params, headers: { "if-match": '"2"' } })).status).toBe(204);
    for (const caller of [customer, admin]) {
      expect((await refusalOf(caller.getOrder({ params }))).status).toBe(404);
      expect((await refusalOf(caller.deleteOrder({ params }))).status).toBe(404);
      expect((await refusalOf(caller.replaceOrder({ params, body: { version: 3, status: "cancelled" } }))).status).toBe(
        404,
      );
      expect((await caller.listOrders({ query: { customerId: order.customerId } })).body.items).toEqual([]);
    }
    expect(await shop.settled(lamp)).toEqual({ available: 5, reserved: 0, sold: 0 });
  });

  test("gives back nothing of a fulfilled order", async () => {
    const { lamp, params } = await place();
    await admin.replaceOrder({ params, body: { version: 2, status: "fulfilled" } });
    expect((await admin.deleteOrder({ params })).status).toBe(204);
    expect(await shop.settled(lamp)).toEqual({ available: 3, reserved: 0, sold: 2 });
  });
});
