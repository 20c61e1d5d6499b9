import { spawnSync } from "node:child_process";
import { chownSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "../processes.ts";
import { StackError } from "../stack_error.ts";

/** How to run a program that refuses to be root. */
export interface Launch {
  /** Goes before the program. */
  readonly prefix: readonly string[];
  readonly account?: Account;
}

/** Makes this process look like an ordinary user to the program: its files stay where only root can reach them. */
const USER_NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] as const;
const FALLBACK_ACCOUNT = "postgres";

/**
 * How to run Postgres on this folder, which exists: directly; as root in a user namespace of its own; where those are
 * closed, as the account `postgres`, which then owns the folder.
 *
 * @throws {StackError} if root can do neither.
 */
export function findLaunch(folder: string, program: string): Launch {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const owner = statSync(folder);
  if (owner.uid !== 0 && canUse(owner, folder, program))
    return { prefix: [], account: { uid: owner.uid, gid: owner.gid } };
  if (hasUserNamespaces()) {
    chownAll(folder, { uid: 0, gid: 0 });
    return { prefix: USER_NAMESPACE };
  }
  const account = findAccount(FALLBACK_ACCOUNT);
  if (account === undefined) {
    throw new StackError(
      "Postgres does not run as root, user namespaces are closed here and there is no account `postgres`: run as an ordinary user, or `useradd postgres`",
    );
  }
  chownAll(folder, account);
  if (!canUse(account, folder, program)) {
    throw new StackError(
      `Postgres does not run as root, user namespaces are closed here and the account \`postgres\` cannot reach ${folder}: run as an ordinary user, or move the clone`,
    );
  }
  return { prefix: [], account };
}

function hasUserNamespaces(): boolean {
  const [program, ...args] = USER_NAMESPACE;
  return spawnSync(program, [...args, "true"], { stdio: "ignore" }).status === 0;
}

/** Whether an account can write to the folder and run the program. */
function canUse({ uid, gid }: Account, folder: string, program: string): boolean {
  const asAccount = { uid, gid, stdio: "ignore", cwd: "/" } as const;
  if (spawnSync("test", ["-w", folder], asAccount).status !== 0) return false;
  return spawnSync(program, ["--version"], asAccount).status === 0;
}

function findAccount(name: string): Account | undefined {
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(":");
  return fields && { uid: Number(fields[2]), gid: Number(fields[3]) };
}

/** Gives a folder and all in it to an account, if its root is not the account's already. */
function chownAll(folder: string, { uid, gid }: Account): void {
  if (statSync(folder).uid === uid) return;
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path));
  for (const path of paths) if (!lstatSync(path).isSymbolicLink()) chownSync(path, uid, gid);
  chownSync(folder, uid, gid); // last, so that an interrupted run is done again
}
