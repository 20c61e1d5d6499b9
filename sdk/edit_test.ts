import { describe, expect, test } from "bun:test";
import { createClient, editOrder, editProduct, type Schema, update } from "#sdk";
import { answers, failure, PRICE, PRODUCT_ID, problem } from "./fixtures.ts";

const LAMP: Schema<"Product"> = {
  id: PRODUCT_ID,
  sku: "LAMP-1",
  name: "Desk lamp",
  description: "",
  price: PRICE,
  status: "active",
  tags: ["light"],
  ownerId: PRODUCT_ID,
  version: 1,
  createdAt: "2026-11-23T10:15:30.123Z",
  updatedAt: "2026-11-23T10:15:30.123Z",
};
const ORDER_ID = "019a0d33-0000-7000-8000-000000000001";

function conflict(currentVersion: number): Response {
  return problem(409, "version-conflict", { currentVersion });
}

async function sent(requests: readonly Request[]): Promise<unknown[]> {
  return await Promise.all(
    requests.map(async (request) => [request.method, request.body === null ? undefined : await request.json()]),
  );
}

describe("editProduct()", () => {
  test("sends the edit with the version that was read", async () => {
    const { fetch, requests } = answers(Response.json({ ...LAMP, version: 2 }));
    const client = createClient({ baseUrl: "http://localhost", fetch });
    expect(await editProduct(client, LAMP, () => ({ name: "Lamp" }))).toMatchObject({ version: 2 });
    expect(await sent(requests)).toEqual([["PATCH", { version: 1, name: "Lamp" }]]);
  });

  test("reads again after a conflict and applies the change to what it finds", async () => {
    const latest = { ...LAMP, tags: ["light", "new"], version: 5 };
    const { fetch, requests } = answers(conflict(5), Response.json(latest), Response.json({ ...latest, version: 6 }));
    const client = createClient({ baseUrl: "http://localhost", fetch });
    await editProduct(client, LAMP, ({ tags }) => ({ tags: [...tags, "sale"] }));
    expect(await sent(requests)).toEqual([
      ["PATCH", { version: 1, tags: ["light", "sale"] }],
      ["GET", undefined],
      ["PATCH", { version: 5, tags: ["light", "new", "sale"] }],
    ]);
  });

  test("reads first if it has only the id, and sends nothing if nothing is to change", async () => {
    const { fetch, requests } = answers(Response.json(LAMP));
    const client = createClient({ baseUrl: "http://localhost", fetch });
    expect(await editProduct(client, LAMP.id, () => undefined)).toEqual(LAMP);
    expect(await sent(requests)).toEqual([["GET", undefined]]);
  });

  test("ends with the conflict when its attempts are used up", async () => {
    const { fetch } = answers(conflict(2), Response.json(LAMP), conflict(3));
    const client = createClient({ baseUrl: "http://localhost", fetch });
    const error = await failure(editProduct(client, LAMP, () => ({ name: "Lamp" }), { attempts: 2 }));
    expect(error).toMatchObject({ code: "version-conflict", currentVersion: 3 });
  });

  test("ends at once where reading again can't help", async () => {
    const { fetch, requests } = answers(problem(409, "sku-taken"));
    const client = createClient({ baseUrl: "http://localhost", fetch });
    expect(await failure(editProduct(client, LAMP, () => ({ sku: "MUG-1" })))).toMatchObject({ code: "sku-taken" });
    expect(requests).toHaveLength(1);
  });
});

describe("editOrder()", () => {
  const order = { id: ORDER_ID, status: "confirmed", version: 2 };

  test("waits for an order that is being decided", async () => {
    const pending = problem(409, "order-pending", {}, { "retry-after": "0" });
    const cancelled = { ...order, status: "cancelled", version: 3 };
    const { fetch, requests } = answers(
      Response.json({ ...order, status: "pending", version: 1 }),
      pending,
      Response.json(order),
      Response.json(cancelled),
    );
    const client = createClient({ baseUrl: "http://localhost", fetch });
    expect(await editOrder(client, ORDER_ID, () => ({ status: "cancelled" }))).toMatchObject({ status: "cancelled" });
    expect(await sent(requests)).toEqual([
      ["GET", undefined],
      ["PUT", { version: 1, status: "cancelled" }],
      ["GET", undefined],
      ["PUT", { version: 2, status: "cancelled" }],
    ]);
  });

  test("does not wait longer than it may, nor than its caller", async () => {
    const pending = (): Response => problem(409, "order-pending", {}, { "retry-after": "3" });
    const { fetch } = answers(Response.json(order), pending(), Response.json(order), pending());
    const client = createClient({ baseUrl: "http://localhost", fetch });
    const cancel = () => ({ status: "cancelled" }) as const;
    expect(await failure(editOrder(client, ORDER_ID, cancel, { maxMs: 100 }))).toMatchObject({ code: "order-pending" });
    const signal = AbortSignal.timeout(20);
    const startMs = performance.now();
    expect(await failure(editOrder(client, ORDER_ID, cancel, { signal }))).toMatchObject({ name: "TimeoutError" });
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });

  test("takes new contents or a new status, never a version", () => {
    const client = createClient({ baseUrl: "http://localhost", ...answers() });
    const wrong = () => [
      // @ts-expect-error the version is that of the order read last
      editOrder(client, ORDER_ID, ({ version }) => ({ status: "cancelled", version })),
      // @ts-expect-error contents are items and the address
      editOrder(client, ORDER_ID, () => ({ items: [] })),
    ];
    expect(wrong).toBeFunction();
  });
});

test("update() reads again when If-Match names an older version", async () => {
  const stale = problem(412, "precondition-failed", { currentVersion: 2 });
  const { fetch, requests } = answers(
    Response.json(LAMP),
    stale,
    Response.json(LAMP),
    new Response(null, { status: 204 }),
  );
  const client = createClient({ baseUrl: "http://localhost", fetch });
  const params = { productId: LAMP.id };
  await update(
    async () => (await client.getProduct({ params })).body,
    ({ version }) => client.deleteProduct({ params, headers: { "if-match": `"${version}"` } }),
  );
  expect(requests.map(({ method }) => method)).toEqual(["GET", "DELETE", "GET", "DELETE"]);
});

test("update() works for whatever has a version", async () => {
  const { fetch, requests } = answers(
    Response.json({ version: 1, displayName: "Ada" }),
    conflict(2),
    Response.json({ version: 2, displayName: "Ada King" }),
    Response.json({ version: 3 }),
  );
  const client = createClient({ baseUrl: "http://localhost", fetch });
  const { body } = await update(
    async () => (await client.getProfile()).body,
    ({ version, displayName }) => client.updateProfile({ body: { version, displayName: `${displayName}!` } }),
  );
  expect(body.version).toBe(3);
  expect((await sent(requests)).at(-1)).toEqual(["PATCH", { version: 2, displayName: "Ada King!" }]);
});
