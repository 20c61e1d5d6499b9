/** Every call of the load, as it is made and as it is written down. */
import type { Schema } from "#contract";
import type { Counts, OrderedItem, OrderSight, Result } from "./entry.ts";
import type { Recorder } from "./recorder.ts";
import type { Person } from "./shop.ts";

/** Who calls, and where it is written down. */
export interface Caller {
  readonly recorder: Recorder;
  /** Told apart in the history. */
  readonly name: string;
  readonly person: Person;
}

/** Something everybody has. */
const ADDRESS: Schema<"ShippingAddress"> = {
  name: "Ada Lovelace",
  line1: "12 St James's Square",
  city: "London",
  postalCode: "SW1Y 4LB",
  country: "GB",
};

export function readProduct({ recorder, name, person }: Caller, productId: string): Promise<Result<"read product">> {
  return recorder.record({ client: name, kind: "read product", input: { productId } }, async () => {
    const { body } = await person.client.getProduct({ params: { productId } });
    return { version: body.version, value: body.name };
  });
}

/** What an edit writes; the value is its own. */
export interface Edit {
  readonly productId: string;
  readonly expected: number;
  readonly value: string;
  readonly status?: Schema<"ProductStatus">;
  /** Gives the version as `If-Match` too. */
  readonly conditional?: boolean;
}

export function editProduct({ recorder, name, person }: Caller, edit: Edit): Promise<Result<"edit product">> {
  const { productId, expected, value, status, conditional = false } = edit;
  const input = { productId, expected, value };
  return recorder.record({ client: name, kind: "edit product", input }, async () => {
    const { body } = await person.client.updateProduct({
      params: { productId },
      ...(conditional && { headers: { "if-match": `"${expected}"` } }),
      body: { version: expected, name: value, ...(status && { status }) },
    });
    return { version: body.version };
  });
}

export function readStock({ recorder, name, person }: Caller, productId: string): Promise<Result<"read stock">> {
  return recorder.record({ client: name, kind: "read stock", input: { productId } }, async () => {
    const { body } = await person.client.getProductStock({ params: { productId } });
    return countsOf(body);
  });
}

export function adjustStock(
  { recorder, name, person }: Caller,
  input: { readonly productId: string; readonly key: string; readonly delta: number },
): Promise<Result<"adjust stock">> {
  return recorder.record({ client: name, kind: "adjust stock", input }, async () => {
    const { productId, key, delta } = input;
    const { body } = await person.client.adjustProductStock({
      params: { productId },
      headers: { "idempotency-key": key },
      body: { delta, reason: delta > 0 ? "received" : "damaged" },
    });
    return { adjustmentId: body.id, counts: countsOf(body.stock), reply: JSON.stringify(body) };
  });
}

export function placeOrder(
  { recorder, name, person }: Caller,
  { key, items }: { readonly key: string; readonly items: readonly OrderedItem[] },
): Promise<Result<"place order">> {
  const input = { customerId: person.id, key, items };
  return recorder.record({ client: name, kind: "place order", input }, async () => {
    const headers = { "idempotency-key": key };
    const { status, body } = await person.client.createOrder({ headers, body: { items, shippingAddress: ADDRESS } });
    return { ...sightOf(body), status201: status === 201, reply: JSON.stringify(body) };
  });
}

export function readOrder({ recorder, name, person }: Caller, orderId: string): Promise<Result<"read order">> {
  return recorder.record({ client: name, kind: "read order", input: { orderId } }, async () => {
    const { body } = await person.client.getOrder({ params: { orderId } });
    return sightOf(body);
  });
}

export function editOrder(
  { recorder, name, person }: Caller,
  input: { readonly orderId: string; readonly expected: number; readonly items: readonly OrderedItem[] },
): Promise<Result<"edit order">> {
  return recorder.record({ client: name, kind: "edit order", input }, async () => {
    const { orderId, expected, items } = input;
    const contents = { version: expected, items, shippingAddress: ADDRESS };
    const { body } = await person.client.replaceOrder({ params: { orderId }, body: contents });
    return sightOf(body);
  });
}

export function moveOrder(
  { recorder, name, person }: Caller,
  input: { readonly orderId: string; readonly expected: number; readonly to: "cancelled" | "fulfilled" },
): Promise<Result<"move order">> {
  return recorder.record({ client: name, kind: "move order", input }, async () => {
    const { orderId, expected, to } = input;
    const { body } = await person.client.replaceOrder({
      params: { orderId },
      body: { version: expected, status: to },
    });
    return sightOf(body);
  });
}

export function deleteOrder({ recorder, name, person }: Caller, orderId: string): Promise<Result<"delete order">> {
  return recorder.record({ client: name, kind: "delete order", input: { orderId } }, async () => {
    await person.client.deleteOrder({ params: { orderId } });
    return {};
  });
}

function sightOf({ id, status, version, items }: Schema<"Order">): OrderSight {
  const ordered = items.map(({ productId, quantity }) => ({ productId, quantity }));
  return { orderId: id, status, version, items: ordered };
}

function countsOf({ available, reserved, sold, sequence }: Schema<"Stock">): Counts {
  return { available, reserved, sold, sequence };
}
