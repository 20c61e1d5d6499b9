import { expect, test } from "bun:test";
import { canonicalJson } from "./canonical_json.ts";

test("equal values give equal texts", () => {
  expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: true })).toBe(
    canonicalJson({ a: true, b: [1, { c: "x", d: null }] }),
  );
  expect(canonicalJson({ a: 1, gone: undefined })).toBe('{"a":1}');
  expect(canonicalJson(undefined)).toBe("null");
});

test("other values give other texts", () => {
  const values = [
    { a: 1 },
    { a: "1" },
    { b: 1 },
    [["a", 1]],
    ["a", 1],
    { a: { a: 1 } },
    {},
    [],
    null,
    "",
    "null",
    [1, 2],
    [2, 1],
  ];
  expect(new Set(values.map(canonicalJson)).size).toBe(values.length);
});
