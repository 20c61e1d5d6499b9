import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A fresh project that has the SDK as it would come from the registry. */
export interface PackedProject {
  readonly folder: string;
  /** What the package has, by path. */
  readonly files: readonly string[];
  remove(): void;
}

/** Builds and packs the SDK and installs it in a project outside of this repository, with npm. */
export async function createPackedProject(): Promise<PackedProject> {
  const root = mkdtempSync(join(tmpdir(), "tradepost-sdk-"));
  const [source, folder] = [join(root, "package"), join(root, "project")];
  for (const name of ["package.json", "README.md"]) cpSync(join(import.meta.dirname, name), join(source, name));
  await run([process.execPath, join(import.meta.dirname, "build.ts"), join(source, "dist")], source);
  const packed = await run(["npm", "pack", "--json", "--ignore-scripts", "--pack-destination", root], source);
  const [{ filename, files }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }]; // npm's

  mkdirSync(folder);
  await Bun.write(join(folder, "package.json"), JSON.stringify({ name: "project", type: "module", private: true }));
  await run(["npm", "install", "--offline", "--no-audit", "--no-fund", join(root, filename)], folder);
  return {
    folder,
    files: files.map(({ path }) => path),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Runs a program to its end. @returns What it printed. @throws with its complaints if it fails. */
export async function run(command: readonly string[], folder: string): Promise<string> {
  const child = Bun.spawn([...command], { cwd: folder, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${exitCode}\n${stdout}${stderr}`);
  return stdout;
}
