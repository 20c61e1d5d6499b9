import type { Schema } from "#contract";
import type { Call, CallOptions, Client } from "./client.ts";
import { type UpdateOptions, update } from "./update.ts";

type Product = Schema<"Product">;
type Order = Schema<"Order">;
/** The version is that of what was read last. */
type WithoutVersion<Body> = Body extends unknown ? Omit<Body, "version"> & { readonly version?: never } : never;

/** Fields of a product that change. */
export type ProductEdit = WithoutVersion<Call<"updateProduct">["body"]>;
/** New contents of an order, or its new status. */
export type OrderEdit = WithoutVersion<Call<"replaceOrder">["body"]>;

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
  const [id, known] = typeof product === "string" ? [product] : [product.id, product];
  const params = { productId: id };
  const read = async (): Promise<Product> => (await client.getProduct({ params }, options)).body;
  const write = async (latest: Product): Promise<Product> => {
    const edit = change(latest);
    if (edit === undefined) return latest;
    return (await client.updateProduct({ params, body: { ...edit, version: latest.version } }, options)).body;
  };
  return await update(read, write, { ...options, known });
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
  const [id, known] = typeof order === "string" ? [order] : [order.id, order];
  const params = { orderId: id };
  const read = async (): Promise<Order> => (await client.getOrder({ params }, options)).body;
  const write = async (latest: Order): Promise<Order> => {
    const edit = change(latest);
    if (edit === undefined) return latest;
    return (await client.replaceOrder({ params, body: { ...edit, version: latest.version } }, options)).body;
  };
  return await update(read, write, { ...options, known });
}
