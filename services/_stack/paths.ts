import { join, resolve } from "node:path";

/** The root of the clone. */
export const ROOT = resolve(import.meta.dirname, "../..");

/** Where everything that outlives a process is kept; never committed. */
export const DATA_FOLDER = join(ROOT, ".data");

/** What is made once and can be made again: data folder templates, downloads, virtual environments. */
export const CACHE_FOLDER = join(DATA_FOLDER, "cache");
