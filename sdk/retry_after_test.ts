import { expect, test } from "bun:test";
import { parseRetryAfter } from "./retry_after.ts";

const NOW_MS = Date.UTC(2026, 10, 23, 10, 15, 30);

test.each([
  ["3", 3_000],
  ["0", 0],
  ["Mon, 23 Nov 2026 10:15:37 GMT", 7_000],
  ["Mon, 23 Nov 2026 10:15:00 GMT", 0],
  ["soon", undefined],
  ["", undefined],
  [null, undefined],
])("Retry-After: %p asks to wait %p ms", (value, waitMs) => {
  expect(parseRetryAfter(value, NOW_MS)).toBe(waitMs);
});
