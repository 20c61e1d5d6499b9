/** The recipes of `README.md`, to be run. */
import type { ServiceName } from "#contract";

/** The code under one heading. */
export interface Recipe {
  readonly title: string;
  readonly code: string;
  /** What it prints, by its own comments. */
  readonly prints: readonly string[];
}

/** A running system, as a recipe speaks of it. */
export interface Deployment {
  /** In place of those of `bun start`. */
  readonly origins: Readonly<Record<ServiceName, string>>;
  readonly clientSecret: string;
}

const HEADING_OR_CODE = /^#+ (?<heading>.+)$|^```ts\n(?<code>[\s\S]*?)^```$/gm;
const PRINTED = /console\.log\(.*\); \/\/ (.+)$/gm;
const MARK = "recipe: ";

/** Every TypeScript block, in order, under the heading it is under. */
export function readRecipes(markdown: string): readonly Recipe[] {
  const blocks: { title: string; code: string }[] = [];
  let title = "";
  for (const { groups } of markdown.matchAll(HEADING_OR_CODE)) {
    if (groups?.heading) title = groups.heading;
    const { code } = groups ?? {};
    const last = blocks.at(-1);
    if (code === undefined) continue;
    if (last?.title === title) last.code += code;
    else blocks.push({ title, code });
  }
  return blocks.map((block) => ({ ...block, prints: [...block.code.matchAll(PRINTED)].map(([, text]) => text ?? "") }));
}

/** All recipes as one module, in TypeScript, for a deployment; it prints its place as it goes. */
export function writeProgram(recipes: readonly Recipe[], { origins, clientSecret }: Deployment): string {
  const code = recipes.map(({ title, code }) => `console.log(${JSON.stringify(MARK + title)});\n${code}`).join("\n");
  return code
    .replaceAll("http://localhost:3000", origins["user-authentication"])
    .replaceAll("http://localhost:3001", origins["product-management"])
    .replaceAll("http://localhost:3002", origins["order-processing"])
    .replaceAll("the-clients-own-secret", clientSecret);
}

/** What each recipe has printed. */
export function readPrints(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const prints = new Map<string, string[]>();
  for (const line of lines) {
    if (line.startsWith(MARK)) prints.set(line.slice(MARK.length), []);
    else if (line !== "") [...prints.values()].at(-1)?.push(line);
  }
  return prints;
}
