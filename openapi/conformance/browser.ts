/** The browser of the run. */
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/**
 * Finds Chromium: on PATH, or downloaded by Playwright.
 *
 * @returns Its program, or undefined if there is none.
 * @throws if there is none and `REQUIRE_BROWSER=1` asks for one.
 */
export function findChromium(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const own = chromium.executablePath();
  const found =
    NAMES.map((name) => Bun.which(name)).find((path) => path !== null) ?? (existsSync(own) ? own : undefined);
  if (found === undefined && environment.REQUIRE_BROWSER === "1") {
    throw new Error("REQUIRE_BROWSER=1, but there is no Chromium: install it, or `bunx playwright install chromium`");
  }
  return found;
}
