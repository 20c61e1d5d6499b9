/**
 * `bun run test:executables`: builds a single file of each service and runs the contract's tests, which call every operation, against them, from
 * a folder that holds nothing else.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildExecutables } from "../_deployment/executables.ts";
import { cleanAtEnd } from "./deployed/cleaning.ts";
import { runConformance } from "./deployed/conformance.ts";
import { step } from "./deployed/step.ts";
import { PASSAGE_MODE } from "./paths.ts";
import { describeFault } from "./stack_error.ts";
import { startTestStack } from "./test_stack.ts";

const ends: (() => void | Promise<void>)[] = [];
const clean = cleanAtEnd(async () => {
  for (const end of ends.reverse()) await end();
});

try {
  await test();
  console.log("✓ executables: built, and every operation called");
} catch (error) {
  console.error(`✗ ${describeFault(error)}`);
  process.exitCode = 1;
}
await clean();

async function test(): Promise<void> {
  // Not below the repository: what an executable lacks it would find in there.
  const folder = mkdtempSync(join(tmpdir(), "tradepost-executables-"));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, PASSAGE_MODE);
  const mainFiles = await step("Build", () => buildExecutables({ folder }));
  for (const path of Object.values(mainFiles)) console.log(`   ${Math.round(Bun.file(path).size / 1_000_000)} MB`);
  const stack = await step("Start", () => startTestStack({ mainFiles }));
  ends.push(() => stack.stop());
  const { origins, admin, serviceClient: client } = stack;
  await step("Contract", () => runConformance({ origins, admin, client }));
}
