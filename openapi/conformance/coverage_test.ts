import { expect, test } from "bun:test";
import type { Sighting } from "./api.ts";
import { judge, lostTests, toTable } from "./coverage.ts";
import type { Operation } from "./document.ts";
import type { FaultTest } from "./faults.ts";

const OPERATIONS: readonly Pick<Operation, "id" | "responses">[] = [
  { id: "getProduct", responses: documented(200, 404, 503) },
  { id: "deleteProduct", responses: documented(204) },
];
const SEEN: readonly Sighting[] = [
  { operation: "getProduct", status: 200 },
  { operation: "getProduct", status: 404 },
  { operation: "deleteProduct", status: 204 },
];
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
  const sightings: Sighting[] = [...SEEN.slice(0, 2), { operation: "getProduct", status: 204 }];
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

function states({ sightings = SEEN, faultTests = [AWAY] }): string[] {
  return judge({ operations: OPERATIONS, sightings, faultTests, readFile }).map(({ state }) => state);
}

function documented(...statuses: readonly number[]): Operation["responses"] {
  return new Map(statuses.map((status) => [status, "#"]));
}

function readFile(path: string): string | undefined {
  return FILES[path];
}
