import { lookup } from "node:dns/promises";
import { join } from "node:path";
import { DryMongoBinary, MongoBinary } from "mongodb-memory-server-core";
import { CACHE_FOLDER } from "../paths.ts";
import { describeFault, StackError } from "../stack_error.ts";
import { connectMongo } from "./external_mongo.ts";
import type { MongoMissing, MongoSource } from "./mongo_source.ts";
import { readMongodVersion, startMongod } from "./mongod.ts";
import { installSecantus, SECANTUS_VERSION, startSecantus } from "./secantus.ts";

/** How far to look. */
export interface MongoSearch {
  /** `MONGODB_URL`, `REQUIRE_MONGO`, `PATH`, and what installers need. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether to fetch one where this machine has none. */
  readonly install: boolean;
  /** Where fetched ones are kept. */
  readonly cacheFolder?: string;
  /** Told what takes long. */
  readonly onProgress?: (message: string) => void;
}

const DOWNLOAD_VERSION = "8.2.6";
const DOWNLOAD_HOST = "fastdl.mongodb.org";
const LOOKUP_MS = 2_000;

/**
 * Looks for a MongoDB: `MONGODB_URL`, `mongod` on PATH, a download, SecantusDB from PyPI.
 *
 * @throws {StackError} if `MONGODB_URL` does not serve, or if `REQUIRE_MONGO=1` and there is none.
 */
export async function findMongo(search: MongoSearch): Promise<MongoSource | MongoMissing> {
  const { environment, install, cacheFolder = CACHE_FOLDER } = search;
  const url = environment.MONGODB_URL;
  if (url) return connectMongo(url);
  const reasons: string[] = [];
  for (const look of install ? [findOnPath, findDownload, findSecantus] : [findOnPath]) {
    const result = await look({ ...search, cacheFolder });
    if (!("missing" in result)) return result;
    reasons.push(result.missing);
  }
  const missing = `no MongoDB: ${reasons.join("; ")}`;
  if (environment.REQUIRE_MONGO === "1") throw new StackError(`REQUIRE_MONGO=1, but there is ${missing}`);
  return { missing };
}

/** One line for the reader: the engine and where it comes from, or why there is none. */
export function describeMongo(found: MongoSource | MongoMissing): string {
  return "missing" in found ? found.missing : `${found.name} ${found.version} (${found.origin})`;
}

type Look = Required<Pick<MongoSearch, "environment" | "cacheFolder">> & Pick<MongoSearch, "onProgress">;

async function findOnPath({ environment }: Look): Promise<MongoSource | MongoMissing> {
  const program = Bun.which("mongod", { PATH: environment.PATH ?? "" });
  if (program === null) return { missing: "MONGODB_URL is not set and no mongod is on PATH" };
  return sourceOf(program, "mongod on PATH");
}

/** The download itself is `mongodb-memory-server`'s: it knows the archive for each system. */
async function findDownload({ cacheFolder, onProgress }: Look): Promise<MongoSource | MongoMissing> {
  const options = { version: DOWNLOAD_VERSION, downloadDir: join(cacheFolder, "mongodb") };
  const origin = "downloaded by mongodb-memory-server";
  try {
    const kept = await DryMongoBinary.locateBinary(options);
    if (kept !== undefined) return sourceOf(kept, origin);
    const fault = await lookUp(DOWNLOAD_HOST);
    if (fault !== undefined) return { missing: `${DOWNLOAD_HOST} cannot be reached (${fault})` };
    onProgress?.(`Downloading MongoDB ${DOWNLOAD_VERSION}`);
    return sourceOf(await MongoBinary.getPath(options), origin);
  } catch (error) {
    return { missing: `the download of MongoDB failed (${describeFault(error)})` };
  }
}

async function findSecantus(look: Look): Promise<MongoSource | MongoMissing> {
  const installed = await installSecantus(look);
  if ("missing" in installed) return installed;
  return {
    name: "SecantusDB",
    version: SECANTUS_VERSION,
    origin: "MongoDB's protocol, from PyPI",
    start: (options) => startSecantus(installed.python, options),
  };
}

function sourceOf(program: string, origin: string): MongoSource | MongoMissing {
  const version = readMongodVersion(program);
  if (version === undefined) return { missing: `${program} does not run` };
  return { name: "MongoDB", version, origin, start: (options) => startMongod({ program, version }, options) };
}

/** The code of the fault if a host name has no address; asked first, because a download takes 6 s to notice. */
async function lookUp(host: string): Promise<string | undefined> {
  const timeout = Bun.sleep(LOOKUP_MS).then(() => "no answer from the name server");
  const answer = lookup(host).then(
    () => undefined,
    (error: { code?: string }) => error.code ?? "unknown host",
  );
  return Promise.race([answer, timeout]);
}
