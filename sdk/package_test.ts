/** The package as a project gets it: what is in it, what an editor and a compiler make of it, what a bundler leaves of it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import ts from "typescript";
import { OPERATIONS, type OperationId } from "#contract";
import document from "../openapi/openapi.yaml";
import { createPackedProject, type PackedProject, run } from "./packed_fixture.ts";
import { readRecipes } from "./recipe_fixture.ts";

const ROOT = join(import.meta.dirname, "..");
const SETUP_MS = 120_000;
const COMPILER_MS = 120_000;

const STRICT: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  noEmit: true,
  skipLibCheck: false,
  types: [],
};
const BROWSER = { ...STRICT, lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"] };
const NODE = {
  ...STRICT,
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  lib: ["lib.es2022.d.ts"],
  typeRoots: [join(ROOT, "node_modules/@types")],
  types: ["node"],
};
const PEDANTIC = { ...BROWSER, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: true };

let project: PackedProject;

beforeAll(async () => {
  project = await createPackedProject();
}, SETUP_MS);
afterAll(() => project?.remove());

test("has its module, its types and its words, and needs nothing", async () => {
  const files = [...new Bun.Glob("**/*").scanSync({ cwd: project.sdk })];
  const names = files.filter((name) => !/^dist\/(generated\/)?\w+\.d\.ts$/.test(name));
  expect(names.sort()).toEqual(["README.md", "dist/LICENSE", "dist/mod.js", "package.json"]);
  const { dependencies, peerDependencies } = await Bun.file(join(project.sdk, "package.json")).json();
  expect({ dependencies, peerDependencies }).toEqual({ dependencies: undefined, peerDependencies: undefined });
});

describe("the compiler", () => {
  const recipes = async (): Promise<string> => {
    const markdown = await Bun.file(join(import.meta.dirname, "README.md")).text();
    return readRecipes(markdown)
      .map(({ code }) => code)
      .join("\n");
  };

  test.each([
    ["of a browser's project", BROWSER],
    ["at its most pedantic", PEDANTIC],
  ])(
    "%s accepts the recipes",
    async (_, options) => {
      expect(await faultsOf(await recipes(), options)).toEqual([]);
    },
    COMPILER_MS,
  );

  test(
    "of a Node project, which has no DOM, knows what each error tells",
    async () => {
      const source = `
        import { ApiError, createClient, isProblem } from "@tradepost/sdk";
        const client = createClient({ baseUrl: "http://localhost" });
        export async function read(): Promise<number> {
          try {
            return (await client.getProduct({ params: { productId: "1" } })).body.price.amount;
          } catch (error) {
            if (error instanceof ApiError && error.code === "version-conflict") return error.currentVersion;
            if (isProblem(error, "insufficient-stock")) return error.available;
            if (isProblem(error, "not-found")) return error.currentVersion;
            throw error;
          }
        }`;
      expect(await faultsOf(source, NODE)).toEqual([expect.stringContaining("'currentVersion' does not exist")]);
    },
    COMPILER_MS,
  );
});

test(
  "an editor shows the contract's words on every method",
  async () => {
    const ids = Object.keys(OPERATIONS) as OperationId[]; // the table's own keys
    const source = `import type { Client } from "@tradepost/sdk";\ndeclare const client: Client;\n`;
    const lines = ids.map((id) => `client.${id};`);
    const editor = await openEditor(source + lines.join("\n"), BROWSER);
    const shown = ids.map((id) => [id, editor.wordsAt(`client.${id}`)]);
    expect(Object.fromEntries(shown)).toEqual(wordsOfContract());
  },
  COMPILER_MS,
);

const node = Bun.which("node");
test.skipIf(node === null)("Node tells that a connection was refused, so that an edit may be sent again", async () => {
  const server = Bun.serve({ port: 0, fetch: () => new Response() });
  await server.stop(true);
  const source = `
    import { createClient } from "@tradepost/sdk";
    const client = createClient({ baseUrl: "${server.url.origin}", retry: { attempts: 1 } });
    const edit = client.deleteProduct({ params: { productId: "1" } });
    console.log(await edit.catch(({ name, maybeSent }) => name + " " + maybeSent));`;
  await Bun.write(join(project.folder, "refused.js"), source);
  expect(await run([node!, "refused.js"], project.folder)).toBe("ConnectionError false\n");
});

describe("a bundler", () => {
  test("leaves only what is used", async () => {
    const all = await bundle(`export * from "@tradepost/sdk";`);
    const guard = await bundle(`import { isProblem } from "@tradepost/sdk"; console.log(isProblem(1));`);
    const client = await bundle(`import { createClient } from "@tradepost/sdk"; console.log(createClient);`);
    expect(all).toContain("refresh_token");
    expect(guard.length).toBeLessThan(all.length / 4);
    expect(guard).not.toContain("/register");
    expect(client).toContain("/register");
    expect(client).not.toContain("refresh_token");
    expect(client).not.toContain("client_secret");
  });

  test("leaves nothing of an import that is not used", async () => {
    expect(await bundle(`import { createClient } from "@tradepost/sdk"; console.log(1);`)).toBe("console.log(1);\n");
  });
});

/** What the compiler says of a file in the project. */
async function faultsOf(source: string, options: ts.CompilerOptions): Promise<readonly string[]> {
  const file = join(project.folder, "source.ts");
  await Bun.write(file, `${source}\nexport {};\n`);
  const program = ts.createProgram([file], options);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

/** What an editor shows beside a name. */
async function openEditor(source: string, options: ts.CompilerOptions) {
  const file = join(project.folder, "editor.ts");
  await Bun.write(file, source);
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const text = ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => project.folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
  });
  return {
    wordsAt(expression: string): string | undefined {
      const end = source.indexOf(`${expression};`) + expression.length - 1;
      return service
        .getQuickInfoAtPosition(file, end)
        ?.documentation?.map(({ text }) => text)
        .join("");
    },
  };
}

function wordsOfContract(): Record<string, string> {
  const items = Object.values<Record<string, { operationId?: string; summary?: string; description?: string }>>(
    document.paths,
  );
  const operations = items
    .flatMap((item) => Object.values(item))
    .filter(({ operationId }) => operationId !== undefined);
  return Object.fromEntries(
    operations.map(({ operationId, summary, description }) => [
      operationId,
      `${summary}.${description ? `\n\n${description.trim()}` : ""}`,
    ]),
  );
}

async function bundle(source: string): Promise<string> {
  const file = join(project.folder, "entry.js");
  await Bun.write(file, source);
  const { outputs } = await Bun.build({ entrypoints: [file], target: "browser", minify: true });
  return await outputs[0]!.text(); // a failed build rejects
}
