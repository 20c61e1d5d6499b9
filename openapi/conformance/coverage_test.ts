import { describe, expect, test } from "bun:test";
import { judge, lostTests, toSummary, toTable } from "./coverage.ts";
import { type Operation, operationOf } from "./document.ts";
import { facetsOf, type Sighting, sight } from "./facets.ts";
import type { FaultTest } from "./faults.ts";

const OPERATIONS: readonly Pick<Operation, "id" | "responses">[] = [
  { id: "getProduct", responses: documented(200, 404, 503) },
  { id: "deleteProduct", responses: documented(204) },
];
const SEEN: readonly Sighting[] = [seen("getProduct", 200), seen("getProduct", 404), seen("deleteProduct", 204)];
const AWAY: FaultTest = {
  operations: ["getProduct"],
  status: 503,
  file: "services/a_test.ts",
  test: "answers 503 without a store",
};
const FILES: Readonly<Record<string, string>> = {
  "services/a_test.ts": 'test("answers 503 without a store", async () => {',
};

test("judge() finds nothing missing where every status was seen, here or elsewhere", () => {
  expect(states({})).toEqual(["seen", "seen", "elsewhere", "seen"]);
});

test("judge() finds a status that was never seen", () => {
  expect(states({ sightings: SEEN.slice(1) })).toEqual(["missing", "seen", "elsewhere", "seen"]);
});

test("judge() does not take another operation's status for it", () => {
  const sightings: Sighting[] = [...SEEN.slice(0, 2), seen("getProduct", 204)];
  expect(states({ sightings })).toEqual(["seen", "seen", "elsewhere", "missing"]);
});

test("judge() finds a status whose test elsewhere was never written", () => {
  expect(states({ faultTests: [] })).toEqual(["seen", "seen", "missing", "seen"]);
  expect(states({ faultTests: [{ ...AWAY, file: "services/b_test.ts" }] })[2]).toBe("missing");
  expect(states({ faultTests: [{ ...AWAY, test: "answers 503" }] })[2]).toBe("missing");
});

test("lostTests() names the entries of the table that lead nowhere", () => {
  const renamed = { ...AWAY, test: "answers 503 with a store" };
  expect(lostTests({ faultTests: [AWAY, renamed], readFile })).toEqual([renamed]);
});

test("toTable() marks what was not seen over HTTP", () => {
  const table = toTable(judge({ operations: OPERATIONS, sightings: SEEN.slice(1), faultTests: [AWAY], readFile }));
  expect(table).toBe("  getProduct     200! 404 503*\n  deleteProduct  204");
});

describe("of the contract itself", () => {
  const createOrder = operationOf("createOrder");
  const answer = {
    status: 409,
    headers: { "content-type": "application/problem+json", "retry-after": "1", "x-request-id": "r1" },
    text: '{"code":"request-in-progress"}',
  };

  test("facetsOf() has each status, each header and each problem of it", () => {
    const facets = facetsOf(createOrder).filter(({ status }) => status === 409);
    expect(facets.filter(({ kind }) => kind === "status")).toHaveLength(1);
    expect(facets.filter(({ kind }) => kind === "header").map(({ name }) => name)).toContain("Retry-After");
    expect(facets.filter(({ kind }) => kind === "problem").map(({ name }) => name)).toEqual([
      "out-of-stock",
      "product-unavailable",
      "order-cancelled",
      "request-in-progress",
    ]);
  });

  test("sight() tells the declared headers and the code of an answer", () => {
    expect(sight(createOrder, answer)).toEqual({
      operation: "createOrder",
      status: 409,
      headers: ["Retry-After"],
      code: "request-in-progress",
    });
  });

  test("judge() finds a header and a problem that were never seen, although the status was", () => {
    const [operations, sightings] = [[createOrder], [sight(createOrder, answer)]];
    const rows = judge({ operations, sightings, faultTests: [], readFile }).filter(({ status }) => status === 409);
    const missing = rows.filter(({ state }) => state === "missing").map(({ name }) => name);
    expect(missing).toContain("Idempotent-Replayed");
    expect(missing).toContain("out-of-stock");
    expect(missing).not.toContain("Retry-After");
    expect(missing).not.toContain("request-in-progress");
    expect(toTable(rows)).toContain("409(");
    expect(toSummary(rows)).toContain("1 operation × status: 100 %");
  });

  test("judge() takes a test elsewhere for what it shows, and for no more", () => {
    const elsewhere = { ...AWAY, operations: ["createOrder" as const], status: 409, shows: ["order-cancelled"] };
    const evidence = { operations: [createOrder], sightings: [], faultTests: [elsewhere], readFile };
    const rows = judge(evidence).filter(({ state }) => state === "elsewhere");
    expect(rows.map(({ name }) => name)).toEqual(["order-cancelled"]);
  });
});

function seen(operation: string, status: number): Sighting {
  return { operation, status, headers: [], code: undefined };
}

function states({ sightings = SEEN, faultTests = [AWAY] }): string[] {
  return judge({ operations: OPERATIONS, sightings, faultTests, readFile }).map(({ state }) => state);
}

function documented(...statuses: readonly number[]): Operation["responses"] {
  return new Map(statuses.map((status) => [status, "#"]));
}

function readFile(path: string): string | undefined {
  return FILES[path];
}
