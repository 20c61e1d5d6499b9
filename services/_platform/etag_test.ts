import { expect, test } from "bun:test";
import { checkIfMatch, formatEtag, isNotModified, parseEtag } from "./etag.ts";

test("a version survives its ETag", () => {
  for (const version of [1, 7, Number.MAX_SAFE_INTEGER]) expect(parseEtag(formatEtag(version))).toBe(version);
});

test("parseEtag takes nothing but one strong tag of a version", () => {
  for (const value of ["", "*", "7", 'W/"7"', '"7", "8"', '"07"', '"0"', '"-1"', '"x"', '"9007199254740993"', '"7" ']) {
    expect(() => parseEtag(value)).toThrow(expect.objectContaining({ code: "invalid-request" }));
  }
});

test("checkIfMatch lets the current version and no header pass", () => {
  checkIfMatch(undefined, 3);
  checkIfMatch('"3"', 3);
  const refused = { code: "precondition-failed", extras: { currentVersion: 3 } };
  expect(() => checkIfMatch('"2"', 3)).toThrow(expect.objectContaining(refused));
});

test("isNotModified compares weakly and reads lists", () => {
  for (const held of ['"3"', 'W/"3"', '"1","3"', '"1" ,\tW/"3"', "*"]) expect(isNotModified(held, 3)).toBe(true);
  for (const held of [undefined, '"2"', '"33"', '""', '"1", "2"']) expect(isNotModified(held, 3)).toBe(false);
});
