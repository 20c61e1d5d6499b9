import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import manifest from "../../package.json";
import { productionPackages } from "./packages.ts";
import { bill } from "./sbom.ts";

const MODULES = join(import.meta.dirname, "../../node_modules");

test("productionPackages() names what production needs and what that needs, and no tool of ours", () => {
  const packages = productionPackages();
  const names = packages.map(({ name }) => name);
  for (const name of Object.keys(manifest.dependencies)) expect(names).toContain(name);
  for (const name of Object.keys(manifest.devDependencies)) expect(names).not.toContain(name);
  expect(names).toContain("bson"); // of mongodb
  expect(names).toContain("@sinclair/typebox"); // a peer of elysia
  expect(new Set(names).size).toBe(names.length);
});

test("productionPackages() has the versions that are installed", () => {
  for (const { name, version } of productionPackages()) {
    const path = join(MODULES, name, "package.json");
    if (!existsSync(path)) continue; // inside the package that needs it
    expect(`${name} ${(JSON.parse(readFileSync(path, "utf8")) as { version: string }).version}`).toBe(
      `${name} ${version}`,
    );
  }
});

test("the bill names each package with a URL and a hash", () => {
  const { components } = bill(productionPackages()) as {
    components: { purl: string; hashes: { content: string }[] }[];
  };
  expect(components.length).toBe(productionPackages().length);
  for (const { purl, hashes } of components) {
    expect(purl).toMatch(/^pkg:npm\/(%40[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+/);
    expect(hashes[0]?.content).toMatch(/^[0-9a-f]{128}$/);
  }
});
