/** The files of a backup: one for each table or collection, compressed, and a list that is written last. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { access, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";

/** A file of a backup, as the list has it. */
export interface CopiedFile {
  /** From the folder of the backup. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A copy of a table or a collection. */
export interface CopiedTable {
  readonly name: string;
  readonly rows: number;
  readonly file: CopiedFile;
}

/** The list: a folder without one is no backup. */
export interface Manifest {
  readonly format: 1;
  /** When nothing was decided and everything was copied as it was; ISO 8601. */
  readonly takenAt: string;
  readonly databases: Readonly<Record<string, CopiedDatabase>>;
}

/** A copy of the database of a service. */
export interface CopiedDatabase {
  readonly engine: "postgres" | "mongo";
  readonly tables: readonly CopiedTable[];
  /** The next values of sequences, as Postgres tells them. */
  readonly sequences?: Readonly<Record<string, string>>;
}

const LIST = "manifest.json";
const FILE_MODE = 0o600;

/** Writes a stream down, compressed; whoever reads it can tell whether it is whole. */
export async function writeCopy(folder: string, path: string, source: AsyncIterable<Buffer>): Promise<CopiedFile> {
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const hash = createHash("sha256");
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(source, createGzip(), measure, createWriteStream(target, { mode: FILE_MODE, flush: true }));
  return { path, bytes, sha256: hash.digest("hex") };
}

/** Reads a copy as it was before it was compressed. */
export function readCopy(folder: string, { path }: CopiedFile): AsyncIterable<Buffer> {
  const file = createReadStream(join(folder, path));
  const text = createGunzip();
  file.on("error", (error) => text.destroy(error));
  return file.pipe(text);
}

/** Writes the list, which makes it a backup. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const path = join(folder, LIST);
  await writeFile(`${path}.new`, JSON.stringify(manifest, null, 2), { mode: FILE_MODE, flush: true });
  await rename(`${path}.new`, path);
}

/** Whether all of it was written: the list is the last. */
export function isWhole(folder: string): Promise<boolean> {
  return access(join(folder, LIST)).then(
    () => true,
    () => false,
  );
}

/** Reads the list, and makes sure that every file is as it was written. @throws {Error} if not. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, LIST), "utf8").catch(() => {
    throw new Error(`${folder} is no whole backup: it has no ${LIST}`);
  });
  const manifest = JSON.parse(text) as Manifest; // written by writeManifest, which the format says
  if (manifest.format !== 1) throw new Error(`${folder} has the format ${manifest.format}, and this program knows 1`);
  for (const { tables } of Object.values(manifest.databases)) {
    for (const { file } of tables) await checkFile(folder, file);
  }
  return manifest;
}

async function checkFile(folder: string, { path, sha256 }: CopiedFile): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(join(folder, path)), hash);
  if (hash.digest("hex") !== sha256) throw new Error(`${path} is not what was written`);
}
