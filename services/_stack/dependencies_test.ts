import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json";
import { judgeAudit } from "./audit_verdict.ts";
import { ROOT } from "./paths.ts";

const { dependencies, devDependencies, optionalDependencies } = manifest;
const LOCK = readFileSync(join(ROOT, "bun.lock"), "utf8");

test("every dependency is pinned to one version, and the lockfile has that version with its hash", () => {
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
    expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
    const entry = LOCK.split("\n").find((line) => line.includes(`["${name}@${version}"`));
    expect([name, entry]).toEqual([name, expect.stringMatching(/"sha512-[A-Za-z0-9+/=]{88}"/)]);
  }
});

describe("judgeAudit()", () => {
  const REFUSED = "error: POST https://registry.example/-/npm/v1/security/advisories/bulk - 405";

  test.each([
    ["a registry that refuses", REFUSED, 1, "unknown", "registry.example refuses audits (405)"],
    ["a registry that is away", "error: ConnectionRefused fetching audit", 1, "unknown", "could not be reached"],
    ["no weakness", "No vulnerabilities found", 0, "sound", "No package"],
    ["a weakness", "lodash  <4.17.21\n  high: prototype pollution", 1, "weak", "see above"],
    ["what it does not understand", "something else", 2, "weak", "see above"],
    ["a weakness that mentions a timeout", "ws <8\n  high: Timeout is ignored", 1, "weak", "see above"],
  ])("of %s", (_, output, code, verdict, message) => {
    expect(judgeAudit(output, code)).toEqual({ verdict, message: expect.stringContaining(message) } as never);
  });
});
