/**
 * Holds the contract against rules: Spectral's and OWASP's (`ruleset.yaml`), ours (`contract_rules.ts`), and the promises of the last document that
 * was released (`../released/openapi.json`). `--release` writes that one anew: from then on it is what clients rely on.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import document from "../openapi.yaml";
import { breakingChanges } from "./breaking_changes.ts";
import { brokenRules, type Document } from "./contract_rules.ts";

const ROOT = join(import.meta.dirname, "../..");
const RELEASED = join(import.meta.dirname, "../released/openapi.json");
const WORK_FOLDER = join(ROOT, ".data/contract");
const SPECTRAL = ["--bun", "spectral", "lint", "--fail-severity=warn", "--quiet"];

const contract = document as Document; // generate.ts and the type check of what it makes prove the shape
if (process.argv.includes("--release")) await Bun.write(RELEASED, `${JSON.stringify(document, null, 2)}\n`);
const released: Document = await Bun.file(RELEASED).json();
const faults = [
  ...brokenRules(contract),
  ...breakingChanges(released, contract).map((change) => `${change}: a client of the last release could not go on`),
];
for (const fault of faults) console.error(fault);
const isClean = await passesSpectral();
process.exitCode = isClean && faults.length === 0 ? 0 : 1;

/** As one JSON file: Spectral does not know the anchors and merges of YAML. */
async function passesSpectral(): Promise<boolean> {
  mkdirSync(WORK_FOLDER, { recursive: true });
  const file = join(WORK_FOLDER, "openapi.json");
  await Bun.write(file, JSON.stringify(document, null, 2));
  const command = [process.execPath, ...SPECTRAL, file, "--ruleset", join(import.meta.dirname, "ruleset.yaml")];
  const child = Bun.spawn(command, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  const output = await new Response(child.stdout).text();
  if ((await child.exited) === 0) return true;
  console.error(output.trim());
  return false;
}
