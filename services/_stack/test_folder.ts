import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ownFolderName, sweepFolders } from "./journal.ts";
import { DATA_FOLDER, PASSAGE_MODE } from "./paths.ts";

const TEST_FOLDER = join(DATA_FOLDER, "test");
const RUN_FOLDER = join(TEST_FOLDER, ownFolderName());
/** A server that was just killed may still write its last file. */
const REMOVAL = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 };

/** Ends and removes what test runs left that were killed; call it once, before the first folder is made. */
export function sweepTestFolders(): Promise<void> {
  return sweepFolders(TEST_FOLDER);
}

/** An empty folder that is removed at the end of the run; what is written down in it ends with it, at the latest by the next run. */
export function createTestFolder(): string {
  const folder = join(RUN_FOLDER, randomUUID());
  mkdirSync(folder, { recursive: true, mode: PASSAGE_MODE });
  return folder;
}

/** Removes a folder made by `createTestFolder`; end what runs in it first. */
export function removeTestFolder(folder: string): void {
  rmSync(folder, REMOVAL);
  if (existsSync(RUN_FOLDER) && readdirSync(RUN_FOLDER).length === 0) rmSync(RUN_FOLDER, REMOVAL);
}

/** Removes all folders of this run; end what runs in them first. */
export function removeTestFolders(): void {
  rmSync(RUN_FOLDER, REMOVAL);
}
