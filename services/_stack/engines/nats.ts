import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessJournal } from "../journal.ts";
import { DISPOSE_STEPS, type ManagedProcess, startManaged } from "../managed_process.ts";
import { type Child, type StopStep, spawnInSession } from "../processes.ts";
import { StackError } from "../stack_error.ts";
import { waitForPort } from "./mongo_hello.ts";
import { openServerFolder } from "./server_folder.ts";

/** A NATS server that can be started. */
export interface NatsSource {
  readonly version: string;
  start(options: NatsStart): Promise<Broker>;
}

/** There is none, and why, in one line. */
export interface NatsMissing {
  readonly missing: string;
}

/** Where and how to run it. */
export interface NatsStart {
  /** Holds the streams and the port; made on the first start. */
  readonly folder: string;
  /** Where the server's log goes; `server.log` in the folder unless told. */
  readonly logFile?: string;
  readonly journal?: ProcessJournal;
  /** Its data may go with it: it is ended by SIGKILL. */
  readonly disposable?: boolean;
}

/** A running broker of events, with JetStream. */
export interface Broker extends ManagedProcess {
  readonly name: string;
  readonly version: string;
  /** What `EVENTS_URL` is set to. */
  readonly url: string;
}

const PROGRAM = "nats-server";
/** An acknowledged event is on the disk: it survives the machine, not only the process. */
const CONFIG = "jetstream { sync_interval: always }\n";

const STOP_STEPS: readonly [StopStep, ...StopStep[]] = [
  { signal: "SIGTERM", waitMs: 5_000 },
  { signal: "SIGKILL", waitMs: 2_000 },
];

/**
 * Looks for `nats-server` on PATH.
 *
 * @throws {StackError} if `REQUIRE_NATS=1` and there is none.
 */
export async function findNats(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<NatsSource | NatsMissing> {
  const program = Bun.which(PROGRAM, { PATH: environment.PATH ?? "" });
  const version = program === null ? undefined : readVersion(program);
  if (program !== null && version !== undefined)
    return { version, start: (options) => start(program, version, options) };
  const missing = program === null ? `no ${PROGRAM} on PATH` : `no NATS: ${program} does not run`;
  if (environment.REQUIRE_NATS === "1") throw new StackError(`REQUIRE_NATS=1, but there is ${missing}`);
  return { missing };
}

/** One line for the reader: the server, or why there is none. */
export function describeNats(found: NatsSource | NatsMissing): string {
  return "missing" in found ? found.missing : `NATS ${found.version} (${PROGRAM} on PATH)`;
}

/** `2.12.1`; undefined if the program does not run on this machine. */
function readVersion(program: string): string | undefined {
  try {
    const { stdout } = Bun.spawnSync([program, "--version"], { stderr: "ignore" });
    return /v(\d+\.\d+\.\d+)/.exec(stdout.toString())?.[1];
  } catch {
    return undefined;
  }
}

async function start(program: string, version: string, options: NatsStart): Promise<Broker> {
  const { folder, dataFolder, logFile, port } = await openServerFolder(options);
  const configFile = join(folder, "server.conf");
  writeFileSync(configFile, CONFIG);
  const args = ["--config", configFile, "--addr", "127.0.0.1", "--port", String(port), "--store_dir", dataFolder];
  const facts = { name: "NATS", version, url: `nats://127.0.0.1:${port}` };
  const server = await startManaged({
    name: facts.name,
    kind: "engine",
    stopSteps: options.disposable ? DISPOSE_STEPS : STOP_STEPS,
    journal: options.journal,
    async launch(started): Promise<Child> {
      const child = await spawnInSession([program, ...args], { env: { LC_ALL: "C" }, cwd: folder, logFile });
      started(child);
      await waitForPort(child, port, { name: facts.name, logFile });
      return child;
    },
  });
  return Object.assign(server, facts);
}
