import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../paths.ts";
import { DRIFTS } from "./drifts.ts";
import { type Mutant, plant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";

const MUTANT: Mutant = {
  name: "no test",
  file: "x.ts",
  edits: [{ search: "if (a) b();", replace: "b();" }],
  checks: [],
};

test("a bug is planted as it is written, dollar signs too", () => {
  const mutant = { ...MUTANT, edits: [{ search: "b", replace: "$&$1" }] };
  expect(plant("a(); b();", mutant)).toBe("a(); $&$1();");
});

test("a bug that has no place, or two, is refused by name", () => {
  const message = (count: number) => `"no test" does not fit x.ts any more: ${count} places have if (a) b();`;
  expect(() => plant("b();", MUTANT)).toThrow(message(0));
  expect(() => plant("if (a) b(); if (a) b();", MUTANT)).toThrow(message(2));
});

describe("fits the sources as they are, and leaves a program:", () => {
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  for (const mutant of [...MUTANTS, ...DRIFTS]) {
    test(mutant.name, () => {
      const planted = plant(readFileSync(join(ROOT, mutant.file), "utf8"), mutant);
      expect(() => transpiler.transformSync(planted)).not.toThrow();
      expect(mutant.checks.length).toBeGreaterThan(0);
    });
  }
});
