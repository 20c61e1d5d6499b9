import { expect, test } from "bun:test";

import { readConfig } from "./config.ts";

test("a store is all that must be set", () => {
  const config = readConfig({ STORE_URL: "mongodb://127.0.0.1/products" });
  expect(config).toMatchObject({ port: 3001, storeUrl: "mongodb://127.0.0.1/products", groupCommit: true });
  expect(readConfig({ STORE_URL: "postgres://127.0.0.1/p", GROUP_COMMIT: "false" }).groupCommit).toBe(false);
});

test("every fault is told at once", () => {
  const read = () => readConfig({ STORE_URL: "mysql://127.0.0.1/products", PORT: "-1", GROUP_COMMIT: "maybe" });
  for (const name of ["STORE_URL", "PORT", "GROUP_COMMIT"]) expect(read).toThrow(name);
});
