import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** A fresh project that has the SDK as it would come from the registry. */
export interface PackedProject {
  readonly folder: string;
  /** Where the SDK is in it. */
  readonly sdk: string;
  remove(): void;
}

/** Builds and packs the SDK and installs it in a project outside of this repository: with npm, or with Bun where that is all there is. */
export async function createPackedProject(): Promise<PackedProject> {
  const root = mkdtempSync(join(tmpdir(), "tradepost-sdk-"));
  const remove = (): void => rmSync(root, { recursive: true, force: true });
  try {
    const folder = await installIn(root);
    return { folder, sdk: join(folder, "node_modules/@tradepost/sdk"), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function installIn(root: string): Promise<string> {
  const [source, folder] = [join(root, "package"), join(root, "project")];
  for (const name of ["package.json", "README.md"]) cpSync(join(import.meta.dirname, name), join(source, name));
  await run([process.execPath, join(import.meta.dirname, "build.ts"), join(source, "dist")], source);

  const npm = Bun.which("npm");
  const [packer, installer] = npm
    ? [
        [npm, "pack", "--ignore-scripts", "--pack-destination"],
        [npm, "install", "--offline", "--no-audit", "--no-fund"],
      ]
    : [
        [process.execPath, "pm", "pack", "--quiet", "--ignore-scripts", "--destination"],
        [process.execPath, "add"],
      ];
  const tarball = basename((await run([...packer, root], source)).trim());
  mkdirSync(folder);
  await Bun.write(join(folder, "package.json"), JSON.stringify({ name: "project", type: "module", private: true }));
  await run([...installer, join(root, tarball)], folder);
  return folder;
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
