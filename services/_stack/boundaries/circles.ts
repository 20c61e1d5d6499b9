import { findImports, type SourceFile } from "./scan.ts";

/** Files that need each other, types included, one line for each circle: neither can be read, or moved, before the other. */
export function findCircles(files: readonly SourceFile[]): readonly string[] {
  const paths = new Set(files.map(({ path }) => path));
  const imports = new Map(
    files.map((file) => [
      file.path,
      findImports(file)
        .map(({ target }) => target)
        .filter((target) => paths.has(target)),
    ]),
  );
  const circles: string[] = [];
  const done = new Set<string>();
  const follow = (path: string, way: readonly string[]): void => {
    const since = way.indexOf(path);
    if (since >= 0) circles.push([...way.slice(since), path].join(" -> "));
    if (since >= 0 || done.has(path)) return;
    for (const target of imports.get(path) ?? []) follow(target, [...way, path]);
    done.add(path);
  };
  for (const { path } of files) follow(path, []);
  return circles;
}
