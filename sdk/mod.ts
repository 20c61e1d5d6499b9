/**
 * The client of Tradepost: one typed method for each operation of the contract.
 *
 * ```ts
 * const client = createClient({ baseUrl: "https://shop.example", token: accessToken });
 * const { body: lamp } = await client.getProduct({ params: { productId } });
 * ```
 */
export type {
  OperationId,
  OrderEvent,
  ProblemBody,
  ProblemCode,
  ProblemOf,
  Reply,
  Schema,
  ServiceName,
} from "#contract";
export {
  type Call,
  type CallOptions,
  type Client,
  type ClientOptions,
  createClient,
  type Method,
  type Result,
} from "./client.ts";
export { type ClientCredentials, clientCredentials } from "./client_credentials.ts";
export { type EditOptions, editOrder, editProduct, type OrderEdit, type ProductEdit } from "./edit.ts";
export { ApiError, ConnectionError, type ConnectionErrorOptions, isProblem } from "./errors.ts";
export type { Fetch } from "./exchange.ts";
export { readOrderEvent } from "./order_event.ts";
export { type ListOperation, paginate } from "./paginate.ts";
export type { RetryOptions } from "./retry.ts";
export {
  createSession,
  type Session,
  type SessionOptions,
  type SessionStore,
  type SessionTokens,
} from "./session.ts";
export type { TokenSource } from "./token_source.ts";
export { type UpdateOptions, update } from "./update.ts";
