/** `bun run ok`: everything that is checked without running the system. Silent where it is well. */
import sdk from "../../sdk/package.json";
import { ROOT } from "./paths.ts";

/** One check. */
interface Step {
  readonly name: string;
  /** Arguments of Bun. */
  readonly args: readonly string[];
}

const SOURCES = ["services", "openapi", "sdk", "k8s"];
const GENERATED = "**/generated/**,**/node_modules/**,**/dist/**";
const TESTS = "**/*_test.ts,**/*_conformance.ts,**/*fixture*.ts,**/*contract*.ts,**/*samples.ts";

/** Copies longer than this many lines and tokens; tests may repeat themselves more, so that each can be read alone. */
const DUPLICATES = {
  sources: [...jscpd(6, 55), "--ignore", `${GENERATED},${TESTS}`],
  tests: [...jscpd(10, 100), "--ignore", GENERATED],
};

/** Where the SDK is packed to, to be looked at as it would be published. */
const PACKED = ".data/sdk";
const PACK_SDK = ["pm", "pack", "--cwd", "sdk", "--ignore-scripts", "--quiet", "--destination", `../${PACKED}`];
const SDK_TARBALL = `${PACKED}/tradepost-sdk-${sdk.version}.tgz`;

const STEPS: readonly Step[] = [
  { name: "format and lint", args: ["--bun", "biome", "check", "."] },
  { name: "types", args: ["check"] },
  { name: "contract drift", args: ["openapi/generate.ts", "--check"] },
  { name: "contract rules (Spectral, OWASP, ours, breaking changes)", args: ["openapi/quality/lint.ts"] },
  { name: "boundaries", args: ["test", "--only-failures", "./services/boundaries_test.ts"] },
  { name: "SDK: build and size", args: ["sdk/build.ts"] },
  { name: "SDK: package (publint)", args: ["--bun", "publint", "run", "sdk", "--strict", "--pack", "false"] },
  { name: "SDK: pack", args: PACK_SDK },
  { name: "SDK: types (attw)", args: ["--bun", "attw", SDK_TARBALL, "--profile", "esm-only", "--no-definitely-typed"] },
  { name: "duplicates", args: [...DUPLICATES.sources, ...SOURCES] },
  { name: "duplicates in tests", args: [...DUPLICATES.tests, ...SOURCES] },
];

const results: boolean[] = [];
for (const step of STEPS) results.push(await perform(step));
process.exitCode = results.every(Boolean) ? 0 : 1;

async function perform({ name, args }: Step): Promise<boolean> {
  const startedAt = performance.now();
  const child = Bun.spawn([process.execPath, ...args], { cwd: ROOT, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`${exitCode === 0 ? "✓" : "✗"} ${name} (${seconds} s)`);
  if (exitCode !== 0) console.log(`${stdout}${stderr}`.trimEnd());
  return exitCode === 0;
}

function jscpd(minLines: number, minTokens: number): readonly string[] {
  const limits = ["--min-lines", String(minLines), "--min-tokens", String(minTokens)];
  return [
    "--bun",
    "jscpd",
    ...limits,
    "--mode",
    "weak",
    "--format",
    "typescript",
    "--reporters",
    "console",
    "--exit-code",
    "1",
  ];
}
