/** What a history is made of: each call to the system, when it was made, and what came back. */
import type { Schema } from "#contract";

export type OrderStatus = Schema<"OrderStatus">;
export type OrderedItem = Schema<"OrderedItem">;

/** The units of a product, as somebody was told. */
export interface Counts {
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
  readonly sequence: number;
}

/** An order, as somebody was told. */
export interface OrderSight {
  readonly orderId: string;
  readonly status: OrderStatus;
  readonly version: number;
  readonly items: readonly OrderedItem[];
}

/** What is asked in each kind of call, and what a success answers. */
export interface Calls {
  "create product": {
    readonly input: { readonly sku: string; readonly value: string; readonly stock: number };
    readonly answer: { readonly productId: string; readonly version: number };
  };
  "read product": {
    readonly input: { readonly productId: string };
    readonly answer: { readonly version: number; readonly value: string };
  };
  /** Under the version that was read last; the value is this edit's alone. */
  "edit product": {
    readonly input: { readonly productId: string; readonly expected: number; readonly value: string };
    readonly answer: { readonly version: number };
  };
  "delete product": { readonly input: { readonly productId: string }; readonly answer: object };
  "read stock": { readonly input: { readonly productId: string }; readonly answer: Counts };
  "adjust stock": {
    readonly input: { readonly productId: string; readonly key: string; readonly delta: number };
    readonly answer: { readonly adjustmentId: string; readonly counts: Counts; readonly reply: string };
  };
  "place order": {
    readonly input: { readonly customerId: string; readonly key: string; readonly items: readonly OrderedItem[] };
    /** 202 answers an order that is pending. */
    readonly answer: OrderSight & { readonly status201: boolean; readonly reply: string };
  };
  "read order": { readonly input: { readonly orderId: string }; readonly answer: OrderSight };
  "edit order": {
    readonly input: { readonly orderId: string; readonly expected: number; readonly items: readonly OrderedItem[] };
    readonly answer: OrderSight;
  };
  "move order": {
    readonly input: { readonly orderId: string; readonly expected: number; readonly to: "cancelled" | "fulfilled" };
    readonly answer: OrderSight;
  };
  "delete order": { readonly input: { readonly orderId: string }; readonly answer: object };
  "register account": { readonly input: { readonly email: string }; readonly answer: object };
  "log out": { readonly input: { readonly session: string }; readonly answer: object };
  /** With the refresh token of a session. */
  "refresh session": { readonly input: { readonly session: string }; readonly answer: object };
  /** With an access token of a session that was issued at a time of the history's clock. */
  "use access token": {
    readonly input: { readonly session: string; readonly issuedMs: number };
    readonly answer: object;
  };
}

export type Kind = keyof Calls;

/** Why a call was refused, or what stood for its answer. */
export interface Refusal {
  /** HTTP; undefined if there was no answer. */
  readonly status: number | undefined;
  readonly code: string;
  /** The whole body, to be compared. */
  readonly reply: string;
}

/** What became of a call: an unknown one (5xx, timeout, reset) may have had its effect, or may have it later. */
export type Result<K extends Kind> =
  | { readonly outcome: "ok"; readonly answer: Calls[K]["answer"] }
  | { readonly outcome: "fail"; readonly refusal: Refusal }
  | { readonly outcome: "unknown"; readonly refusal: Refusal };

/** When and by whom. Milliseconds of one clock that never goes back. */
export interface Occasion {
  readonly client: string;
  readonly invokedMs: number;
  readonly returnedMs: number;
}

/** One call. */
export type Entry<K extends Kind = Kind> = K extends Kind
  ? Occasion & { readonly kind: K; readonly input: Calls[K]["input"] } & Result<K>
  : never;

/** A call that succeeded. */
export type OkEntry<K extends Kind> = Extract<Entry<K>, { outcome: "ok" }>;

/** All that was called, in the order in which it returned. */
export type History = readonly Entry[];

/** The calls of one kind. */
export function callsOf<K extends Kind>(history: History, kind: K): Entry<K>[] {
  return history.filter((entry): entry is Entry<K> => entry.kind === kind);
}

/** Those of one kind that succeeded. */
export function successesOf<K extends Kind>(history: History, kind: K): OkEntry<K>[] {
  return callsOf(history, kind).filter((entry): entry is OkEntry<K> => entry.outcome === "ok");
}

/** Those of one kind of which nobody knows. */
export function unknownsOf<K extends Kind>(history: History, kind: K): Entry<K>[] {
  return callsOf(history, kind).filter(({ outcome }) => outcome === "unknown");
}
