import { mkdirSync } from "node:fs";
import { DISPOSE_STEPS } from "../managed_process.ts";
import { type Child, type StopStep, spawnInSession } from "../processes.ts";
import { StackError } from "../stack_error.ts";
import { type Engine, startEngine } from "./engine.ts";
import { waitForPort, withAdmin } from "./mongo_hello.ts";
import type { MongoStart } from "./mongo_source.ts";
import { withDatabase } from "./mongo_url.ts";
import { openServerFolder } from "./server_folder.ts";
import { TRANSACTION_LIFETIME_S } from "./transaction_lifetime.ts";

/** A server program and what it says its version is. */
export interface Mongod {
  readonly program: string;
  readonly version: string;
}

const SET_NAME = "tradepost";
const ANSWER_MS = 5_000;
const PRIMARY_MS = 8_000;
const POLL_MS = 25;
const CACHE_GB = "0.25";

const STOP_STEPS: readonly [StopStep, ...StopStep[]] = [
  { signal: "SIGTERM", waitMs: 8_000 },
  { signal: "SIGKILL", waitMs: 2_000 },
];

/** `8.2.6`; undefined if the program does not run on this machine. */
export function readMongodVersion(program: string): string | undefined {
  try {
    const { stdout } = Bun.spawnSync([program, "--version"], { stderr: "ignore" });
    return /^\s*db version v(\d+\.\d+\.\d+)/m.exec(stdout.toString())?.[1];
  } catch {
    return undefined;
  }
}

/**
 * Starts a `mongod` as a replica set of one node: retryable writes and transactions need a set.
 *
 * @throws {StackError} if it ends, stays silent or does not become primary.
 */
export async function startMongod({ program, version }: Mongod, options: MongoStart): Promise<Engine> {
  const { folder, dataFolder, logFile, port } = await openServerFolder(options);
  mkdirSync(dataFolder, { recursive: true });
  const args = [
    ...["--replSet", SET_NAME, "--bind_ip", "127.0.0.1", "--port", String(port), "--nounixsocket"],
    ...["--dbpath", dataFolder, "--wiredTigerCacheSizeGB", CACHE_GB],
    ...["--setParameter", `transactionLifetimeLimitSeconds=${TRANSACTION_LIFETIME_S}`],
    ...(options.disposable ? ["--setParameter", "enableTestCommands=1"] : []),
  ];
  const url = `mongodb://127.0.0.1:${port}/?replicaSet=${SET_NAME}`;
  const databaseUrl = (database: string): string => withDatabase(url, database);
  return startEngine(
    { name: "MongoDB", version, url, databaseUrl },
    {
      stopSteps: options.disposable ? DISPOSE_STEPS : STOP_STEPS,
      journal: options.journal,
      async launch(started): Promise<Child> {
        const child = await spawnInSession([program, ...args], {
          env: { LC_ALL: "C" },
          cwd: folder,
          logFile,
        });
        started(child);
        await waitForPort(child, port, { name: "MongoDB", logFile });
        await becomePrimary(port);
        return child;
      },
    },
  );
}

/** Makes the set on the first start, and names its one member anew if the port is another one than last time. */
async function becomePrimary(port: number): Promise<void> {
  const host = `127.0.0.1:${port}`;
  await withAdmin(`mongodb://${host}/?directConnection=true`, ANSWER_MS, async (command) => {
    const hello = await command({ hello: 1 });
    if (hello.isWritablePrimary === true) return;
    const config = await command({ replSetGetConfig: 1 }).then(
      (reply) => reply.config as { _id: string; version: number; members: { _id: number; host: string }[] },
      () => undefined, // NotYetInitialized
    );
    if (config === undefined) {
      await command({ replSetInitiate: { _id: SET_NAME, members: [{ _id: 0, host }] } });
    } else if (config.members[0]?.host !== host) {
      const members = [{ ...config.members[0], _id: 0, host }];
      await command({ replSetReconfig: { ...config, version: config.version + 1, members }, force: true });
    }
    const deadline = performance.now() + PRIMARY_MS;
    while ((await command({ hello: 1 })).isWritablePrimary !== true) {
      if (performance.now() > deadline) throw new StackError("MongoDB does not become the primary of its replica set");
      await Bun.sleep(POLL_MS);
    }
  });
}
