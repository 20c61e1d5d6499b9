import { join, resolve } from "node:path";

/** The root of the clone. */
export const ROOT = resolve(import.meta.dirname, "../..");

/** Where everything that outlives a process is kept; never committed. */
export const DATA_FOLDER = join(ROOT, ".data");

/** What is made once and can be made again: data folder templates, downloads, virtual environments. */
export const CACHE_FOLDER = join(DATA_FOLDER, "cache");

/**
 * The mode of folders of ours that hold a database's folder: others can pass through (the account that Postgres runs
 * as may be another one) but not look around; the files in them are closed one by one.
 */
export const PASSAGE_MODE = 0o711;
