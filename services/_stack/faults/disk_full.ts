/** A database whose disk is full: its tables are moved to a file system that has no room left. */
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databaseOf } from "../databases.ts";
import { withPostgres } from "../invariants/read_orders.ts";
import type { Fault, Victim } from "./fault.ts";

/** Beside the tables as they are. */
const SPARE_MB = 8;
const STRIKE_MS = 4_000;
const TABLES = ["orders", "outbox", "idempotency_records"];
/** A row that is larger than the room a page may still have. */
const CHUNK_BYTES = 64 * 1_024;

/** Where the small file system of a stack is. */
const mounted = new WeakMap<Victim, string>();

export const DISK_FULL: Fault = {
  name: "disk of Postgres full (orders)",
  engines: ["mongo"],
  missing() {
    const folder = mkdtempSync(join(tmpdir(), "tradepost-disk-"));
    const refused = mount(folder, SPARE_MB);
    if (refused === undefined) unmount(folder);
    rmSync(folder, { recursive: true, force: true });
    return refused === undefined ? undefined : `no small file system can be mounted here (${refused})`;
  },

  async prepare(victim) {
    const folder = mkdtempSync(join(tmpdir(), "tradepost-disk-"));
    const refused = mount(folder, (await sizeOfTablesMb(victim)) + SPARE_MB);
    if (refused !== undefined) throw new Error(`A small file system cannot be mounted any more: ${refused}`);
    mounted.set(victim, folder);
    victim.onEnd(async () => clear(victim));
    const space = join(folder, "space");
    mkdirSync(space);
    await giveToServer(victim, [folder, space]);
    await inDatabase(victim, [
      `CREATE TABLESPACE tiny LOCATION '${space}'`,
      ...TABLES.map((table) => `ALTER TABLE ${table} SET TABLESPACE tiny`),
    ]);
  },

  /** Something else takes all that is left; rows that fit into pages which are there already can still be written. */
  async strike(victim) {
    const ballast = join(folderOf(victim), "ballast");
    fill(ballast);
    await Bun.sleep(STRIKE_MS);
    rmSync(ballast);
  },

  async restore(victim) {
    await inDatabase(victim, [
      ...TABLES.map((table) => `ALTER TABLE ${table} SET TABLESPACE pg_default`),
      "DROP TABLESPACE tiny",
    ]);
    clear(victim);
  },
};

/** Why it can't be done, if so. */
function mount(folder: string, sizeMb: number): string | undefined {
  const { status, stderr, error } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${sizeMb}m`, "tmpfs", folder]);
  return status === 0 ? undefined : (error?.message ?? stderr.toString().trim());
}

function unmount(folder: string): void {
  spawnSync("umount", ["-l", folder]);
}

function clear(victim: Victim): void {
  const folder = mounted.get(victim);
  if (folder === undefined) return;
  unmount(folder);
  rmSync(folder, { recursive: true, force: true });
  mounted.delete(victim);
}

function folderOf(victim: Victim): string {
  const folder = mounted.get(victim);
  if (folder !== undefined) return folder;
  throw new Error("The small file system is not mounted");
}

/** The account that the server's own data belongs to. */
async function giveToServer(victim: Victim, paths: readonly string[]): Promise<void> {
  const data = await withPostgres(
    ordersUrl(victim),
    (sql) => sql<{ folder: string }[]>`
    SELECT current_setting('data_directory') AS folder`,
  );
  const { uid, gid } = statSync(data[0]?.folder ?? "");
  for (const path of paths) {
    chownSync(path, uid, gid);
    chmodSync(path, 0o700);
  }
}

async function sizeOfTablesMb(victim: Victim): Promise<number> {
  const [row] = await withPostgres(
    ordersUrl(victim),
    (sql) => sql<{ bytes: string }[]>`
    SELECT sum(pg_table_size(name::regclass)) AS bytes FROM unnest(${TABLES}::text[]) AS name`,
  );
  return Math.ceil(Number(row?.bytes) / 2 ** 20);
}

/** One statement at a time: a tablespace is not made within a transaction. */
async function inDatabase(victim: Victim, statements: readonly string[]): Promise<void> {
  await withPostgres(ordersUrl(victim), async (sql) => {
    for (const statement of statements) await sql.unsafe(statement);
  });
}

function ordersUrl({ stack }: Victim): string {
  return stack.postgres.databaseUrl(databaseOf("order-processing"));
}

/** Until there is no room for another byte. */
function fill(file: string): void {
  for (let bytes = CHUNK_BYTES; bytes >= 1; bytes = Math.floor(bytes / 2)) {
    const chunk = Buffer.alloc(bytes);
    try {
      for (;;) writeFileSync(file, chunk, { flag: "a" });
    } catch (error) {
      const { code } = error as { code?: unknown }; // only compared
      if (code !== "ENOSPC") throw error;
    }
  }
}
