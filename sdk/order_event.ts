import type { OrderEvent } from "#contract";

/** A text for each, so that the compiler misses one that is not here. */
const TYPES: Readonly<Record<OrderEvent["type"], true>> = {
  "order.confirmed": true,
  "order.rejected": true,
  "order.fulfilled": true,
  "order.cancelled": true,
};

/**
 * Reads what a consumer of the stream of events was sent. An event may come more than once and after a later one: its `id` is always the same, and the
 * `version` in its data only grows.
 *
 * @param message CloudEvents as JSON: a text, or its bytes.
 * @returns undefined for an event of a type that is newer than this client.
 * @throws {TypeError} if it is something else.
 */
export function readOrderEvent(message: string | Uint8Array): OrderEvent | undefined {
  const text = typeof message === "string" ? message : new TextDecoder().decode(message);
  const event = parse(text);
  if (event?.specversion !== "1.0" || typeof event.type !== "string") throw new TypeError("This is no CloudEvent 1.0");
  // The services check each event against the contract before they publish it; the type tells which of them it is.
  return Object.hasOwn(TYPES, event.type) ? (event as unknown as OrderEvent) : undefined;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return Object(JSON.parse(text));
  } catch {
    return undefined;
  }
}
