/** The dependency rule, held against every file; the table of rooms is `_stack/boundaries/table.ts`. */
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OPERATIONS } from "#contract";
import { findCircles } from "./_stack/boundaries/circles.ts";
import { checkFile } from "./_stack/boundaries/rooms.ts";
import { snakeCase } from "./_stack/boundaries/scan.ts";
import { ROOMS, SAYINGS } from "./_stack/boundaries/table.ts";
import { ROOT } from "./_stack/paths.ts";
import { SERVICE_NAMES } from "./_stack/service_names.ts";

const FOLDERS = ["openapi", "services", "sdk", "k8s"];
const TOP_LEVEL = new Set([
  ...["README.md", "LICENSE", "package.json", "bun.lock", "bunfig.toml", "tsconfig.json", "biome.json"],
  ...["compose.yaml", ".gitignore", ".dockerignore", ".ci", ".github", ...FOLDERS],
]);
/** Of the tools and of git: never committed. */
const UNTRACKED = new Set([".git", ".env", ".data", "node_modules", "test-results", "playwright-report"]);

function check(path: string, source: string): readonly string[] {
  return checkFile({ path, source }, ROOMS, SAYINGS);
}

/** Sources; what is built from them (`sdk/dist`) is nobody's to read. */
const files = FOLDERS.flatMap((folder) => [...new Bun.Glob(`${folder}/**/*.ts`).scanSync({ cwd: ROOT })])
  .filter((path) => !path.startsWith("sdk/dist/"))
  .sort();

test("every file imports and says only what its room may", () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap((path) => check(path, readFileSync(join(ROOT, path), "utf8")))).toEqual([]);
});

test("no files need each other", () => {
  expect(findCircles(files.map((path) => ({ path, source: readFileSync(join(ROOT, path), "utf8") })))).toEqual([]);
});

test("a planted circle is found, of types as well", () => {
  const planted = [
    { path: "sdk/a.ts", source: 'import { b } from "./b.ts"; b();' },
    { path: "sdk/b.ts", source: 'import { c } from "./c.ts"; export const b = c;' },
    { path: "sdk/c.ts", source: 'import type { B } from "./b.ts"; export const c: B = 1;' },
  ];
  expect(findCircles(planted)).toEqual(["sdk/b.ts -> sdk/c.ts -> sdk/b.ts"]);
});

test("files are named in snake_case, and none is an index", () => {
  const names = files.map((path) => path.slice(path.lastIndexOf("/") + 1));
  expect(names.filter((name) => !/^[a-z][a-z0-9_]*(\.config)?\.ts$/.test(name) || name === "index.ts")).toEqual([]);
});

test("the top level has the names of the architecture, and no other", () => {
  const names = readdirSync(ROOT).filter((name) => !UNTRACKED.has(name) && !name.endsWith(".log"));
  expect(names.filter((name) => !TOP_LEVEL.has(name))).toEqual([]);
});

