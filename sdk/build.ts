/**
 * Writes what is published to `sdk/dist/`, or to another folder: `bun sdk/build.ts [folder]`. It is one module without
 * dependencies, and types that need nothing of this repository. Fails if the module is larger than its budget, or needs
 * what the oldest runtimes it is for don't have.
 */
import { cpSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import ts from "typescript";

const ROOT = resolve(import.meta.dirname, "..");
const ENTRY = join(ROOT, "sdk/mod.ts");
const DIST = resolve(process.argv[2] ?? join(ROOT, "sdk/dist"));

/** How large the module may be, compressed as it is sent. */
const BUDGET_BYTES = 8_000;

/** What Node 20 and browsers of its time have: no `Promise.withResolvers`, no iterator helpers. */
const BASELINE: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  types: [],
};

/** A fault that the reader can do something about. */
class BuildError extends Error {
  override readonly name = "BuildError";
}

async function writeModule(): Promise<number> {
  const { outputs } = await Bun.build({ entrypoints: [ENTRY], target: "browser", format: "esm" });
  const code = await outputs[0]!.text(); // a failed build rejects
  await Bun.write(join(DIST, "mod.js"), code);
  return Bun.gzipSync(code).byteLength;
}

function writeTypes(): void {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [ENTRY] }, ts.sys, ROOT);
  const emit = { ...BASELINE, noEmit: false, declaration: true, emitDeclarationOnly: true };
  const program = ts.createProgram([ENTRY], { ...options, ...emit });
  const { diagnostics } = program.emit(undefined, (_path, text, _mark, _onError, sources) => {
    const source = sources?.[0]?.fileName; // a declaration file has one source
    if (source !== undefined) ts.sys.writeFile(join(DIST, declarationName(source)), selfContained(text));
  });
  const faults = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (faults.length > 0) throw new BuildError(ts.formatDiagnostics(faults, FORMAT));
}

const FORMAT: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => ROOT,
  getNewLine: () => "\n",
};

/** The room that a file is from goes: `openapi/generated/types.ts` becomes `generated/types.d.ts`. */
function declarationName(source: string): string {
  const [, ...path] = relative(ROOT, source).split("/");
  return path.join("/").replace(/\.ts$/, ".d.ts");
}

/** What a declaration imports, as it is beside it in `dist/`. */
function selfContained(text: string): string {
  return text.replaceAll('"#contract"', '"./contract.js"').replace(/(["'])(\.\.?\/[^"']+)\.ts\1/g, "$1$2.js$1");
}

rmSync(DIST, { recursive: true, force: true });
try {
  writeTypes();
  const bytes = await writeModule();
  cpSync(join(ROOT, "LICENSE"), join(DIST, "LICENSE"));
  console.log(`sdk/dist: ${(bytes / 1000).toFixed(1)} kB compressed, of ${BUDGET_BYTES / 1000} kB`);
  if (bytes > BUDGET_BYTES) throw new BuildError("The SDK is larger than its budget");
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exit(1);
}
