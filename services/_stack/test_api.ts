/**
 * `bun run test:api --base-url URL`: runs the contract's tests against a deployment, wherever it is. They make what they need, touch nothing else,
 * and say what they skipped and why.
 *
 * - `--base-url URL`, with its path, where all services are behind one, or `--base-url NAME=URL` for each service; else `TRADEPOST_ORIGINS`.
 * - `--admin EMAIL:PASSWORD` and `--client ID:SECRET`, for what needs an admin or a service; else `TRADEPOST_ADMIN` and `TRADEPOST_CLIENT`.
 * - Anything else goes to Playwright: the names of files, `--grep WORDS`.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readDeployment } from "../../openapi/conformance/deployment.ts";
import { ROOT } from "./paths.ts";
import { SERVICE_NAMES } from "./service_names.ts";
import { readBaseUrls, toSkippedLines } from "./skipped_tests.ts";
import { describeFault } from "./stack_error.ts";
import { createTestFolder, removeTestFolder } from "./test_folder.ts";
import { formatTotals, readPlaywright } from "./test_totals.ts";

const CONFIG = "openapi/conformance/playwright.config.ts";
const OPTIONS = {
  "base-url": { type: "string", multiple: true },
  admin: { type: "string" },
  client: { type: "string" },
  grep: { type: "string" },
} as const;

try {
  process.exitCode = await testApi();
} catch (error) {
  console.error(`✗ ${describeFault(error)}`);
  process.exitCode = 2;
}

/** @returns The exit code of the tests. */
async function testApi(): Promise<number> {
  const { values, positionals } = parseArgs({ args: process.argv.slice(2), options: OPTIONS, allowPositionals: true });
  const { TRADEPOST_ORIGINS, TRADEPOST_ADMIN, TRADEPOST_CLIENT } = process.env;
  const environment = {
    TRADEPOST_ORIGINS: readBaseUrls(values["base-url"] ?? []) ?? TRADEPOST_ORIGINS ?? "",
    TRADEPOST_ADMIN: values.admin ?? TRADEPOST_ADMIN ?? "",
    TRADEPOST_CLIENT: values.client ?? TRADEPOST_CLIENT ?? "",
  };
  const { baseUrls, admin, client } = readDeployment(environment);
  for (const name of SERVICE_NAMES) console.log(`${name}: ${baseUrls[name]}`);
  console.log(`as an admin: ${admin?.name ?? "nobody"}; as a service: ${client?.name ?? "none"}\n`);

  const results = createTestFolder();
  const report = join(results, "summary.json");
  try {
    const words = [...positionals, ...(values.grep === undefined ? [] : ["--grep", values.grep])];
    const command = [
      process.execPath,
      "--bun",
      "playwright",
      "test",
      "-c",
      CONFIG,
      "--output",
      join(results, "output"),
    ];
    const env = { ...process.env, ...environment, TRADEPOST_REPORT: report };
    const child = Bun.spawn([...command, ...words], { cwd: ROOT, env, stdio: ["ignore", "inherit", "inherit"] });
    const exitCode = await child.exited;
    const json = await Bun.file(report).text();
    for (const line of toSkippedLines(json)) console.log(line);
    console.log(`\n${formatTotals(readPlaywright(json, exitCode))}`);
    return exitCode;
  } finally {
    removeTestFolder(results);
  }
}
