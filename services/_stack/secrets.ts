import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ByService, byService } from "./service_names.ts";
import { StackError } from "./stack_error.ts";

/** What the stack must keep to itself, made once for each data folder. */
export interface Secrets {
  /** Encrypts the signing keys in the user store. */
  readonly keysSecret: string;
  readonly adminPassword: string;
  /** Of the demo account that owns the seeded products. */
  readonly sellerPassword: string;
  /** With which order-processing asks for service tokens. */
  readonly clientSecret: string;
  /** Of each service's role in Postgres. */
  readonly databasePasswords: ByService<string>;
}

/** What tells that a data folder is one of ours: others may have a `logs/` too. */
export const SECRETS_FILE = "secrets.json";
const RANDOM_BYTES = 24;

/**
 * Reads the secrets of a data folder, or makes them on the first start; only their owner can read the file.
 *
 * @throws {StackError} if there are some that cannot be read: new ones would not fit the data.
 */
export function keepSecrets(folder: string): Secrets {
  const path = join(folder, SECRETS_FILE);
  if (!existsSync(path)) {
    writeFileSync(`${path}.new`, JSON.stringify(makeSecrets(), null, 2), { mode: 0o600 });
    renameSync(`${path}.new`, path); // whole or not at all
  }
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Secrets; // written above, by this version or by one with the same fields
  } catch (error) {
    throw new StackError(`${path} cannot be read, and the data needs it: ${error}`);
  }
}

function makeSecrets(): Secrets {
  return {
    keysSecret: randomSecret(),
    adminPassword: randomSecret(),
    sellerPassword: randomSecret(),
    clientSecret: randomSecret(),
    databasePasswords: byService(randomSecret),
  };
}

/** 192 random bits, in characters that need no quoting anywhere. */
export function randomSecret(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES))).toString("base64url");
}
