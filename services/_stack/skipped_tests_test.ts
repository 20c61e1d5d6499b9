import { expect, test } from "bun:test";
import { readBaseUrls, toSkippedLines } from "./skipped_tests.ts";

test("readBaseUrls() takes one URL for all services, or one for each, or none", () => {
  expect(readBaseUrls([])).toBeUndefined();
  expect(readBaseUrls(["https://shop.example"])).toBe("https://shop.example");
  const named = ["user-authentication=http://a:1", "product-management=http://b:2?x=1", "order-processing=http://c:3"];
  expect(JSON.parse(readBaseUrls(named) ?? "")).toEqual({
    "user-authentication": "http://a:1",
    "product-management": "http://b:2?x=1",
    "order-processing": "http://c:3",
  });
});

test("readBaseUrls() refuses two URLs of nobody", () => {
  expect(() => readBaseUrls(["http://a", "http://b"])).toThrow("NAME=URL");
  expect(() => readBaseUrls(["shop=http://a", "http://b"])).toThrow("NAME=URL");
});

test("toSkippedLines() tells what was skipped, by its reason", () => {
  const spec = (title: string, status: string, reason?: string) => {
    const annotations = reason === undefined ? [] : [{ type: "skip", description: reason }];
    return { title, tests: [{ status, annotations }] };
  };
  const inner = { specs: [spec("a", "skipped", "needs an admin"), spec("b", "expected")] };
  const report = {
    suites: [{ suites: [inner], specs: [spec("c", "skipped", "needs an admin"), spec("d", "skipped")] }],
  };
  expect(toSkippedLines(JSON.stringify(report))).toEqual([
    "\nSkipped, needs an admin: 2",
    "  c",
    "  a",
    "\nSkipped, for no reason that it tells: 1",
    "  d",
  ]);
});
