/**
 * `bun run test:manifests`: `docker compose config` takes the project under every profile, `kubectl-validate` takes every manifest as
 * Kubernetes 1.30 has it, and both find a typo that is planted. What this machine has no tool for is skipped by name.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { attempt, output } from "./deployed/commands.ts";
import { findCompose } from "./deployed/hosts.ts";
import { step } from "./deployed/step.ts";
import { DATA_FOLDER, ROOT } from "./paths.ts";
import { describeFault, StackError } from "./stack_error.ts";
import { createTestFolder, removeTestFolder } from "./test_folder.ts";

const KUBECTL_VALIDATE = "sigs.k8s.io/kubectl-validate@v0.0.4";
const KUBERNETES = "1.30";
const COMPOSE_FILE = join(ROOT, "compose.yaml");
const MANIFESTS = ["base", "overlays/local", "overlays/production"].flatMap(filesOf);

try {
  await checkCompose();
  await checkManifests();
} catch (error) {
  console.error(`✗ ${describeFault(error)}`);
  process.exitCode = 1;
}

/** Objects of Kubernetes in a folder; what kustomize reads is its own. */
function filesOf(folder: string): string[] {
  const path = join(ROOT, "k8s", folder);
  const names = readdirSync(path).filter((name) => name.endsWith(".yml"));
  return names.map((name) => join(path, name));
}

async function checkCompose(): Promise<void> {
  const compose = await findCompose();
  if ("missing" in compose) return console.log(`skipped: docker compose config: ${compose.missing}`);
  const text = readFileSync(COMPOSE_FILE, "utf8");
  const { services } = Bun.YAML.parse(text) as { services: Record<string, { profiles?: readonly string[] }> }; // compose_test.ts reads it so
  const profiles = new Set(Object.values(services).flatMap((it) => it.profiles ?? []));
  /** What it says against a project; undefined if it takes it. */
  const refusalOf = async (input: string, chosen: readonly string[]): Promise<string | undefined> => {
    const flags = chosen.flatMap((profile) => ["--profile", profile]);
    const command = ["docker", "compose", ...flags, "--project-directory", ROOT, "--file", "-", "config", "--quiet"];
    const { exitCode, stderr } = await attempt(command, { input, environment: compose.environment });
    return exitCode === 0 ? undefined : stderr.trim();
  };
  for (const chosen of [[], ...[...profiles].map((profile) => [profile])]) {
    await step(`docker compose config, profiles: ${chosen.join(", ") || "none"}`, async () => {
      const refusal = await refusalOf(text, chosen);
      if (refusal !== undefined) throw new StackError(refusal);
      const [name] =
        Object.entries(services).find(([, it]) => chosen.length === 0 || it.profiles?.includes(chosen[0]!)) ?? [];
      const planted = text.replace(`\n  ${name}:\n`, (line) => `${line}    restrat: always\n`);
      expectFound(`${name} in compose.yaml`, { isPlanted: planted !== text, said: await refusalOf(planted, chosen) });
    });
  }
}

async function checkManifests(): Promise<void> {
  const program = await installValidator();
  if (program === undefined) return console.log("skipped: kubectl-validate: no Go to install it with");
  const folder = createTestFolder();
  try {
    await step(`kubectl-validate ${KUBERNETES}: ${MANIFESTS.length} files`, async () => {
      await output([program, ...MANIFESTS, "--version", KUBERNETES]);
      const checks = MANIFESTS.map((path, index) => checkTypo(program, path, join(folder, `${index}.yml`)));
      await Promise.all(checks);
    });
  } finally {
    removeTestFolder(folder);
  }
}

/** The last object of each file is spoiled. */
async function checkTypo(program: string, path: string, copy: string): Promise<void> {
  const text = readFileSync(path, "utf8");
  const at = Math.max(text.lastIndexOf("\nspec:"), text.lastIndexOf("\ndata:"), text.lastIndexOf("\nmetadata:"));
  const planted = `${text.slice(0, at + 1)}x${text.slice(at + 1)}`;
  writeFileSync(copy, planted);
  const { exitCode, stdout, stderr } = await attempt([program, copy, "--version", KUBERNETES]);
  const said = exitCode === 0 ? undefined : `${stdout}${stderr}`;
  expectFound(relative(ROOT, path), { isPlanted: at >= 0, said });
}

function expectFound(where: string, { isPlanted, said }: { isPlanted: boolean; said: string | undefined }): void {
  if (!isPlanted) throw new StackError(`no typo could be planted: ${where}`);
  if (said === undefined) throw new StackError(`a typo was not found: ${where}`);
}

/** On PATH, else made by Go, once for each version. */
async function installValidator(): Promise<string | undefined> {
  const [name = "", version = ""] = KUBECTL_VALIDATE.split("/").at(-1)?.split("@") ?? [];
  const folder = join(DATA_FOLDER, "cache", `${name}-${version}`);
  const program = join(folder, name);
  if (existsSync(program)) return program;
  if (!Bun.which("go")) return undefined;
  mkdirSync(folder, { recursive: true });
  await step(`Install ${KUBECTL_VALIDATE}`, () =>
    output(["go", "install", KUBECTL_VALIDATE], { environment: { GOBIN: folder } }),
  );
  return program;
}
