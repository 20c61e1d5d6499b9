import { expect, expectTypeOf, test } from "bun:test";
import { createClient, paginate, type Schema } from "#sdk";
import { answers, problem } from "./fixtures.ts";

function page(nextCursor: string | null, ...names: string[]): Response {
  return Response.json({ items: names.map((name) => ({ name })), nextCursor });
}

test("gives every item of every page, with the same query", async () => {
  const { fetch, requests } = answers(page("c1", "a", "b"), page("c2"), page(null, "c"));
  const client = createClient({ baseUrl: "http://localhost", fetch });
  const names: string[] = [];
  for await (const product of paginate(client.listProducts, { q: "lamp", limit: 2 })) {
    expectTypeOf(product).toEqualTypeOf<Schema<"Product">>();
    names.push(product.name);
  }
  expect(names).toEqual(["a", "b", "c"]);
  expect(requests.map(({ url }) => new URL(url).search)).toEqual([
    "?q=lamp&limit=2",
    "?q=lamp&limit=2&cursor=c1",
    "?q=lamp&limit=2&cursor=c2",
  ]);
});

test("asks for no page that nobody wants", async () => {
  const { fetch, requests } = answers(page("c1", "a", "b"));
  const client = createClient({ baseUrl: "http://localhost", fetch });
  for await (const { name } of paginate(client.listProducts)) if (name === "b") break;
  expect(requests).toHaveLength(1);
});

test("ends where a page is refused", async () => {
  const { fetch } = answers(page("c1", "a"), problem(401, "unauthorized"));
  const orders = paginate(createClient({ baseUrl: "http://localhost", fetch }).listOrders);
  expectTypeOf(orders).toEqualTypeOf<AsyncGenerator<Schema<"Order">, void, undefined>>();
  expect(await orders.next()).toMatchObject({ done: false });
  await expect(orders.next()).rejects.toMatchObject({ code: "unauthorized" });
});

test("hands its options to every call", async () => {
  const { fetch, requests } = answers(page("c1", "a"), page(null));
  const client = createClient({ baseUrl: "http://localhost", fetch });
  for await (const _ of paginate(client.listUsers, {}, { token: "t" }));
  expect(requests.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer t", "Bearer t"]);
});

test("the compiler knows what can be listed, and how", () => {
  const client = createClient({ baseUrl: "http://localhost", ...answers() });
  const wrong = () => [
    // @ts-expect-error orders have no such filter
    paginate(client.listOrders, { tag: "light" }),
    // @ts-expect-error the cursor is its own business
    paginate(client.listProducts, { cursor: "c" }),
    // @ts-expect-error a product is no list
    paginate(client.getProduct),
  ];
  expect(wrong).toBeFunction();
});
