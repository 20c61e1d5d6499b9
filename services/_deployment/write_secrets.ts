/**
 * Makes the secrets of a compose project at its first start, and gives each reader its own on a volume of its own. Every later start finds the
 * same values: they are kept as long as the data that was written with them.
 */
import { chmod, chown, mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";

import { Env } from "#platform/config.ts";
import { StartFault } from "#platform/start_fault.ts";
import {
  completeValues,
  type EnginePlaces,
  type RandomValues,
  type Reader,
  secretFiles,
} from "./deployment_secrets.ts";
import { runOnce } from "./run_once.ts";

/** Where the secrets go. */
export interface SecretFolders {
  /** Keeps the values; nobody else reads it. */
  values: string;
  /** Holds a folder for each reader. */
  readers: string;
  /** User and group each reader runs as. */
  owners: Readonly<Record<Reader, number>>;
}

const VALUES_FILE = "values.json";
/** The users of the images: both engines' own, and ours. */
const ENGINE_USER = 999;
const SERVICE_USER = 1000;
const OWNERS: Readonly<Record<Reader, number>> = {
  mongo: ENGINE_USER,
  postgres: ENGINE_USER,
  "mongo-init": SERVICE_USER,
  "postgres-init": SERVICE_USER,
  nats: SERVICE_USER,
  backup: SERVICE_USER,
  "user-authentication": SERVICE_USER,
  "product-management": SERVICE_USER,
  "order-processing": SERVICE_USER,
};
const PLACES: EnginePlaces = { mongo: ["mongo:27017"], postgres: "postgres:5432", nats: "nats:4222" };

/**
 * Writes every secret file that is missing or has another text.
 *
 * @throws {StartFault} if readers have secrets whose values are gone: new ones would not open their data.
 */
export async function writeSecrets(folders: SecretFolders, places: EnginePlaces): Promise<void> {
  const values = await keepValues(folders);
  for (const [reader, files] of Object.entries(secretFiles(values, places))) {
    const owner = folders.owners[reader as Reader]; // the keys of secretFiles' answer are the readers
    const folder = join(folders.readers, reader);
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      if ((await readIfThere(path)) !== text) await writeWhole(path, text, owner);
    }
    await chmod(folder, 0o500);
    await chown(folder, owner, owner);
  }
}

async function keepValues({ values: folder, readers }: SecretFolders): Promise<RandomValues> {
  const path = join(folder, VALUES_FILE);
  const text = await readIfThere(path);
  if (text === undefined && (await hasSecrets(readers))) {
    throw new StartFault(
      `${path} is gone, and the data was written with its values: restore it, or remove all volumes`,
    );
  }
  const known: unknown = text === undefined ? {} : JSON.parse(text);
  const values = completeValues(known as Partial<RandomValues>); // written below, by this release or another one
  const wanted = JSON.stringify(values, null, 2);
  if (wanted !== text) await writeWhole(path, wanted, process.getuid?.() ?? 0);
  return values;
}

async function hasSecrets(folder: string): Promise<boolean> {
  const readers: string[] = await readdir(folder).catch(() => []);
  const names = await Promise.all(readers.map((reader): Promise<string[]> => readdir(join(folder, reader))));
  return names.some((list) => list.length > 0);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** The file is there with its whole text and for its owner alone, or as it was before. */
async function writeWhole(path: string, text: string, owner: number): Promise<void> {
  const file = await open(`${path}.new`, "w", 0o400);
  try {
    await file.writeFile(text);
    await file.chown(owner, owner);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

if (import.meta.main) {
  await runOnce(async () => {
    const env = new Env(process.env);
    const [values, readers] = [env.string("VALUES"), env.string("READERS")];
    const owned = env.string("OWNED").split(" ");
    env.check();
    await writeSecrets({ values, readers, owners: OWNERS }, PLACES);
    // Volumes of the broker, of backups and of mails: who writes to them is not root and could not take possession of them.
    for (const folder of owned) await chown(folder, SERVICE_USER, SERVICE_USER);
  });
}
