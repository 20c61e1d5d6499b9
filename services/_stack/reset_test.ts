import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { resetFolder, STORE_FILE } from "./reset.ts";
import { keepSecrets } from "./secrets.ts";
import { createTestFolder } from "./setup.ts";

/** As a start leaves it, and something that was fetched. */
function createDataFolder({ store = "postgres", folders = ["cache", "logs", "postgres"] } = {}): string {
  const folder = createTestFolder();
  for (const name of folders) mkdirSync(join(folder, name));
  for (const name of folders) writeFileSync(join(folder, name, "content"), name);
  writeFileSync(join(folder, STORE_FILE), store);
  keepSecrets(folder);
  return folder;
}

test("a reset removes what a start has made, and nothing else", async () => {
  const folder = createDataFolder();
  expect((await resetFolder(folder, undefined)).toSorted()).toEqual(["logs", "postgres", "secrets.json", "store"]);
  expect(readdirSync(folder)).toEqual(["cache"]);
  expect(await resetFolder(folder, undefined)).toEqual([]);
  expect(await resetFolder(join(folder, "none"), undefined)).toEqual([]);
});

test("a reset removes nothing of a folder that no start has made", async () => {
  const folder = createTestFolder();
  for (const name of ["logs", "store"]) mkdirSync(join(folder, name));
  await expect(resetFolder(folder, undefined)).rejects.toThrow("remove them by hand");
  writeFileSync(join(folder, "secrets.json"), '{"token":"of something else"}');
  await expect(resetFolder(folder, undefined)).rejects.toThrow("remove them by hand");
  expect(readdirSync(folder).sort()).toEqual(["logs", "secrets.json", "store"]);
});

test("a reset keeps the secrets that data in a MongoDB of somebody else needs", async () => {
  const fault = "drop its databases user_authentication and product_management";
  const named = createDataFolder();
  await expect(resetFolder(named, "mongodb://localhost/")).rejects.toThrow(fault);
  expect(readdirSync(named)).toContain("secrets.json");

  const before = createDataFolder({ store: "mongo" });
  await expect(resetFolder(before, undefined)).rejects.toThrow(fault);
  const own = createDataFolder({ store: "mongo", folders: ["postgres", "mongo"] });
  expect(await resetFolder(own, undefined)).toContain("mongo");
});
