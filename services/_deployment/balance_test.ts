import { describe, expect, test } from "bun:test";

import { parseRoutes } from "./balance.ts";

test("parseRoutes() reads ports and the replicas behind them", () => {
  expect(parseRoutes("3000=http://one:3000,http://other:3000 3001=http://127.0.0.1:4001")).toEqual([
    { port: 3000, replicas: ["http://one:3000", "http://other:3000"] },
    { port: 3001, replicas: ["http://127.0.0.1:4001"] },
  ]);
});

describe("parseRoutes() refuses", () => {
  const faulty = [
    "",
    "3000",
    "3000=",
    "0=http://one",
    "70000=http://one",
    "a=http://one",
    "1=https://one",
    "1=http://a/b",
  ];
  test.each(faulty)("%p", (text) => expect(parseRoutes(text)).toBeUndefined());
});
