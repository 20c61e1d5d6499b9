/**
 * Copies the databases of all services as they are at one moment:
 *
 *     bun services/_deployment/backup.ts FOLDER [--keep-days N]
 *
 * Orders and the stock they have taken are in two databases, which know nothing of each other. For the milliseconds that it takes to open both
 * copies nobody may write orders, so that each effect in one has its cause in the other: what is copied is what a crash of everything
 * at that moment would have left, and the services go on from there as after a crash.
 */
import { parseArgs } from "node:util";
import type { ServiceName } from "#contract";
import { Env, type Environment } from "#platform/config.ts";
import { withDeadline } from "#platform/deadline.ts";
import { keepBackup } from "./backup_folder.ts";
import { type CopiedDatabase, type Manifest, writeManifest } from "./copy_files.ts";
import { openMongo } from "./copy_mongo.ts";
import { holdWriters, openPostgres, type Snapshot, type Source } from "./copy_postgres.ts";
import { runOnce } from "./run_once.ts";

/** The database of each service. */
export type StoreUrls = Readonly<Record<ServiceName, string>>;

/** A copy that is whole. */
export interface Backup {
  readonly manifest: Manifest;
  /** How long orders could not be written. */
  readonly heldMs: number;
}

/** Of each service, by its name. */
type ByName<Value> = readonly (readonly [name: string, value: Value])[];

/**
 * Whatever takes or gives stock is decided by a transaction that writes to the first, and marked as done by one that writes to the second: stock
 * from before an effect beside a mark from after it would be without that effect for good.
 */
const DECISIONS = "orders, outbox";
/** Opening snapshots takes milliseconds; what waits for longer than a few seconds is refused by the services. */
const HOLD_MS = 10_000;
/** Should this program hang, the server lets the writers go on by itself. */
const HANG_MS = 2 * HOLD_MS;
const CLOSE_MS = 2_000;

/** Copies all databases into an empty folder. @throws {Error} if one can't be copied; then the folder is no backup. */
export async function backUp(urls: StoreUrls, folder: string): Promise<Backup> {
  const sources = await openSources(urls); // before anybody has to wait
  try {
    const hold = () => holdWriters(urls["order-processing"], DECISIONS, HANG_MS);
    const { snapshots, takenAt, heldMs } = await openAtOneMoment(sources, { hold, withinMs: HOLD_MS });
    const copied: [name: string, database: CopiedDatabase][] = [];
    for (const [name, writeTo] of snapshots) copied.push([name, await writeTo(folder, name)]);
    const manifest: Manifest = { format: 1, takenAt, databases: Object.fromEntries(copied) };
    await writeManifest(folder, manifest);
    return { manifest, heldMs };
  } finally {
    await close(sources);
  }
}

/** Snapshots of one moment. */
export interface Moment {
  readonly snapshots: ByName<Snapshot>;
  /** ISO 8601. */
  readonly takenAt: string;
  readonly heldMs: number;
}

/**
 * Opens a snapshot of each source while nobody writes.
 *
 * @param hold Keeps the writers waiting; what it gives lets them go on.
 * @throws {Error} if one can't be opened, or if that takes longer than `withinMs`: the writers go on in any case.
 */
export async function openAtOneMoment(
  sources: ByName<Source>,
  { hold, withinMs }: { readonly hold: () => Promise<() => Promise<void>>; readonly withinMs: number },
): Promise<Moment> {
  const release = await hold();
  const heldAt = performance.now();
  const takenAt = new Date().toISOString();
  const late = new Set(sources.map(([name]) => name));
  const opening = sources.map(async ([name, source]) => {
    const snapshot = await source.openSnapshot();
    late.delete(name);
    return [name, snapshot] as const;
  });
  const opened = await withDeadline(Promise.allSettled(opening), withinMs).catch(() => undefined);
  await release();
  const heldMs = performance.now() - heldAt;
  const failed = opened?.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
  if (!opened || heldMs > withinMs) {
    const whose = late.size > 0 ? ` of ${[...late].join(", ")}` : "";
    throw new Error(
      `Orders were held for ${Math.round(heldMs)} ms, and the snapshot${whose} took longer: nothing is copied`,
    );
  }
  return { snapshots: await Promise.all(opening), takenAt, heldMs };
}

async function openSources(urls: StoreUrls): Promise<ByName<Source>> {
  const opening = Object.entries(urls).map(async ([name, url]) => {
    return [name, await (url.startsWith("mongodb") ? openMongo(url) : openPostgres(url))] as const;
  });
  const outcomes = await Promise.allSettled(opening);
  const sources = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (!failed) return sources;
  await close(sources);
  throw failed.reason;
}

/** Not for long: one that hangs must not keep us. */
async function close(sources: ByName<Source>): Promise<void> {
  await withDeadline(Promise.allSettled(sources.map(([, source]) => source.close())), CLOSE_MS).catch(() => {});
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
    const { folder, result, removed } = await keepBackup(parent, {
      ...{ now: new Date(), keepDays },
      write: (partial) => backUp(urls, partial),
    });
    const tables = Object.values(result.manifest.databases).flatMap((database) => database.tables);
    const [rows, bytes] = [tables.map((it) => it.rows), tables.map((it) => it.file.bytes)].map((all) =>
      all.reduce((sum, one) => sum + one, 0),
    );
    const gone = removed.length > 0 ? `; removed before: ${removed.join(", ")}` : "";
    console.log(
      `${folder}: ${rows} rows in ${tables.length} tables, ${bytes} bytes; orders waited ${Math.round(result.heldMs)} ms${gone}`,
    );
  });
}
