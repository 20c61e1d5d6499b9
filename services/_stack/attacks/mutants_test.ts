import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../paths.ts";
import { MUTANTS, plant } from "./mutants.ts";

test.each(MUTANTS.map((mutant) => [mutant.weakness, mutant] as const))(
  "the planted weakness fits the sources: %s",
  (_, mutant) => {
    const source = readFileSync(join(ROOT, "services", mutant.file), "utf8");
    expect(() => plant(source, mutant)).not.toThrow();
  },
);
