/**
 * Copies the databases of all services as they are at one moment:
 *
 *     bun services/_deployment/backup.ts FOLDER [--keep-days N]
 *
 * Orders and the stock they have taken are in two databases, which know nothing of each other. For the milliseconds that it takes to open both
 * copies nobody may write orders, so that each effect in one has its cause in the other: what is copied is what a crash of everything
 * at that moment would have left, and the services go on from there as after a crash.
 */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ServiceName } from "#contract";
import { Env, type Environment } from "#platform/config.ts";
import { type CopiedDatabase, type Manifest, writeManifest } from "./copy_files.ts";
import { openMongoSnapshot } from "./copy_mongo.ts";
import { holdWriters, openPostgresSnapshot, type Snapshot } from "./copy_postgres.ts";
import { runOnce } from "./run_once.ts";

/** The database of each service. */
export type StoreUrls = Readonly<Record<ServiceName, string>>;

/** A copy that is whole. */
export interface Backup {
  readonly manifest: Manifest;
  /** How long orders could not be written. */
  readonly heldMs: number;
}

/**
 * Whatever takes or gives stock is decided by a transaction that writes to the first, and told to be done by one that writes to the second: a copy
 * of the stock from before an effect beside one of the orders from after it would never be mended.
 */
const DECISIONS = "orders, outbox";
const DAY_MS = 86_400_000;
/** `20261123T021700Z` */
const NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Copies all databases into an empty folder. @throws {Error} if one can't be copied; then the folder is no backup. */
export async function backUp(urls: StoreUrls, folder: string): Promise<Backup> {
  const release = await holdWriters(urls["order-processing"], DECISIONS);
  const heldAt = performance.now();
  const takenAt = new Date().toISOString();
  const opening = Object.entries(urls).map(async ([name, url]) => [name, await openSnapshot(url)] as const);
  const opened = await Promise.allSettled(opening);
  await release();
  const heldMs = performance.now() - heldAt;
  const snapshots = opened.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  try {
    for (const outcome of opened) if (outcome.status === "rejected") throw outcome.reason;
    const copied: [name: string, database: CopiedDatabase][] = [];
    for (const [name, snapshot] of snapshots) copied.push([name, await snapshot.writeTo(folder, name)]);
    const manifest: Manifest = { format: 1, takenAt, databases: Object.fromEntries(copied) };
    await writeManifest(folder, manifest);
    return { manifest, heldMs };
  } finally {
    await Promise.allSettled(snapshots.map(([, snapshot]) => snapshot.close()));
  }
}

function openSnapshot(url: string): Promise<Snapshot> {
  return url.startsWith("mongodb") ? openMongoSnapshot(url) : openPostgresSnapshot(url);
}

/** What a backup made at this moment is called. */
export function backupName(takenAt: Date): string {
  return takenAt.toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

/** The backups of a folder that are older than so many days; what has another name is nobody's backup. */
export function outdated(names: readonly string[], { now, keepDays }: { now: Date; keepDays: number }): string[] {
  return names.filter((name) => {
    const takenAt = Date.parse(name.replace(NAME, "$1-$2-$3T$4:$5:$6Z"));
    return NAME.test(name) && now.getTime() - takenAt > keepDays * DAY_MS;
  });
}

/** Reads where the databases are: `ORDER_PROCESSING_STORE_URL`, and so on. @throws {StartFault} with every fault. */
export function readStoreUrls(values: Environment): StoreUrls {
  const env = new Env(values);
  const either = { schemes: ["mongodb", "mongodb+srv", "postgres", "postgresql"] };
  const urls = {
    "user-authentication": env.url("USER_AUTHENTICATION_STORE_URL", either),
    "product-management": env.url("PRODUCT_MANAGEMENT_STORE_URL", either),
    "order-processing": env.url("ORDER_PROCESSING_STORE_URL", { schemes: ["postgres", "postgresql"] }),
  };
  env.check();
  return urls;
}

if (import.meta.main) {
  await runOnce(async () => {
    const { values, positionals } = parseArgs({ options: { "keep-days": { type: "string" } }, allowPositionals: true });
    const [parent] = positionals;
    const keepDays = Number(values["keep-days"] ?? Infinity);
    if (parent === undefined || !(keepDays >= 1)) throw new Error("Usage: backup.ts FOLDER [--keep-days N]");
    const urls = readStoreUrls(process.env);
    const now = new Date();
    const folder = join(parent, backupName(now));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { manifest, heldMs } = await backUp(urls, folder);
    for (const name of outdated(await readdir(parent), { now, keepDays })) {
      await rm(join(parent, name), { recursive: true });
    }
    const tables = Object.values(manifest.databases).flatMap((database) => database.tables);
    const [rows, bytes] = [tables.map((it) => it.rows), tables.map((it) => it.file.bytes)].map((all) =>
      all.reduce((sum, one) => sum + one, 0),
    );
    console.log(
      `${folder}: ${rows} rows in ${tables.length} tables, ${bytes} bytes; orders waited ${Math.round(heldMs)} ms`,
    );
  });
}
