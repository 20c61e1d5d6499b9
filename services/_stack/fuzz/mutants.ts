import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServiceName } from "#contract";
import { type Mutant, plant } from "../mutants/mutant.ts";
import type { Copy } from "../mutants/try_mutant.ts";

/** A bug to plant, and the service whose fuzzing must find it. */
export interface FuzzMutant extends Mutant {
  readonly service: ServiceName;
}

/** What fuzzing is there to find, one of each kind. */
export const MUTANTS: readonly FuzzMutant[] = [
  {
    name: "invalid, and accepted: a query name that is not known is ignored",
    service: "product-management",
    ...inFile("services/_platform/query_reader.ts", [
      'if (parse === undefined) find(findings, name, "is not known here");',
      "if (parse === undefined) continue;",
    ]),
  },
  {
    name: "valid, and refused: characters are counted as UTF-16 units",
    service: "product-management",
    ...inFile("services/_platform/validation.ts", [
      "text.length <= max || countCharacters(text) <= max",
      "text.length <= max",
    ]),
  },
  {
    name: "5xx: a leap second is a time",
    service: "product-management",
    ...inFile("openapi/openapi.yaml", [
      "pattern: '^(?!0000)\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:[0-5]\\d(\\.\\d{1,9})?Z$',",
      'pattern: "Z$",',
    ]),
  },
  {
    name: "5xx: a text with NUL goes to the database",
    service: "product-management",
    ...inFile("openapi/openapi.yaml", ["pattern: '^[^\\u0000\\p{Cs}]*$'", "pattern: '^[^\\p{Cs}]*$'"]),
  },
  {
    name: "valid, and refused: the current password is never the right one",
    service: "user-authentication",
    ...inFile("services/user-authentication/operations/change_password.ts", [
      "if (!(await attemptPassword({ throttle, passwords }, attempt))) return refuse();",
      "if (await attemptPassword({ throttle, passwords }, attempt)) return refuse();",
    ]),
  },
  {
    name: "valid, and refused: a refresh token that nobody has used is over",
    service: "user-authentication",
    ...inFile("services/user-authentication/refresh_token.ts", [
      'if (token.replacedAt === null) return "renew";',
      'if (token.replacedAt === null) return "refuse";',
    ]),
  },
  {
    name: "valid, and refused: what is there is out of stock",
    service: "order-processing",
    ...inFile("services/order-processing/saga/reserve.ts", [
      'const short = having("out-of-stock");',
      'const short = having("out-of-stock", "done");',
    ]),
  },
  {
    name: "not the caller's, and changed: a product's owner is not looked at",
    service: "product-management",
    ...inFile("services/product-management/product.ts", [
      "return caller !== undefined && (caller.id === product.ownerId || isAdmin(caller));",
      "return caller !== undefined && product.version > 0;",
    ]),
  },
  {
    name: "gone, and found: a deleted order is still there",
    service: "order-processing",
    ...inFile("services/order-processing/store/postgres.ts", [
      "FROM orders WHERE id = $".concat("{id} AND hidden_at IS NULL`;"),
      "FROM orders WHERE id = $".concat("{id}`;"),
    ]),
  },
  {
    name: "undeclared: an answer without its ETag",
    service: "order-processing",
    ...inFile("services/order-processing/operations/replace_order.ts", [
      "headers: { etag: formatEtag(order.version) }",
      "headers: { etag: undefined as unknown as string }",
    ]),
  },
];

function inFile(file: string, [search, replace]: readonly [string, string]): Pick<Mutant, "file" | "edits" | "checks"> {
  return { file, edits: [{ search, replace }], checks: ["services/_stack/test_fuzz.ts"] };
}

const FUZZ_TIMEOUT_MS = 120_000;
const REQUESTS = 2_000;
/** Of `test_fuzz.ts`, when it found something. */
const FOUND = 1;

/** Plants a bug in a copy of the sources, fuzzes it, and puts the source back. @returns What was found; undefined if nothing was. */
export async function tryFuzzMutant({ folder }: Copy, mutant: FuzzMutant): Promise<string | undefined> {
  const path = join(folder, mutant.file);
  const source = readFileSync(path, "utf8");
  writeFileSync(path, plant(source, mutant));
  try {
    const sizes = ["--requests", String(REQUESTS), "--seed", "1", "--service", mutant.service];
    const command = [process.execPath, "services/_stack/test_fuzz.ts", ...sizes];
    const child = Bun.spawn(command, { cwd: folder, stdout: "pipe", stderr: "inherit", timeout: FUZZ_TIMEOUT_MS });
    const output = await new Response(child.stdout).text();
    const finding = /^✗ (seed \d+: .*)$/m.exec(output)?.[1];
    return (await child.exited) === FOUND ? finding?.slice(0, 200) : undefined;
  } finally {
    writeFileSync(path, source);
  }
}
