import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import { StackError } from "../stack_error.ts";

/** A Chromium to run browser tests in. */
export interface Browser {
  readonly executablePath: string;
  /** Where it comes from, for the reader. */
  readonly origin: string;
}

/** There is none, and why, in one line. */
export interface BrowserMissing {
  readonly missing: string;
}

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"] as const;

/**
 * Looks for a Chromium: on PATH, else the one that Playwright has downloaded.
 *
 * @param environment `PATH`, `REQUIRE_BROWSER`.
 * @throws {StackError} if `REQUIRE_BROWSER=1` and there is none.
 */
export function findChromium(environment: Readonly<Record<string, string | undefined>>): Browser | BrowserMissing {
  for (const program of PROGRAMS) {
    const executablePath = Bun.which(program, { PATH: environment.PATH ?? "" });
    if (executablePath !== null) return { executablePath, origin: `${program} on PATH` };
  }
  const executablePath = chromium.executablePath();
  if (existsSync(executablePath)) return { executablePath, origin: "downloaded by Playwright" };
  const missing = "no Chromium: none on PATH, and none downloaded by `bunx playwright install chromium`";
  if (environment.REQUIRE_BROWSER === "1") throw new StackError(`REQUIRE_BROWSER=1, but there is ${missing}`);
  return { missing };
}
