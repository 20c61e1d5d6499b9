/** What is known from the answers so far: what exists, at which version, and which ids and tokens there are to send. */
import type { OperationId } from "#contract";
import { type Operation, partAt } from "../../../openapi/conformance/document.ts";
import { Accounts } from "./accounts.ts";

/** Something that an operation made. */
export interface Thing {
  /** Who made it. */
  readonly owner: string;
  /** Undefined where it may have changed unseen. */
  version: number | undefined;
  /** Of a product or an order. */
  status: string | undefined;
  isThere: boolean;
}

/** What is known of a product that nobody else sells, edits or buys. */
export interface Ware {
  readonly currency: string;
  /** Units that must be there: as if each order that was sent had taken its units, and none had given them back. */
  available: number;
}

/** A page that can be gone on from. */
export interface Cursor {
  readonly operation: OperationId;
  readonly caller: string;
  readonly query: Readonly<Record<string, string>>;
  readonly value: string;
}

/** An answer that may have links. */
export interface LinkedAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Who got it. */
  readonly caller: string;
}

interface Link {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly requestBody?: Readonly<Record<string, string>>;
}

const KEPT_MAX = 20;

/** Unique values that were ever sent: who sends one again may be refused. */
export class UsedValues {
  readonly skus = new Set<string>();
  readonly emails = new Set<string>();
  /** What was sent with each Idempotency-Key, by operation, caller and key. */
  readonly keys = new Map<string, Set<string>>();
}

export class Knowledge {
  /** By id. */
  readonly things: Map<string, Thing>;
  /** By product id. */
  readonly wares: Map<string, Ware>;
  readonly accounts: Accounts;
  /** Pages that were given, the latest last. */
  readonly cursors: Cursor[];
  readonly used: UsedValues;
  readonly #values: Map<string, unknown[]>;

  /** @param before What was known before: what becomes of a thing stays known, what there is to ask about is a list of one's own. */
  constructor(used: UsedValues, before?: Knowledge) {
    this.used = used;
    this.things = before?.things ?? new Map();
    this.wares = before?.wares ?? new Map();
    this.accounts = before?.accounts ?? new Accounts();
    this.cursors = before?.cursors ?? [];
    this.#values = new Map([...(before ? before.#values : [])].map(([name, values]) => [name, [...values]]));
  }

  /** Values to send in a field or parameter of this name, the latest last. */
  valuesOf(name: string): readonly unknown[] {
    return this.#values.get(name) ?? [];
  }

  learn(name: string, value: unknown): void {
    const values = this.#values.get(name) ?? [];
    this.#values.set(name, [...values.filter((known) => known !== value), value].slice(-KEPT_MAX));
  }

  /** What is gone is asked about less often. */
  forget(value: unknown): void {
    for (const [name, values] of this.#values) {
      if (values.includes(value)) this.#values.set(name, [value, ...values.filter((known) => known !== value)]);
    }
  }

  learnCursor(cursor: Cursor): void {
    if (this.cursors.push(cursor) > KEPT_MAX) this.cursors.shift();
  }

  /** Follows the links of a response: what the contract says can be asked next, by the caller above all. */
  followLinks(operation: Operation, { status, body, caller }: LinkedAnswer): void {
    const response = operation.responses.get(status);
    if (response === undefined) return;
    const { links = {} } = partAt(response) as { links?: Readonly<Record<string, Link>> }; // `responses` holds responses
    for (const { parameters = {}, requestBody = {} } of Object.values(links)) {
      for (const [name, expression] of Object.entries({ ...parameters, ...requestBody })) {
        const value = evaluate(expression, body);
        if (value === undefined) continue;
        this.learn(name, value);
        this.learn(`${caller} ${name}`, value);
      }
    }
  }
}

/** A runtime expression of OpenAPI about the body of a response; other kinds are not in use. */
function evaluate(expression: string, body: unknown): unknown {
  const path = /^\$response\.body#(\/.*)$/.exec(expression)?.[1];
  if (path === undefined) throw new Error(`A link of the contract has an expression that is not served: ${expression}`);
  let value = body;
  for (const token of path.split("/").slice(1)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[token];
  }
  return value;
}
