/** Where containers can be run: on what this machine has, or on the stand-ins of a machine that is shared beside the clone. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../paths.ts";
import { attempt, output } from "./commands.ts";

/** Something that runs containers, ready to be used. */
export interface Host {
  /** What it is, for the first line of a run. */
  readonly description: string;
  /** The variables its clients need. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends what was started for this run; nothing, if it was running before. */
  stop(): Promise<void>;
}

/** A host of clusters; images are built elsewhere, so it has to be handed them. */
export interface ClusterHost extends Host {
  /** Whether it ends with all that is in it. */
  readonly isTransient: boolean;
  load(images: readonly string[]): Promise<void>;
}

/** There is none, and why. */
export interface Missing {
  readonly missing: string;
}

const TOOLS = join(ROOT, "../shared/tools");
const START_MS = 1_800_000;

/** Compose alone, which needs no daemon to read a project; else what the stand-in has. */
export async function findCompose(): Promise<Host | Missing> {
  const { exitCode, stdout } = await attempt(["docker", "compose", "version", "--short"]);
  if (exitCode !== 0) return findDocker();
  return { description: `Compose ${stdout.trim()}`, environment: {}, stop: async () => {} };
}

/** The user's Docker with its Compose; else the stand-in. */
export async function findDocker(): Promise<Host | Missing> {
  const version = await attempt(["docker", "compose", "version", "--short"]);
  if (version.exitCode === 0 && (await attempt(["docker", "info"])).exitCode === 0) {
    const description = `Docker with Compose ${version.stdout.trim()}`;
    return { description, environment: {}, stop: async () => {} };
  }
  return (await startTool("container-host")) ?? { missing: "no Docker with Compose that answers" };
}

/**
 * The stand-in; else, only when `TRADEPOST_CLUSTER=current` asks for it, the cluster that kubectl speaks to: it must have the images, or
 * get them from a registry.
 */
export async function findCluster(choice: string | undefined): Promise<ClusterHost | Missing> {
  if (choice === "current") {
    const description = (await output(["kubectl", "config", "current-context"])).trim();
    return { description, environment: {}, isTransient: false, load: async () => {}, stop: async () => {} };
  }
  const host = await startTool("cluster-host");
  if (!host)
    return { missing: "no cluster of a test's own; TRADEPOST_CLUSTER=current takes the one kubectl speaks to" };
  const load = async (images: readonly string[]): Promise<void> => {
    await output([join(TOOLS, "cluster-host"), "load", ...images], { environment: host.environment });
  };
  return { ...host, isTransient: true, load };
}

async function startTool(name: string): Promise<Host | undefined> {
  const tool = join(TOOLS, name);
  if (!existsSync(tool) || process.getuid?.() !== 0) return undefined;
  const exports = await output([tool, "start"], { timeoutMs: START_MS, talks: true });
  return {
    description: name,
    environment: readExports(exports),
    stop: async () => void (await output([tool, "stop"])),
  };
}

/** `export A=b PATH=/c:$PATH` as variables. */
function readExports(line: string): Record<string, string> {
  const words = line.trim().split(/\s+/).slice(1);
  return Object.fromEntries(
    words.map((word) => {
      const [name = "", ...value] = word.split("=");
      return [name, value.join("=").replace("$PATH", process.env.PATH ?? "")];
    }),
  );
}
