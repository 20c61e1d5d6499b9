/**
 * Writes a backup into databases that have the schema of the same release, while no service runs:
 *
 *     bun services/_deployment/restore.ts FOLDER [--replace]
 *
 * Without `--replace` it takes empty databases only. The services go on from there as after a crash at the moment of the copy.
 */
import { parseArgs } from "node:util";
import { readStoreUrls, type StoreUrls } from "./backup.ts";
import { readManifest } from "./copy_files.ts";
import { restoreMongo } from "./copy_mongo.ts";
import { restorePostgres } from "./copy_postgres.ts";
import { runOnce } from "./run_once.ts";

/**
 * Writes the copy of each database, once every file is seen to be whole.
 *
 * @throws {Error} if a file is damaged, an engine is another one than that of the copy, or the target can't take it.
 */
export async function restore(
  urls: StoreUrls,
  options: { readonly folder: string; readonly replace: boolean },
): Promise<void> {
  const { databases } = await readManifest(options.folder);
  const work = Object.entries(urls).map(([name, url]) => {
    const copy = databases[name];
    const engine = url.startsWith("mongodb") ? "mongo" : "postgres";
    if (copy?.engine !== engine)
      throw new Error(`${name} is in ${engine}, and its copy is of ${copy?.engine ?? "nothing"}`);
    return () => (engine === "mongo" ? restoreMongo : restorePostgres)(url, copy, options);
  });
  for (const one of work) await one();
}

if (import.meta.main) {
  await runOnce(async () => {
    const { values, positionals } = parseArgs({
      options: { replace: { type: "boolean", default: false } },
      allowPositionals: true,
    });
    const [folder] = positionals;
    if (folder === undefined) throw new Error("Usage: restore.ts FOLDER [--replace]");
    await restore(readStoreUrls(process.env), { folder, replace: values.replace });
    console.log(`${folder} is restored`);
  });
}
