import { dirname, join } from "node:path";

/** A source file: its path from the root, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly source: string;
}

/** One import of a file. */
export interface Import {
  /** From the root for a file of ours (`services/_platform/etag.ts`), else the package or the built-in module. */
  readonly target: string;
  /** Nothing of it is there at run time. */
  readonly isType: boolean;
}

const TRANSPILER = new Bun.Transpiler({ loader: "ts", target: "bun", deadCodeElimination: false });
/** `import … from "x"`, `export … from "x"` and `import "x"`, those of types too (the transpiler drops them). */
const STATEMENT = /^\s*(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']/gm;
/** Of the root `tsconfig.json`. */
const ALIASES: readonly (readonly [prefix: string, target: string])[] = [
  ["#contract", "openapi/contract.ts"],
  ["#sdk", "sdk/mod.ts"],
  ["#platform/", "services/_platform/"],
];

/** Everything a file imports. */
export function findImports({ path, source }: SourceFile): readonly Import[] {
  const values = new Set(TRANSPILER.scanImports(source).map((found) => found.path));
  const written = [...source.matchAll(STATEMENT)].map(([, from, alone]) => from ?? alone ?? "");
  return [...new Set([...values, ...written])].map((specifier) => ({
    target: resolve(path, specifier),
    isType: !values.has(specifier),
  }));
}

/** The text of a file as it runs: no comments, no types. */
export function stripSource(source: string): string {
  return TRANSPILER.transformSync(source);
}

/** `registerUser` -> `register_user`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function resolve(path: string, specifier: string): string {
  if (specifier.startsWith(".")) return join(dirname(path), specifier);
  const alias = ALIASES.find(([prefix]) => specifier.startsWith(prefix));
  if (alias) return alias[1] + (alias[0].endsWith("/") ? specifier.slice(alias[0].length) : "");
  const isScoped = specifier.startsWith("@");
  return specifier
    .split("/")
    .slice(0, isScoped ? 2 : 1)
    .join("/");
}