describe.each([...SERVICE_NAMES])("%s", (service) => {
  const folder = join(ROOT, "services", service);

  test("has the files that every service has", () => {
    const expected = [
      "README.md",
      "package.json",
      "mod.ts",
      "main.ts",
      "config.ts",
      "store/mod.ts",
      "store/contract.ts",
    ];
    expect(expected.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
  });

  test("is a package of its name whose tests run in its folder", () => {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    expect(manifest).toMatchObject({
      name: service,
      scripts: { test: "bun test --timeout 30000 --preload ../_stack/setup.ts ." },
    });
  });

  test("has one file for each operation of its tag, none extra, and its table of contents names them all", () => {
    const operations = Object.entries(OPERATIONS).filter(([, row]) => row.service === service);
    const expected = operations.map(([id]) => `${snakeCase(id)}.ts`).sort();
    const present = readdirSync(join(folder, "operations")).filter((name) => !/(_test|fixture)\.ts$/.test(name));
    expect(present.sort()).toEqual(expected);
    const contents = readFileSync(join(folder, "mod.ts"), "utf8");
    expect(expected.filter((name) => !contents.includes(`"./operations/${name}"`))).toEqual([]);
  });
});

/** A fault planted in a file, and what must be said of it. */
const PLANTED: readonly (readonly [path: string, source: string, fault: string])[] = [
  // Who imports whom.
  [
    "services/_platform/etag.ts",
    'import "../product-management/product.ts";',
    "imports services/product-management/product.ts",
  ],
  [
    "services/_platform/x_test.ts",
    'import { a } from "../order-processing/order.ts"; a();',
    "imports services/order-processing/order.ts",
  ],
  [
    "services/order-processing/main.ts",
    'import { a } from "../product-management/stock.ts"; a();',
    "imports services/product-management/stock.ts",
  ],
  [
    "services/order-processing/order_test.ts",
    'import { a } from "../product-management/stock.ts"; a();',
    "imports services/product-management/stock.ts",
  ],
  [
    "services/product-management/product.ts",
    'import { a } from "./store/postgres.ts"; a();',
    "imports services/product-management/store/postgres.ts",
  ],
  [
    "services/product-management/product.ts",
    'import type { A } from "./store/mod.ts"; export type B = A;',
    "imports types of services/product-management/store/mod.ts",
  ],
  [
    "services/product-management/product.ts",
    'import { type A } from "#platform/mongo.ts"; import { b } from "#platform/mongo.ts"; b();',
    "imports services/_platform/mongo.ts",
  ],
  ["services/product-management/new_rule.ts", 'import pino from "pino"; pino();', "imports pino"],
  [
    "services/product-management/operations/get_product.ts",
    'import { Store } from "../store/mongo.ts"; new Store();',
    "imports services/product-management/store/mongo.ts",
  ],
  [
    "services/product-management/operations/get_product.ts",
    'import { stores } from "../store/mod.ts"; stores();',
    "imports services/product-management/store/mod.ts",
  ],
  [
    "services/product-management/operations/get_product.ts",
    'const sdk = await import("#sdk"); sdk();',
    "imports sdk/mod.ts",
  ],
  [
    "services/product-management/mod.ts",
    'export { a } from "./product.ts";',
    "imports services/product-management/product.ts",
  ],
  [
    "services/order-processing/saga/reserve.ts",
    'import { createClient } from "#sdk"; createClient();',
    "imports sdk/mod.ts",
  ],
  [
    "services/user-authentication/store/mod.ts",
    'import { MongoClient } from "mongodb"; new MongoClient();',
    "imports mongodb",
  ],
  ["services/user-authentication/key_ring.ts", 'import { Elysia } from "elysia"; new Elysia();', "imports elysia"],
  ["services/_platform/limiter.ts", 'import { Elysia } from "elysia"; new Elysia();', "imports elysia"],
  ["services/_platform/limiter.ts", 'import postgres from "postgres"; postgres();', "imports postgres"],
  ["services/_platform/limiter.ts", 'import { a } from "../_stack/paths.ts"; a();', "imports services/_stack/paths.ts"],
  ["sdk/mod.ts", 'import { a } from "#platform/etag.ts"; a();', "imports services/_platform/etag.ts"],
  ["sdk/mod.ts", 'import { readFileSync } from "node:fs"; readFileSync("x");', "imports node:fs"],
  ["openapi/contract.ts", 'import type { A } from "#sdk"; export type B = A;', "imports types of sdk/mod.ts"],
  [
    "openapi/conformance/orders_conformance.ts",
    'import { a } from "../../services/order-processing/order.ts"; a();',
    "imports services/order-processing/order.ts",
  ],
  [
    "openapi/conformance/orders_conformance.ts",
    'import { a } from "../../services/_stack/stack.ts"; a();',
    "imports services/_stack/stack.ts",
  ],
  [
    "services/_stack/start.ts",
    'import { a } from "../order-processing/main.ts"; a();',
    "imports services/order-processing/main.ts",
  ],
  // Who says what.
  [
    "services/product-management/config.ts",
    "export const port = process.env.PORT;",
    "says a setting of the environment: process.env",
  ],
  [
    "services/product-management/product.ts",
    'export const a = Bun.env["PORT"];',
    "says a setting of the environment: Bun.env",
  ],
  ["services/product-management/product.ts", "export const a = { $set: { name: 1 } };", "says a query: $set"],
  ["services/product-management/operations/get_product.ts", "export const a = sql`SELECT 1`;", "says a query: SELECT"],
  [
    "services/order-processing/saga/worker.ts",
    'export const a = "UPDATE orders SET x = 1";',
    "says a query: UPDATE orders SET",
  ],
  [
    "services/product-management/product.ts",
    "export const isTaken = (e) => e.code === 11000;",
    "says a code of a database: 11000",
  ],
  [
    "services/product-management/product.ts",
    "export const a = () => ({ status: 201 });",
    "says a status of success: status: 201",
  ],
  [
    "services/product-management/store/mongo.ts",
    'export const a = { "If-Match": 1 };',
    'says a header of HTTP: "If-Match"',
  ],
  [
    "services/order-processing/saga/reserve.ts",
    'export const a = () => fetch("http://x");',
    "says a request of its own: fetch(",
  ],
  [
    "services/product-management/product.ts",
    'export const a = () => console.log("x");',
    "says a line of its own to the terminal: console.log(",
  ],
  [
    "services/product-management/product.ts",
    "export const a = () => new Date();",
    "says what time or chance it is: new Date",
  ],
  [
    "services/product-management/product.ts",
    "export const a = () => Bun.randomUUIDv7();",
    "says what time or chance it is: randomUUIDv7(",
  ],
  // Where it lies.
  ["services/product-management/helpers/x.ts", "export const a = 1;", "is in no room"],
  ["services/helper.ts", "export const a = 1;", "is in no room"],
];

test.each(PLANTED)("a fault planted in %s is found: %s", (path, source, fault) => {
  expect(check(path, source).map((line) => line.replace(/^\S+ (\([a-z ]+\) )?/, ""))).toEqual([fault]);
});

test.each([
  [
    "services/product-management/product.ts",
    "// SELECT, $set, process.env, fetch( and new Date() in a comment\nexport const a = 1;",
  ],
  ["services/product-management/product.ts", "export const at = (when: string): Date => new Date(when);"],
  [
    "services/product-management/product.ts",
    'import type { Schema } from "#contract"; export type P = Schema<"Product">;',
  ],
  [
    "services/product-management/operations/get_product.ts",
    'import type { Store } from "../store/mod.ts"; export const a = (s: Store) => ({ status: 200, s });',
  ],
  [
    "services/product-management/store/mongo.ts",
    "export const a = { $set: { name: 1 } }; export const isTaken = (e) => e.code === 11000;",
  ],
  ["services/order-processing/main.ts", "export const a = process.env;"],
])("what %s may do is no fault: %s", (path, source) => {
  expect(check(path, source)).toEqual([]);
});
