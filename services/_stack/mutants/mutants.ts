// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source
/** The bugs that the design of orders and stock is there to prevent, each as a small change of the source. */
import type { Mutant } from "./mutant.ts";

const ORDERS = "services/order-processing";
const PRODUCTS = "services/product-management";
const ORDER_STORE = `${ORDERS}/store/postgres.ts`;
const ORDER_STORE_TEST = `${ORDERS}/store/postgres_test.ts`;
const INTERLEAVINGS_TEST = "services/_stack/interleavings/interleavings_test.ts";
const CRASH_TEST = `${ORDERS}/saga/crash_test.ts`;

export const MUTANTS: readonly Mutant[] = [
  {
    name: "no fence: who lost the lease still decides",
    file: ORDER_STORE,
    edits: [{ search: "${guard.fence === undefined ? sql`` : sql`AND fence = ${guard.fence}`}", replace: "" }],
    checks: [ORDER_STORE_TEST, CRASH_TEST],
  },
  {
    name: "version tested outside the write (Postgres)",
    file: `${PRODUCTS}/store/postgres.ts`,
    edits: [{ search: "WHERE id = ${before.id} AND version = ${before.version}", replace: "WHERE id = ${before.id}" }],
    checks: [`${PRODUCTS}/store/postgres_test.ts`],
  },
  {
    name: "version tested outside the write (MongoDB)",
    file: `${PRODUCTS}/store/mongo.ts`,
    edits: [
      {
        search: "const filter = { _id: before.id, version: before.version };",
        replace: "const filter = { _id: before.id };",
      },
    ],
    checks: [`${PRODUCTS}/store/mongo_test.ts`],
  },
  {
    name: "no tombstone: a late reservation comes back after its release",
    file: `${PRODUCTS}/stock.ts`,
    edits: [
      {
        search: 'if (!entry) return { outcome: "done", entry: entryOf(command, "released") };',
        replace: 'if (!entry) return { outcome: "done" };',
      },
    ],
    checks: [`${PRODUCTS}/stock_test.ts`, `${PRODUCTS}/store/postgres_test.ts`],
  },
  {
    name: "decreases of an edit given back before its decision",
    file: `${ORDERS}/saga/edit_order.ts`,
    edits: [
      {
        search: "  if (!(await saga.orders.decide(decision))) return voidEdit(saga, undecided, proposal);",
        replace: `  const { decreases } = compareItems(orderedItems(order), proposal.items);
  const early = decreases.map((item) => ({ command: "restock" as const, orderId: order.id, revision, notAfter: lease.notAfter, ...item }));
  if (early.length > 0) await saga.stock.apply(early, { timeoutMs: saga.limits.stockTimeoutMs });
  if (!(await saga.orders.decide(decision))) return voidEdit(saga, undecided, proposal);`,
      },
    ],
    checks: [`${ORDERS}/saga/edit_order_test.ts`, CRASH_TEST],
  },
  {
    name: "release before the decision to reject",
    file: `${ORDERS}/saga/place_order.ts`,
    edits: [
      {
        search: "  const decision = reject(record, { fence: lease.fence, now: saga.clock.now() });",
        replace: `  const early = orderedItems(record.order).map((item) => ({ command: "release" as const, orderId: lease.orderId, revision: PLACING_REVISION, notAfter: lease.notAfter, ...item }));
  await saga.stock.apply(early, { timeoutMs: saga.limits.stockTimeoutMs });
  const decision = reject(record, { fence: lease.fence, now: saga.clock.now() });`,
      },
    ],
    checks: [`${ORDERS}/saga/place_order_test.ts`, CRASH_TEST],
  },
  {
    name: "idempotency row in another transaction (orders)",
    file: ORDER_STORE,
    edits: [
      {
        search: "${claim === undefined ? sql`` : this.#claiming(claim, draft.id)}\n      INSERT INTO orders",
        replace: "INSERT INTO orders",
      },
      { search: "${claim === undefined ? sql`` : sql`FROM claimed`}", replace: "" },
      {
        search: "RETURNING number, not_after`;\n    if (!row) return undefined;",
        replace: `RETURNING number, not_after\`;
    if (!row) return undefined;
    if (claim && (await this.#database.query\`\${this.#claiming(claim, draft.id)} SELECT FROM claimed\`).count === 0) return undefined;`,
      },
    ],
    checks: [ORDER_STORE_TEST],
  },
  {
    name: "idempotency row in another transaction (adjustments)",
    file: `${PRODUCTS}/store/postgres.ts`,
    edits: [
      {
        search: "if (record) await insertRecord(sql, record);",
        replace: "if (record) await this.#database.transaction((other) => insertRecord(other, record));",
      },
    ],
    checks: [`${PRODUCTS}/store/postgres_test.ts`],
  },
  {
    name: "outbox written after the commit",
    file: ORDER_STORE,
    edits: [
      {
        search:
          "${reply === undefined ? sql`` : this.#replying(reply)}\n      ${outbox.length === 0 ? sql`` : this.#queueing(outbox)}",
        replace: "${reply === undefined ? sql`` : this.#replying(reply)}",
      },
      {
        search: "SELECT id FROM decided`;\n    return rows.length === 1;\n  }\n\n  async rejectProposal(",
        replace: `SELECT id FROM decided\`;
    if (rows.length === 1 && outbox.length > 0) {
      await this.#database.query\`WITH decided AS (SELECT \${order.id}::uuid AS id) \${this.#queueing(outbox)} SELECT id FROM decided\`;
    }
    return rows.length === 1;
  }

  async rejectProposal(`,
      },
    ],
    checks: [ORDER_STORE_TEST, CRASH_TEST],
  },
  {
    name: "consume is not idempotent",
    file: `${PRODUCTS}/stock.ts`,
    edits: [
      {
        search:
          'if (entry.state === "consumed") return known(command, entry);\n    if (!holds(entry, command)) return { outcome: "mismatch" };',
        replace: 'if (entry.state !== "consumed" && !holds(entry, command)) return { outcome: "mismatch" };',
      },
    ],
    checks: [`${PRODUCTS}/stock_test.ts`, `${PRODUCTS}/store/postgres_test.ts`],
  },
  {
    name: "notAfter ignored: a late command takes effect",
    file: `${PRODUCTS}/stock.ts`,
    edits: [
      {
        search: 'if (situation.now.getTime() > Date.parse(command.notAfter)) return { outcome: "expired" };',
        replace: "",
      },
    ],
    checks: [`${PRODUCTS}/stock_test.ts`, `${PRODUCTS}/store/postgres_test.ts`],
  },
  {
    name: "messages of an order overtake each other",
    file: `${ORDERS}/store/postgres_outbox.ts`,
    edits: [
      {
        search: "AND older.sequence < oldest.sequence AND older.done_at IS NULL",
        replace: "AND older.sequence < oldest.sequence AND older.done_at IS NULL AND false",
      },
    ],
    checks: [ORDER_STORE_TEST, `${ORDERS}/saga/dispatcher_test.ts`],
  },
  {
    name: "the reply is not stored with the decision",
    file: ORDER_STORE,
    edits: [{ search: "${reply === undefined ? sql`` : this.#replying(reply)}", replace: "" }],
    checks: [ORDER_STORE_TEST, `${ORDERS}/saga/place_order_test.ts`],
  },
  {
    name: "a decision about an order that another one has changed",
    file: ORDER_STORE,
    edits: [{ search: "AND status = ${guard.status} AND version = ${guard.version}", replace: "" }],
    checks: [ORDER_STORE_TEST, CRASH_TEST],
  },
  {
    name: "two edits of an order at once",
    file: ORDER_STORE,
    edits: [
      {
        search: "AND version = ${edit.version}\n          AND proposal_revision IS NULL",
        replace: "AND version = ${edit.version}",
      },
    ],
    checks: [ORDER_STORE_TEST],
  },
  {
    name: "entries purged while a command may be under way",
    file: `${ORDERS}/store/postgres_outbox.ts`,
    edits: [
      {
        search: "SELECT lease_until IS NULL AND not_after + ${purgeDelayMs} * interval '1 ms' <= now()",
        replace: "SELECT lease_until IS NULL",
      },
    ],
    checks: [ORDER_STORE_TEST],
  },
  {
    name: "a sender that lost its lease marks the message done",
    file: `${ORDERS}/store/postgres_outbox.ts`,
    edits: [
      {
        search: "WHERE outbox.sequence = sent.sequence AND outbox.fence = sent.fence AND done_at IS NULL`;",
        replace: "WHERE outbox.sequence = sent.sequence AND done_at IS NULL`;",
      },
    ],
    checks: [ORDER_STORE_TEST],
  },
  {
    name: "a purge stops at orders that have several messages",
    file: `${ORDERS}/saga/background.ts`,
    edits: [{ search: "purged > 0 ||", replace: "purged === purgeBatch ||" }],
    checks: [`${ORDERS}/saga/purge_test.ts`],
  },
  {
    name: "the reconciler takes what is on its way for a difference",
    file: `${ORDERS}/saga/reconcile.ts`,
    edits: [{ search: "if (holder?.isUnsettled) continue;", replace: "" }],
    checks: [`${ORDERS}/saga/reconcile_test.ts`, INTERLEAVINGS_TEST],
  },
  {
    name: "a message is done though nobody answered it",
    file: `${ORDERS}/saga/dispatcher.ts`,
    edits: [
      {
        search: 'return { kind: "failed", error: messageOf(error), refused: error instanceof StockRefused };',
        replace: 'return { kind: "done" };',
      },
    ],
    checks: [INTERLEAVINGS_TEST],
  },
  {
    name: "a sale makes a version of the product",
    file: `${PRODUCTS}/store/postgres_stock.ts`,
    edits: [
      {
        search: "UPDATE products p SET in_stock = f.in_stock",
        replace: "UPDATE products p SET in_stock = f.in_stock, version = version + 1",
      },
    ],
    checks: [`${PRODUCTS}/store/postgres_test.ts`],
  },
];
