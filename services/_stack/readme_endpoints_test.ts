import { expect, test } from "bun:test";
import { join } from "node:path";
import { OPERATIONS } from "../../openapi/conformance/document.ts";
import { ROOT } from "./paths.ts";
import { SERVICE_NAMES } from "./service_names.ts";

test.each(SERVICE_NAMES)("the README's table has every endpoint of %s, and no other", async (service) => {
  const told = endpointsIn(await Bun.file(join(ROOT, "README.md")).text()).get(service) ?? [];
  const own = OPERATIONS.filter((operation) => operation.service === service);
  expect(told.toSorted()).toEqual(own.map(({ method, path }) => `${method} ${path}`).sort());
});

/** By service: a row with its name in bold stands before those of its endpoints. Methods without a path are those of the next path. */
function endpointsIn(markdown: string): Map<string, string[]> {
  const [, section = ""] = /^## Endpoints\n(.*?)^## /ms.exec(markdown) ?? [];
  const found = new Map<string, string[]>();
  let endpoints: string[] = [];
  for (const row of section.split("\n").filter((line) => line.startsWith("|"))) {
    const [, cell = ""] = row.split("|");
    const [, service] = /\*\*(.+)\*\*/.exec(cell) ?? [];
    if (service !== undefined) {
      endpoints = [];
      found.set(service, endpoints);
    }
    let methods: string[] = [];
    for (const [, method = "", path] of cell.matchAll(/`([A-Z]+)(?: (\/[^`]*))?`/g)) {
      methods.push(method);
      if (path === undefined) continue;
      endpoints.push(...methods.map((each) => `${each} ${path}`));
      methods = [];
    }
  }
  return found;
}
