import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ProcessJournal } from "./journal.ts";
import { SECRETS_FILE } from "./secrets.ts";
import { StackError } from "./stack_error.ts";

/** Which store the data folder began with, so that a later start finds its data again. */
export const STORE_FILE = "store";

/** Not what was fetched, nor what other commands keep there. */
const MADE_BY_START = /^(postgres|mongo|nats|logs|store|secrets\.json|seeded-\w+|mails\.txt)$/;
const MONGO_FOLDER = "mongo";

/**
 * Ends what still runs from a data folder and removes what a start has made there; what was fetched once stays. Tells the names of what is gone.
 *
 * @param mongoUrl The MongoDB of somebody else that the next start would use.
 * @throws {StackError} if the folder is in use or none of a start, or if there is data elsewhere that only its secrets open.
 */
export async function resetFolder(dataFolder: string, mongoUrl: string | undefined): Promise<readonly string[]> {
  const made = existsSync(dataFolder) ? readdirSync(dataFolder).filter((name) => MADE_BY_START.test(name)) : [];
  if (made.length === 0) return made;
  if (!isOfStart(dataFolder)) {
    throw new StackError(
      `${dataFolder} has ${made.join(", ")}, and no ${SECRETS_FILE} of a start: --reset removes what a start has made, so remove them by hand`,
    );
  }
  if (mongoUrl || hasDataElsewhere(dataFolder)) {
    throw new StackError(
      `--reset can't empty a MongoDB that it has not started, and only ${join(dataFolder, SECRETS_FILE)} opens the signing keys in there: ` +
        `drop its databases user_authentication and product_management, then remove ${made.join(", ")} by hand`,
    );
  }
  const journal = await ProcessJournal.open(dataFolder);
  const withSecretsLast = made.toSorted((one, other) => Number(one === SECRETS_FILE) - Number(other === SECRETS_FILE)); // broken off, it can be called again
  for (const name of withSecretsLast) rmSync(join(dataFolder, name), { recursive: true, force: true });
  journal.close();
  return made;
}

/** Others may have a `logs/` or a `secrets.json` too. */
function isOfStart(dataFolder: string): boolean {
  const path = join(dataFolder, SECRETS_FILE);
  return existsSync(path) && readFileSync(path, "utf8").includes('"keysSecret"');
}

/** An earlier start was given a MongoDB: of its own one there would be a folder. */
function hasDataElsewhere(dataFolder: string): boolean {
  const storeFile = join(dataFolder, STORE_FILE);
  return (
    existsSync(storeFile) && readFileSync(storeFile, "utf8") === "mongo" && !existsSync(join(dataFolder, MONGO_FOLDER))
  );
}
