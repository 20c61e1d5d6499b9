/** The scraper's configuration and rules, as Prometheus itself reads them (`promtool`, Debian's package `prometheus`). */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTestFolder } from "../../_stack/test_folder.ts";
import { FOLDER } from "./expressions.ts";

const FILES = join(FOLDER, "prometheus");
const TESTS = ["rules_test.yml", "slow_rules_test.yml"];
const promtool = Bun.which("promtool");
if (promtool === null && process.env.REQUIRE_PROMTOOL === "1") throw new Error("There is no promtool on PATH");

/** Hundreds of minutes are played through each time. */
setDefaultTimeout(60_000);

/** What it says, and whether it is content. */
function run(folder: string, ...args: readonly string[]): { isWell: boolean; text: string } {
  const { exitCode, stdout, stderr } = Bun.spawnSync([promtool ?? "promtool", ...args], { cwd: folder });
  return { isWell: exitCode === 0, text: `${stdout}${stderr}` };
}

/** A copy of the files in which something is written otherwise. */
function plant(file: string, from: string | RegExp, to: string): string {
  const folder = createTestFolder();
  cpSync(FILES, folder, { recursive: true });
  const source = readFileSync(join(folder, file), "utf8");
  const planted = typeof from === "string" ? source.replaceAll(from, to) : source.replace(from, to);
  expect(planted).not.toBe(source);
  writeFileSync(join(folder, file), planted);
  return folder;
}

function suite(): void {
  test("the configuration and the rules are valid", () => {
    expect(run(FILES, "check", "config", "prometheus.yml")).toMatchObject({ isWell: true });
    // Debian's promtool does not know Kubernetes.
    const folder = plant("kubernetes.yml", /kubernetes_sd_configs: .*/g, "static_configs: [{ targets: [pod:3000] }]");
    expect(run(folder, "check", "config", "kubernetes.yml")).toMatchObject({ isWell: true });
    expect(run(FILES, "check", "rules", "recording.yml", "alerts.yml")).toMatchObject({ isWell: true });
  });

  test("each alert fires when it should, and none while all is well", () => {
    expect(run(FILES, "test", "rules", ...TESTS)).toMatchObject({ isWell: true });
    const tests = TESTS.map((file) => readFileSync(join(FILES, file), "utf8")).join("");
    const alerts = [...readFileSync(join(FILES, "alerts.yml"), "utf8").matchAll(/- alert: (\w+)/g)];
    for (const [, name = ""] of alerts) {
      // Once silent, once firing.
      expect([name, tests.split(`alertname: ${name}`).length > 2]).toEqual([name, true]);
    }
  });

  test("a typo in the configuration is caught", () => {
    const folder = plant("prometheus.yml", "scrape_interval:", "scrape_intervall:");
    expect(run(folder, "check", "config", "prometheus.yml")).toMatchObject({ isWell: false });
  });

  test.each([
    ["alerts.yml", "max(outbox_dead) > 0", "max(outbox_dead > 0"],
    ["alerts.yml", "severity: page", "severity page"],
    ["recording.yml", "sum by (service)", "summ by (service)"],
  ])("a typo in %s is caught by the check of the rules: %p", (file, from, to) => {
    expect(run(plant(file, from, to), "check", "rules", file)).toMatchObject({ isWell: false });
  });

  test.each([
    ["alerts.yml", "max(outbox_dead) > 0", "max(outbox_daed) > 0"],
    ["recording.yml", 'operation!="none", http_response', 'operation!="nine", http_response'],
  ])("a typo in %s that is valid is caught by the tests of the rules: %p", (file, from, to) => {
    expect(run(plant(file, from, to), "test", "rules", "rules_test.yml")).toMatchObject({ isWell: false });
  });
}

if (promtool !== null) describe("Prometheus' rules", () => suite());
else describe.skip("Prometheus' rules (skipped: no promtool on PATH)", () => suite());
