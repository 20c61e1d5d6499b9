import type { CallOptions } from "./client.ts";

/** An operation that lists: `client.listProducts`, `client.listOrders`, `client.listUsers`. */
export type ListOperation<Query, Item> = (
  call: { readonly query?: Query },
  options?: CallOptions,
) => Promise<{ readonly body: { readonly items: readonly Item[]; readonly nextCursor: string | null } }>;

/**
 * Gives the items of a list one by one, and asks for the next page when it is needed.
 *
 * ```ts
 * for await (const product of paginate(client.listProducts, { q: "lamp" })) show(product);
 * ```
 *
 * @param query Filters, order, and with `limit` the size of a page.
 */
export async function* paginate<Query extends object | undefined, Item>(
  list: ListOperation<Query, Item>,
  query?: NoInfer<Omit<NonNullable<Query>, "cursor">>,
  options?: CallOptions,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await list({ query: { ...query, cursor } as Query }, options); // cursor is what Omit took away
    yield* page.body.items;
    cursor = page.body.nextCursor;
  }
}
