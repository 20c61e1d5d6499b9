import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { DISPOSE_STEPS } from "../managed_process.ts";
import { PASSAGE_MODE } from "../paths.ts";
import { type Child, type StopStep, spawnInSession } from "../processes.ts";
import { type Engine, startEngine } from "./engine.ts";
import { waitForPort } from "./mongo_hello.ts";
import type { MongoMissing, MongoStart } from "./mongo_source.ts";
import { withDatabase } from "./mongo_url.ts";
import { openServerFolder } from "./server_folder.ts";
import { TRANSACTION_LIFETIME_S } from "./transaction_lifetime.ts";

/** The version that the stores were tried on; a beta changes from one to the next. */
export const SECANTUS_VERSION = "0.7.0b3";

/** Where to install, and what to tell. */
export interface SecantusInstall {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cacheFolder: string;
  readonly onProgress?: (message: string) => void;
}

/** What `-m secantus` runs, with the setting for which its command line has no word. */
const PROGRAM = [
  "from secantus import cli, server",
  `server.SecantusDBServer.__init__.__kwdefaults__["transaction_lifetime_seconds"] = ${TRANSACTION_LIFETIME_S}`,
  "raise SystemExit(cli.main())",
].join("; ");
const SET_NAME = "secantus";
const CACHE_SIZE = "256M";
const INSTALL_MS = 300_000;
/** After a failure (no internet, say) it is not tried again for so long: each try takes seconds. */
const RETRY_MS = 10 * 60_000;
const PYTHONS = ["python3", "python3.13", "python3.12", "python3.11", "python3.14"] as const;
const PROBE = "import sys, venv, ensurepip; assert sys.version_info >= (3, 11); print(sys.executable)";

/** SIGTERM takes it 3.6 s. */
const STOP_STEPS: readonly [StopStep, ...StopStep[]] = [
  { signal: "SIGTERM", waitMs: 8_000 },
  { signal: "SIGKILL", waitMs: 2_000 },
];

/** The Python of a virtual environment that has SecantusDB, made on first use; or why there is none. */
export async function installSecantus(install: SecantusInstall): Promise<{ readonly python: string } | MongoMissing> {
  const home = join(install.cacheFolder, `secantusdb-${SECANTUS_VERSION}`);
  const python = join(home, "bin", "python");
  if (existsSync(python)) return { python }; // follows the link: false if the Python it was made with is gone
  const failure = `${home}.failed`;
  const isFresh = existsSync(failure) && Date.now() - statSync(failure).mtimeMs < RETRY_MS;
  if (isFresh && install.environment.REQUIRE_MONGO !== "1") return { missing: readFileSync(failure, "utf8") };
  mkdirSync(install.cacheFolder, { recursive: true, mode: PASSAGE_MODE });
  rmSync(home, { recursive: true, force: true });
  const reason = await makeEnvironment(home, install);
  if (reason === undefined) {
    rmSync(failure, { force: true });
    return { python };
  }
  writeFileSync(failure, reason);
  return { missing: reason };
}

/**
 * Starts SecantusDB: MongoDB's wire protocol, as a replica set of one node.
 *
 * @throws {StackError} if it ends or stays silent.
 */
export async function startSecantus(python: string, options: MongoStart): Promise<Engine> {
  const { folder, dataFolder, logFile, port } = await openServerFolder(options);
  const args = [
    ...["-c", PROGRAM, "--host", "127.0.0.1", "--port", String(port)],
    ...["--storage-path", dataFolder, "--cache-size", CACHE_SIZE, "--log-level", "WARNING"],
    ...(options.disposable ? ["--enable-test-commands"] : []),
    ...(options.disposable && !options.durable ? [] : ["--sync-on-commit"]),
  ];
  const url = `mongodb://127.0.0.1:${port}/?replicaSet=${SET_NAME}`;
  const databaseUrl = (database: string): string => withDatabase(url, database);
  return startEngine(
    { name: "SecantusDB", version: SECANTUS_VERSION, url, databaseUrl },
    {
      stopSteps: options.disposable ? DISPOSE_STEPS : STOP_STEPS,
      journal: options.journal,
      async launch(started): Promise<Child> {
        // Its home and working folder are searched for a configuration file: ours holds none.
        const env = { HOME: folder, LC_ALL: "C.UTF-8", PYTHONDONTWRITEBYTECODE: "1" };
        const child = await spawnInSession([python, ...args], { env, cwd: folder, logFile });
        started(child);
        await waitForPort(child, port, { name: "SecantusDB", logFile });
        return child;
      },
    },
  );
}

/**
 * Makes the environment under another name and renames it when it is whole. Its scripts hold the old path, so they are
 * never used: `bin/python -m` finds the environment by where it lies, also in a clone that was moved.
 */
async function makeEnvironment(
  home: string,
  { environment, onProgress }: SecantusInstall,
): Promise<string | undefined> {
  const base = await findPython(environment);
  if (base === undefined) return "SecantusDB needs Python 3.11 or later with its venv module (python3-venv on Debian)";
  const draft = `${home}.${process.pid}`;
  const run = promisify(execFile);
  const options = { env: { ...environment }, timeout: INSTALL_MS };
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--retries", "1"];
  onProgress?.(`Installing SecantusDB ${SECANTUS_VERSION} from PyPI`);
  try {
    await run(base, ["-m", "venv", draft], options);
    await run(join(draft, "bin", "python"), [...pip, `secantusdb==${SECANTUS_VERSION}`], options);
    renameSync(draft, home);
    return undefined;
  } catch (error) {
    if (existsSync(join(home, "bin", "python"))) return undefined; // another run was quicker
    const { stderr } = error as { stderr?: string }; // execFile rejects with what the program wrote
    const line = stderr?.split("\n").findLast((candidate) => candidate.includes("ERROR")) ?? String(error);
    return `SecantusDB cannot be installed from PyPI (${line.replace("ERROR: ", "").trim()})`;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The first Python that is new enough and can make an environment; its own path, not that of a version switcher. */
async function findPython(environment: SecantusInstall["environment"]): Promise<string | undefined> {
  for (const name of PYTHONS) {
    const program = Bun.which(name, { PATH: environment.PATH ?? "" });
    if (program === null) continue;
    const { exitCode, stdout } = Bun.spawnSync([program, "-c", PROBE], { env: { ...environment }, stderr: "ignore" });
    if (exitCode === 0) return stdout.toString().trim();
  }
  return undefined;
}
