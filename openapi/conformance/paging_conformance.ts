/** Lists that are too long for one page: each tells where the next one is, and all pages together are the list, once. */
import type { Api, Caller } from "./api.ts";
import { anAccount, anOrder, aProduct, expect, logIn, test } from "./fixtures.ts";

type List = "listSessions" | "listProductAuditEvents" | "listOrderAuditEvents";

test("listSessions goes on page by page", async ({ api }) => {
  const account = await anAccount(api);
  const token = (await logIn(api, account)).access_token;
  for (let count = 0; count < 2; count++) await logIn(api, account);
  expect(await readAll(api, "listSessions", { as: token })).toHaveLength(3);
});

test("listProductAuditEvents goes on page by page", async ({ api, admin, seller }) => {
  const { id: productId } = await aProduct(api, seller);
  await api.answers(200, "updateProduct", { as: seller, params: { productId }, body: { version: 1, name: "A lamp" } });
  const query = { targetId: productId };
  expect(await readAll(api, "listProductAuditEvents", { as: admin, query })).toHaveLength(2);
});

test("listOrderAuditEvents goes on page by page", async ({ api, admin, seller, customer }) => {
  const { id: orderId } = await anOrder(api, customer, [await aProduct(api, seller), 1]);
  const params = { orderId };
  await api.answers(200, "replaceOrder", { as: customer, params, body: { version: 2, status: "cancelled" } });
  await api.answers(204, "deleteOrder", { as: customer, params });
  expect(await readAll(api, "listOrderAuditEvents", { as: admin, query: { targetId: orderId } })).toHaveLength(2);
});

interface Reading {
  readonly as: Caller | string;
  readonly query?: Readonly<Record<string, string>>;
}

/** All ids of a list, one on each page, as its `Link` headers lead. */
async function readAll(api: Api, id: List, { as, query = {} }: Reading): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: Record<string, string> = {}; ; ) {
    const { body, headers } = await api.answers(200, id, { as, query: { ...query, limit: 1, ...cursor } });
    ids.push(...body.items.map((item) => item.id));
    const next = /^<[^>]*[?&]cursor=([^&>]+)[^>]*>; rel="next"$/.exec(headers.link ?? "")?.[1];
    expect(next ?? null).toBe(body.nextCursor);
    if (body.nextCursor === null) break;
    cursor = { cursor: body.nextCursor };
  }
  expect(ids).toEqual([...new Set(ids)].sort().reverse());
  return ids;
}
