/** The `Idempotency-Key` of every creating POST: sent again, the same request has the same answer and no second effect. */
import { randomUUID } from "node:crypto";
import type { OperationId } from "#contract";
import type { Answer, Api, Call, Caller } from "./api.ts";
import { OPERATIONS } from "./document.ts";
import { anOrder, aProduct, aRegistration, expect, orderOf, productFields, stockOf, test } from "./fixtures.ts";

interface Scene {
  /** With a key of its own. */
  readonly call: Call;
  /** The same request with another payload. */
  readonly otherBody: object;
}
/** A scene without the key. */
type Prepare = (api: Api, caller: Caller) => Promise<Scene>;

const SCENES: Readonly<Partial<Record<OperationId, Prepare>>> = {
  async registerUser() {
    const registration = aRegistration();
    return { call: { body: registration }, otherBody: { ...registration, displayName: "Somebody Else" } };
  },
  async createProduct(_, as) {
    const fields = productFields();
    return { call: { as, body: fields }, otherBody: { ...fields, name: "Floor lamp" } };
  },
  async adjustProductStock(api, as) {
    const params = { productId: (await aProduct(api, as)).id };
    const change = { delta: 5, reason: "received" };
    return { call: { as, params, body: change }, otherBody: { ...change, delta: 6 } };
  },
  async createOrder(api, as) {
    const lamp = await aProduct(api, as);
    return { call: { as, body: orderOf([lamp, 1]) }, otherBody: orderOf([lamp, 2]) };
  },
};

for (const { id } of OPERATIONS.filter(({ takesIdempotencyKey }) => takesIdempotencyKey)) {
  test.describe(id, () => {
    test("answers the same request with the same bytes", async ({ api, seller }) => {
      const { call } = await prepare(id, api, seller);
      const first = await api.call(id, call);
      const again = await api.call(id, call);
      expect(first.status).toBe(201);
      expect(first.headers["idempotent-replayed"]).toBeUndefined();
      expectReplay(again, first);
    });

    test("takes the same JSON written otherwise for the same request", async ({ api, seller }) => {
      const { call } = await prepare(id, api, seller);
      const first = await api.call(id, call);
      const reordered = Object.fromEntries(Object.entries(call.body as object).toReversed()); // every scene's body is an object
      const again = await api.call(id, { ...call, body: JSON.stringify(reordered, null, 2) });
      expectReplay(again, first);
    });

    test("refuses another request with the same key", async ({ api, seller }) => {
      const { call, otherBody } = await prepare(id, api, seller);
      const first = await api.call(id, call);
      await api.refuses("idempotency-key-reused", id, { ...call, body: otherBody });
      expectReplay(await api.call(id, call), first);
    });

    test("does once what is asked for 20 times at once", async ({ api, seller }) => {
      const { call } = await prepare(id, api, seller);
      const answers = await Promise.all(Array.from({ length: 20 }, () => api.call(id, call)));
      const created = answers.filter(({ status }) => status === 201);
      const waiting = answers.filter(({ status }) => status !== 201);
      expect(created.length).toBeGreaterThan(0);
      expect(new Set(created.map(({ text }) => text)).size).toBe(1);
      for (const { status, body, headers } of waiting) {
        expect(status).toBe(409);
        expect(body).toMatchObject({ code: "request-in-progress" });
        expect(Number(headers["retry-after"])).toBeGreaterThan(0);
      }
      expect((await api.call(id, call)).text).toBe(created[0]?.text);
    });

    test("refuses a key that is none", async ({ api, seller }) => {
      const { call } = await prepare(id, api, seller);
      for (const key of ["", "two words", "k".repeat(256)]) {
        const { body } = await api.refuses("invalid-request", id, { ...call, headers: { "idempotency-key": key } });
        expect(body.errors[0]).toMatchObject({ in: "header", pointer: "#/idempotency-key" });
      }
    });
  });
}

test("the key belongs to the caller", async ({ api, seller, stranger }) => {
  const headers = { "idempotency-key": randomUUID() };
  const mine = await api.answers(201, "createProduct", { as: seller, headers, body: productFields() });
  const theirs = await api.answers(201, "createProduct", { as: stranger, headers, body: productFields() });
  expect(theirs.body.id).not.toBe(mine.body.id);
  expect(theirs.body.ownerId).toBe(stranger.id);
});

test("an order that was refused stays refused for its key, even when there is stock again", async ({
  api,
  seller,
  customer,
}) => {
  const lamp = await aProduct(api, seller, { stock: 0 });
  const call = { as: customer, body: orderOf([lamp, 1]), headers: { "idempotency-key": randomUUID() } };
  const first = await api.refuses("out-of-stock", "createOrder", call);
  await api.answers(201, "adjustProductStock", {
    as: seller,
    params: { productId: lamp.id },
    body: { delta: 1, reason: "received" },
  });
  expectReplay(await api.refuses("out-of-stock", "createOrder", call), first);
  await anOrder(api, customer, [lamp, 1]);
});

test("one order is placed and one adjustment made, however often they are asked for", async ({ api, seller }) => {
  const lamp = await aProduct(api, seller);
  const order = { as: seller, body: orderOf([lamp, 2]), headers: { "idempotency-key": randomUUID() } };
  const change = {
    as: seller,
    params: { productId: lamp.id },
    body: { delta: 5, reason: "received" },
    headers: { "idempotency-key": randomUUID() },
  };
  for (let count = 0; count < 3; count++) {
    await api.answers(201, "createOrder", order);
    await api.answers(201, "adjustProductStock", change);
  }
  await expect.poll(() => stockOf(api, lamp)).toMatchObject({ available: 13, reserved: 0, sold: 2 });
});

async function prepare(id: OperationId, api: Api, caller: Caller): Promise<Scene> {
  const scene = SCENES[id];
  if (scene === undefined) throw new Error(`Write a scene for ${id}: it takes an Idempotency-Key`);
  const { call, otherBody } = await scene(api, caller);
  return { call: { ...call, headers: { "idempotency-key": randomUUID() } }, otherBody };
}

function expectReplay(replay: Answer, first: Answer): void {
  expect(replay.text).toBe(first.text);
  expect(replay.status).toBe(first.status);
  expect(replay.headers["idempotent-replayed"]).toBe("true");
  for (const name of ["location", "etag", "content-type"]) expect(replay.headers[name]).toBe(first.headers[name]);
}
