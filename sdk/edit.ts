import type { Schema } from "#contract";
import type { Call, CallOptions, Client } from "./client.ts";
import { type UpdateOptions, update } from "./update.ts";

type Product = Schema<"Product">;
type Order = Schema<"Order">;
type ProductBody = Call<"updateProduct">["body"];
type OrderBody = Call<"replaceOrder">["body"];
/** The version is that of what was read last. */
type WithoutVersion<Body> = Body extends unknown ? Omit<Body, "version"> & { readonly version?: never } : never;

/** Fields of a product that change. */
export type ProductEdit = WithoutVersion<ProductBody>;
/** New contents of an order, or its new status. */
export type OrderEdit = WithoutVersion<OrderBody>;

/** How an edit is made: options of its calls, and how often it is tried. */
export interface EditOptions extends CallOptions, Pick<UpdateOptions<never>, "attempts" | "maxMs"> {}

/**
 * Changes a product, and starts over when somebody else changed it since.
 *
 * ```ts
 * lamp = await editProduct(client, lamp, ({ tags }) => ({ tags: [...tags, "sale"] }));
 * ```
 *
 * @param product As it was read, or its id.
 * @param change What shall be different, given the latest version; undefined to leave it as it is.
 * @returns The product as it is now.
 */
export async function editProduct(
  client: Pick<Client, "getProduct" | "updateProduct">,
  product: Product | string,
  change: (latest: Product) => ProductEdit | undefined,
  options: EditOptions = {},
): Promise<Product> {
  return await edit<Product, ProductBody>(product, change, {
    ...options,
    read: (productId) => client.getProduct({ params: { productId } }, options),
    write: (productId, body) => client.updateProduct({ params: { productId }, body }, options),
  });
}

/**
 * Changes an order: its items and address, or its status. Starts over when somebody else changed it since, and waits for
 * an order that is still pending.
 *
 * ```ts
 * order = await editOrder(client, order, ({ status }) => (status === "cancelled" ? undefined : { status: "cancelled" }));
 * ```
 *
 * @param order As it was read, or its id.
 * @param change What shall be different, given the latest version; undefined to leave it as it is.
 * @returns The order as it is now.
 */
export async function editOrder(
  client: Pick<Client, "getOrder" | "replaceOrder">,
  order: Order | string,
  change: (latest: Order) => OrderEdit | undefined,
  options: EditOptions = {},
): Promise<Order> {
  return await edit<Order, OrderBody>(order, change, {
    ...options,
    read: (orderId) => client.getOrder({ params: { orderId } }, options),
    write: (orderId, body) => client.replaceOrder({ params: { orderId }, body }, options),
  });
}

interface Calls<Resource, Body> extends EditOptions {
  read(id: string): Promise<{ readonly body: Resource }>;
  write(id: string, body: Body): Promise<{ readonly body: Resource }>;
}

async function edit<Resource extends { readonly id: string; readonly version: number }, Body>(
  resource: Resource | string,
  change: (latest: Resource) => WithoutVersion<Body> | undefined,
  { read, write, ...options }: Calls<Resource, Body>,
): Promise<Resource> {
  const [id, known] = typeof resource === "string" ? [resource] : [resource.id, resource];
  const apply = async (latest: Resource): Promise<Resource> => {
    const wanted = change(latest);
    if (wanted === undefined) return latest;
    const body = { ...wanted, version: latest.version } as Body; // what WithoutVersion took away is there again
    return (await write(id, body)).body;
  };
  return await update(async () => (await read(id)).body, apply, { ...options, known });
}
