/** The folder that backups are kept in: each has a name that tells when it was made, once it is whole. */
import { rmSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isWhole } from "./copy_files.ts";

/** How a backup is made, and how long others are kept. */
export interface KeepOptions<Result> {
  readonly now: Date;
  readonly keepDays: number;
  /** Writes it into an empty folder. */
  readonly write: (folder: string) => Promise<Result>;
}

/** A backup that has its name. */
export interface KeptBackup<Result> {
  readonly folder: string;
  /** What its writer told. */
  readonly result: Result;
  /** Names of what had to go. */
  readonly removed: readonly string[];
}

const DAY_MS = 86_400_000;
/** However old: where no backup has succeeded for long, these are all there is. */
const KEEP_ALWAYS = 3;
/** A run that writes nothing for so long has ended without a word. */
const ABANDONED_MS = 30 * 60_000;
const PARTIAL = ".partial";
/** `20261123T021700Z` */
const NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const ENDED_BY_SIGNAL = 143;

/**
 * Makes room, then a backup beside the others.
 *
 * What is too old goes before anything is written, and so does what killed runs have left: a disk that is full is not full for ever.
 *
 * @throws {Error} if it can't be written; then nothing of it stays.
 */
export async function keepBackup<Result>(
  parent: string,
  { now, keepDays, write }: KeepOptions<Result>,
): Promise<KeptBackup<Result>> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const removed = await makeRoom(parent, { now, keepDays });
  const folder = join(parent, backupName(now));
  const partial = `${folder}${PARTIAL}`;
  await mkdir(partial, { mode: 0o700 });
  const leave = (): never => {
    rmSync(partial, { recursive: true, force: true });
    process.exit(ENDED_BY_SIGNAL);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, leave);
  try {
    const result = await write(partial);
    await rename(partial, folder);
    await flushFolder(parent);
    return { folder, result, removed };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  } finally {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.off(signal, leave);
  }
}

/** What a backup made at this moment is called. */
export function backupName(takenAt: Date): string {
  return takenAt.toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

/** Of whole backups those that are older than so many days, but never the newest ones; what has another name is nobody's backup. */
export function outdated(names: readonly string[], { now, keepDays }: { now: Date; keepDays: number }): string[] {
  const newestFirst = names.filter((name) => NAME.test(name)).toSorted((one, other) => (one < other ? 1 : -1));
  return newestFirst.slice(KEEP_ALWAYS).filter((name) => {
    const takenAt = Date.parse(name.replace(NAME, "$1-$2-$3T$4:$5:$6Z"));
    return now.getTime() - takenAt > keepDays * DAY_MS;
  });
}

async function makeRoom(parent: string, { now, keepDays }: { now: Date; keepDays: number }): Promise<string[]> {
  const whole: string[] = [];
  const abandoned: string[] = [];
  for (const name of await readdir(parent)) {
    if (!NAME.test(name.replace(PARTIAL, ""))) continue;
    if (!name.endsWith(PARTIAL) && (await isWhole(join(parent, name)))) whole.push(name);
    else if (now.getTime() - (await lastWrittenMs(join(parent, name))) > ABANDONED_MS) abandoned.push(name);
  }
  const removed = [...abandoned, ...outdated(whole, { now, keepDays })];
  for (const name of removed) await rm(join(parent, name), { recursive: true, force: true });
  return removed;
}

/** When the system saw the last change of anything in it: another run may be at work, or somebody who copies a backup back. */
async function lastWrittenMs(folder: string): Promise<number> {
  const paths = await readdir(folder, { recursive: true });
  const times = [folder, ...paths.map((path) => join(folder, path))].map(async (path) => {
    const found = await stat(path).catch(() => undefined);
    return found?.ctimeMs ?? Infinity; // it has just gone
  });
  return Math.max(...(await Promise.all(times)));
}

/** So that the name is on the disk as well as what it names. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}
