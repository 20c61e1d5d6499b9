import { expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { createTestFolder } from "../_stack/setup.ts";
import type { EnginePlaces, Reader } from "./deployment_secrets.ts";
import { type SecretFolders, writeSecrets } from "./write_secrets.ts";

const PLACES: EnginePlaces = { mongo: ["mongo:27017"], postgres: "postgres:5432", nats: "nats:4222" };
const READERS: readonly Reader[] = [
  ...(["mongo", "mongo-init", "postgres", "postgres-init", "nats", "backup"] as const),
  ...(["user-authentication", "product-management", "order-processing"] as const),
];

/** Folders whose files belong to whoever runs the test: only root may give a file away. */
function createFolders(): SecretFolders {
  const folder = createTestFolder();
  const self = process.getuid?.() ?? 0;
  const owners = Object.fromEntries(READERS.map((reader) => [reader, self])) as Record<Reader, number>; // one for each
  return { values: folder, readers: join(folder, "readers"), owners };
}

function snapshot({ readers }: SecretFolders): Record<string, string> {
  const files = readdirSync(readers, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(readers.length + 1), readFileSync(path, "utf8")]));
}

test("writeSecrets() gives every reader files that only it can read", async () => {
  const folders = createFolders();
  await writeSecrets(folders, PLACES);
  expect(readdirSync(folders.readers).sort()).toEqual([...READERS].sort());
  for (const path of Object.keys(snapshot(folders))) {
    expect(statSync(join(folders.readers, path)).mode & 0o777).toBe(0o400);
  }
  for (const reader of READERS) expect(statSync(join(folders.readers, reader)).mode & 0o777).toBe(0o500);
  expect(statSync(join(folders.values, "values.json")).mode & 0o777).toBe(0o400);
});

test("writeSecrets() finds its own values again, and mends what a reader has lost", async () => {
  const folders = createFolders();
  await writeSecrets(folders, PLACES);
  const before = snapshot(folders);
  rmSync(join(folders.readers, "mongo"), { recursive: true });
  await writeSecrets(folders, PLACES);
  expect(snapshot(folders)).toEqual(before);
});

test("writeSecrets() makes no new values for data that was written with others", async () => {
  const folders = createFolders();
  await writeSecrets(folders, PLACES);
  const before = snapshot(folders);
  rmSync(join(folders.values, "values.json"));
  await expect(writeSecrets(folders, PLACES)).rejects.toThrow("values.json is gone");
  expect(snapshot(folders)).toEqual(before);
});
