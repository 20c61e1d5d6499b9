/**
 * Makes one file of each service that runs without Bun, packages or sources beside it:
 *
 *     bun services/_deployment/executables.ts [FOLDER] [--target bun-linux-arm64]
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { ServiceName } from "#contract";

/** Where they go, and for which machines they are. */
export interface ExecutableOptions {
  readonly folder: string;
  /** As Bun names it; this machine's if not given. */
  readonly target?: string;
}

const ROOT = resolve(import.meta.dirname, "../..");
const SERVICES: readonly ServiceName[] = ["user-authentication", "product-management", "order-processing"];
/** Read by name at run time, so the bundler can't see them: the docs page's files. */
const PAGE_FILES = ["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"];

/** Builds all three, and gives their paths. @throws {AggregateError} if a service can't be bundled. */
export async function buildExecutables(options: ExecutableOptions): Promise<Readonly<Record<ServiceName, string>>> {
  mkdirSync(options.folder, { recursive: true });
  const built: [name: ServiceName, path: string][] = [];
  for (const name of SERVICES) built.push([name, await build(name, options)]);
  return Object.fromEntries(built) as Record<ServiceName, string>; // one for each of SERVICES
}

/** Not minified: the binder reads the names of parameters. */
async function build(name: ServiceName, { folder, target }: ExecutableOptions): Promise<string> {
  const outfile = join(folder, name);
  const entry = join(ROOT, "services", name, `executable_${process.pid}.ts`);
  writeFileSync(entry, entryOf(name));
  try {
    await Bun.build({
      entrypoints: [entry],
      // Where programs look for them: in the folder of the migrations, which is beside the bundle.
      naming: { asset: "migrations/[name].[ext]" },
      compile: { outfile, ...(target !== undefined && { target: target as Bun.Build.CompileTarget }) }, // Bun refuses what it does not know
      throw: true,
    });
  } finally {
    rmSync(entry, { force: true });
  }
  return outfile;
}

/** The program, and the files that it reads. */
function entryOf(name: ServiceName): string {
  const migrations = join(ROOT, "services", name, "store/migrations");
  const files = [
    ...readdirSync(migrations).map((file) => join(migrations, file)),
    ...PAGE_FILES.map((file) => join(ROOT, "node_modules/swagger-ui-dist", file)),
  ];
  const imports = files.map((path, index) => `import file${index} from ${JSON.stringify(path)} with { type: "file" };`);
  const used = `globalThis.embedded = [${files.map((_, index) => `file${index}`).join(", ")}];`;
  return [...imports, used, 'await import("./main.ts");', ""].join("\n");
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({ options: { target: { type: "string" } }, allowPositionals: true });
  const folder = resolve(positionals[0] ?? join(ROOT, "dist"));
  const paths = await buildExecutables({ folder, ...(values.target !== undefined && { target: values.target }) });
  for (const path of Object.values(paths)) console.log(`${path}: ${Math.round(Bun.file(path).size / 1_000_000)} MB`);
}
