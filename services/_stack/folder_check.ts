import { accessSync, constants, existsSync, mkdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { PASSAGE_MODE } from "./paths.ts";
import { StackError } from "./stack_error.ts";

const MEGABYTE = 1024 * 1024;
/** What a first start writes, with room for the first orders; and what a later one needs to live. */
const FIRST_START_MB = 256;
const LATER_START_MB = 32;

/**
 * Makes the data folder if need be, and looks before anything is started whether there is room in it.
 *
 * @throws {StackError} if it cannot be written or its device is as good as full.
 */
export function checkFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: PASSAGE_MODE });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as { code?: string }; // a fault of node:fs has one
    throw new StackError(`cannot write to ${folder}: ${code === "EROFS" ? "read-only file system" : (code ?? error)}`);
  }
  const { bavail, bsize } = statfsSync(folder);
  const freeMb = Math.floor((bavail * bsize) / MEGABYTE);
  const neededMb = existsSync(join(folder, "postgres", "data")) ? LATER_START_MB : FIRST_START_MB;
  if (freeMb >= neededMb) return;
  throw new StackError(`no space left for ${folder}: ${freeMb} MB free, ${neededMb} MB needed`);
}
