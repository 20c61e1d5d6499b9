/**
 * The contract executed over HTTP: `bun --bun playwright test -c openapi/conformance/playwright.config.ts`.
 *
 * Without `TRADEPOST_ORIGINS` (see `deployment.ts`) the run starts a stack of its own and stops it at the end.
 */
import { defineConfig } from "@playwright/test";

const { TRADEPOST_ORIGINS, TRADEPOST_STORE = "postgres", CI } = process.env;
const { TRADEPOST_REPORT = "test-results/summary.json" } = process.env;

export default defineConfig({
  testMatch: "*_conformance.ts",
  // How the page looks and behaves does not depend on where it is deployed.
  testIgnore: TRADEPOST_ORIGINS === undefined ? [] : "docs_quality_*",
  outputDir: "test-results",
  workers: 2,
  fullyParallel: true,
  retries: 0,
  forbidOnly: CI !== undefined,
  timeout: 60_000,
  // What happens in the background happens soon; on a busy machine a little later.
  expect: { timeout: 20_000 },
  reporter: [["list"], ["json", { outputFile: TRADEPOST_REPORT }], ["./coverage.ts"]],
  ...(TRADEPOST_ORIGINS === undefined && {
    webServer: {
      name: "stack",
      command: `exec bun ../../services/_stack/serve_for_tests.ts ${TRADEPOST_STORE}`,
      // What the command prints becomes the environment of the tests.
      wait: {
        stdout:
          /TRADEPOST_ORIGINS=(?<tradepost_origins>\S+) TRADEPOST_ADMIN=(?<tradepost_admin>\S+) TRADEPOST_CLIENT=(?<tradepost_client>\S+)/,
      },
      timeout: 120_000,
      gracefulShutdown: { signal: "SIGTERM", timeout: 30_000 },
    },
  }),
});
