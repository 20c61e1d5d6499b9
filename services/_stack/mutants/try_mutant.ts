/** Plants a bug in a copy of the sources and lets the tests look for it. */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CACHE_FOLDER, ROOT } from "../paths.ts";
import { type Mutant, plant } from "./mutant.ts";

/** What the tests of the services need of the clone. */
const COPIED = ["openapi", "sdk", "services", "package.json", "tsconfig.json", "bunfig.toml"];
const TEST_TIMEOUT_MS = 60_000;
const FILE_TIMEOUT_MS = 300_000;

/** A copy of the sources, to be spoiled. */
export interface Copy {
  readonly folder: string;
}

/** The test that failed first in a file. */
export interface Caught {
  readonly file: string;
  readonly test: string;
}

/** Copies the sources into an empty folder; packages and caches are shared. */
export function copySources(folder: string): Copy {
  for (const name of COPIED) {
    cpSync(join(ROOT, name), join(folder, name), {
      recursive: true,
      filter: (path) => !/\/(node_modules|test-results|dist)$/.test(path),
    });
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, ".data"));
  symlinkSync(CACHE_FOLDER, join(folder, ".data/cache"));
  return { folder };
}

/** Plants a bug, runs its checks until one fails, and puts the source back. Undefined if the bug survives. */
export async function tryMutant({ folder }: Copy, mutant: Mutant, signal: AbortSignal): Promise<Caught | undefined> {
  const path = join(folder, mutant.file);
  const source = readFileSync(path, "utf8");
  writeFileSync(path, plant(source, mutant));
  try {
    for (const file of mutant.checks) {
      const test = await firstFailure({ folder }, file, signal);
      if (test !== undefined) return { file, test };
    }
    return undefined;
  } finally {
    writeFileSync(path, source);
  }
}

/** The name of the first test of a file that fails; undefined if all pass. */
export async function firstFailure({ folder }: Copy, file: string, signal: AbortSignal): Promise<string | undefined> {
  const child = Bun.spawn(
    [process.execPath, "test", "--bail", `--timeout=${TEST_TIMEOUT_MS}`, `./${file}`],
    // A group of its own is not needed: the preload ends what its tests started, also when it is told to stop.
    { cwd: folder, stdout: "pipe", stderr: "pipe", env: { ...process.env, NO_COLOR: "1" } },
  );
  const stop = (): void => child.kill("SIGTERM");
  signal.addEventListener("abort", stop);
  const timer = setTimeout(stop, FILE_TIMEOUT_MS);
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
  if (exitCode === 0) return undefined;
  const output = `${stdout}\n${stderr}`;
  return /^\(fail\) (.*?)(?: \[[\d.]+ms\])?$/m.exec(output)?.[1] ?? `the file does not run (${lastLine(output)})`;
}

function lastLine(output: string): string {
  return output.trim().split("\n").at(-1) ?? "";
}
