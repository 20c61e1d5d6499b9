import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTestFolder } from "../_stack/test_folder.ts";
import { backupName, keepBackup, outdated } from "./backup_folder.ts";
import { writeManifest } from "./copy_files.ts";

const DAY_MS = 86_400_000;
/** Not a day ago, so that what the tests make is new. */
const NOW = new Date();
const daysAgo = (days: number): string => backupName(new Date(NOW.getTime() - days * DAY_MS));

/** A folder with backups of these ages in days. */
async function createParent(ages: readonly number[]): Promise<string> {
  const parent = createTestFolder();
  for (const age of ages) {
    mkdirSync(join(parent, daysAgo(age)));
    await writeManifest(join(parent, daysAgo(age)), { format: 1, takenAt: NOW.toISOString(), databases: {} });
  }
  return parent;
}

async function writeWhole(folder: string): Promise<void> {
  writeFileSync(join(folder, "table.gz"), "rows");
  await writeManifest(folder, { format: 1, takenAt: NOW.toISOString(), databases: {} });
}

test("a backup is called as when it was made, and those that are too old are known by that, but the newest stay", () => {
  const now = new Date("2026-11-23T02:17:05.123Z");
  expect(backupName(now)).toBe("20261123T021705Z");
  const old = ["20261109T021700Z", "20251109T021700Z"];
  const names = ["20261110T021700Z", ...old, "20261123T021705Z", "20261122T021700Z", "notes", "20251109"];
  expect(outdated(names, { now, keepDays: 14 })).toEqual(old);
  expect(outdated(names, { now, keepDays: Infinity })).toEqual([]);
  expect(outdated([...old, "20241109T021700Z", "20231109T021700Z"], { now, keepDays: 14 })).toEqual([
    "20231109T021700Z",
  ]);
});

test("what is too old goes before anything is written, and a backup has its name only once it is whole", async () => {
  const parent = await createParent([1, 2, 3, 20]);
  mkdirSync(join(parent, "notes"));
  const seen: string[][] = [];
  const write = async (folder: string): Promise<void> => {
    seen.push(readdirSync(parent));
    await writeWhole(folder);
  };
  const { folder, removed } = await keepBackup(parent, { now: NOW, keepDays: 14, write });
  expect(removed).toEqual([daysAgo(20)]);
  const kept = [daysAgo(3), daysAgo(2), daysAgo(1)];
  expect(seen.map((names) => names.sort())).toEqual([[...kept, `${backupName(NOW)}.partial`, "notes"]]);
  expect(readdirSync(parent).sort()).toEqual([...kept, backupName(NOW), "notes"]);
  expect(existsSync(join(folder, "table.gz"))).toBeTrue();
});

test("nothing stays of a backup that fails", async () => {
  const parent = await createParent([1]);
  const write = async (folder: string): Promise<void> => {
    writeFileSync(join(folder, "half.gz"), "ro");
    throw new Error("no space left on device");
  };
  await expect(keepBackup(parent, { now: NOW, keepDays: 14, write })).rejects.toThrow("no space left");
  expect(readdirSync(parent)).toEqual([daysAgo(1)]);
});

test("what killed runs have left goes, and what another one writes now stays", async () => {
  const parent = await createParent([40, 50, 60]);
  const [unnamed, named] = [`${daysAgo(0.5)}.partial`, daysAgo(0.6)];
  for (const name of [unnamed, named]) mkdirSync(join(parent, name, "orders"), { recursive: true });
  const write = writeWhole;
  await keepBackup(parent, { now: NOW, keepDays: 14, write });
  expect(readdirSync(parent)).toEqual(expect.arrayContaining([unnamed, named]));

  const later = new Date(NOW.getTime() + 31 * 60_000);
  await keepBackup(parent, { now: later, keepDays: 14, write });
  const whole = [daysAgo(50), daysAgo(40), backupName(NOW), backupName(later)];
  expect(readdirSync(parent).sort()).toEqual(whole); // one of the oldest was among the newest three before
});
