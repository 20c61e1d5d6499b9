/** Every recipe of the README, run with the packed SDK in every runtime, against the running system. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { findChromium } from "../openapi/conformance/browser.ts";
import type { Stack } from "../services/_stack/stack.ts";
import { startTestStack } from "../services/_stack/test_stack.ts";
import { createPackedProject, type PackedProject } from "./packed_fixture.ts";
import { readPrints, readRecipes, writeProgram } from "./recipe_fixture.ts";

const SETUP_MS = 180_000;
const RUN_MS = 60_000;
/** The one thing the recipes use that not every runtime has. */
const SESSION_STORAGE = `
const kept = new Map();
globalThis.sessionStorage ??= {
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, value) => kept.set(name, value),
  removeItem: (name) => kept.delete(name),
};
`;

/** How a run of all recipes went. */
interface Run {
  readonly lines: readonly string[];
  /** Why it did not come to its end. */
  readonly fault?: string;
}

const readme = await Bun.file(join(import.meta.dirname, "README.md")).text();
const recipes = readRecipes(readme);
let project: PackedProject;
let stack: Stack;
let program: string;

beforeAll(async () => {
  project = await createPackedProject();
  stack = await startTestStack();
  const { origins, serviceClient } = stack;
  const typed = writeProgram(recipes, { origins, clientSecret: serviceClient.secret });
  program = SESSION_STORAGE + new Bun.Transpiler({ loader: "ts", target: "browser" }).transformSync(typed);
  await Bun.write(join(project.folder, "recipes.js"), program);
}, SETUP_MS);

afterAll(async () => {
  project?.remove();
  await stack?.stop();
}, SETUP_MS);

test("every recipe of the README has code, and prints something to be checked", () => {
  const titles = [...readme.matchAll(/^### (.+)$/gm)].map(([, title]) => title ?? "");
  expect(recipes.map(({ title }) => title)).toEqual(titles);
  expect(recipes.filter(({ prints }) => prints.length === 0)).toEqual([]);
});

describeRecipes("Bun", process.execPath, () => runProgram([process.execPath, "recipes.js"]));
describeRecipes("Node", Bun.which("node"), (node) => runProgram([node, "recipes.js"]));
describeRecipes("Deno", findDeno(), (deno) => runProgram([deno, "run", "--allow-net", "--no-lock", "recipes.js"]));
describeRecipes("a page", findChromium(process.env), (executablePath) => runInBrowser(executablePath, runInPage));
describeRecipes("a worker", findChromium(process.env), (executablePath) => runInBrowser(executablePath, runInWorker));

/** All recipes in one runtime; skipped, by name, where it is not to be had. */
function describeRecipes(name: string, path: string | null | undefined, run: (path: string) => Promise<Run>): void {
  if (path === null || path === undefined) describe.skip(`recipes in ${name} (skipped: it is not here)`, suite);
  else describe(`recipes in ${name}`, suite);

  function suite(): void {
    let outcome: Run;
    beforeAll(async () => {
      outcome = await run(path!); // without one the suite is skipped
    }, RUN_MS);

    test.each(recipes.map((recipe) => [recipe.title, recipe] as const))("%s", (title, { prints }) => {
      expect(readPrints(outcome.lines).get(title)).toEqual(prints as string[]);
    });

    test("all come to their end", () => {
      expect(outcome.fault).toBeUndefined();
    });
  }
}

function findDeno(): string | null {
  const deno = Bun.which("deno");
  if (deno === null && process.env.REQUIRE_DENO === "1")
    throw new Error("REQUIRE_DENO=1, but there is no Deno on PATH");
  return deno;
}

async function runProgram(command: readonly string[]): Promise<Run> {
  const child = Bun.spawn([...command], { cwd: project.folder, stdout: "pipe", stderr: "pipe", timeout: RUN_MS });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const lines = stdout.split("\n");
  return (await child.exited) === 0 ? { lines } : { lines, fault: stderr };
}

async function runInBrowser(executablePath: string, run: (page: Page) => Promise<string>): Promise<Run> {
  const browser: Browser = await chromium.launch({ executablePath });
  try {
    const page = await browser.newPage();
    const lines: string[] = [];
    page.on("console", (message) => message.type() === "log" && lines.push(message.text()));
    const fault = await run(page);
    return fault === "" ? { lines } : { lines, fault };
  } finally {
    await browser.close();
  }
}

/** As a page without a build step does it: an import map, and the other services on other origins. */
async function runInPage(page: Page): Promise<string> {
  const module = Bun.file(join(project.sdk, "dist/mod.js"));
  await serveScript(page, "/sdk.js", await module.text());
  await serveScript(page, "/recipes.js", program);
  return await openPage(
    page,
    `<script type="importmap">{ "imports": { "@tradepost/sdk": "/sdk.js" } }</script>
    <script type="module">import("/recipes.js").then(() => finish(""), (error) => finish(error.stack));</script>`,
  );
}

/** As an application with a build step does it: everything in one file. */
async function runInWorker(page: Page): Promise<string> {
  const { outputs } = await Bun.build({ entrypoints: [join(project.folder, "recipes.js")], target: "browser" });
  const bundle = await outputs[0]!.text(); // a failed build rejects
  await serveScript(page, "/recipes.js", `${bundle}\npostMessage("done");`);
  return await openPage(
    page,
    `<script type="module">
      const code = await (await fetch("/recipes.js")).blob(); // a blob's origin is that of the page
      const worker = new Worker(URL.createObjectURL(code), { type: "module" });
      worker.onmessage = () => finish("");
      worker.onerror = (event) => finish(event.message);
    </script>`,
  );
}

/** Where the page is from: an origin that the services trust. */
function pageOrigin(): string {
  return stack.origins["user-authentication"];
}

async function serveScript(page: Page, path: string, body: string): Promise<void> {
  await page.route(`${pageOrigin()}${path}`, (route) => route.fulfill({ contentType: "text/javascript", body }));
}

/**
 * Puts a page in the place of one that came from a service: Chromium would not let one that came from nowhere ask servers
 * on this machine.
 *
 * @returns What the page calls `finish` with.
 */
async function openPage(page: Page, html: string): Promise<string> {
  const finished = Promise.withResolvers<string>();
  await page.exposeFunction("finish", finished.resolve);
  await page.goto(`${pageOrigin()}/livez`);
  await page.setContent(html);
  const late = Bun.sleep(RUN_MS / 2).then(() => "it did not end in time");
  return await Promise.race([finished.promise, late]);
}
