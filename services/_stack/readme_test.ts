import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { ROOT } from "./paths.ts";
import type { Stack } from "./stack.ts";
import { createTestFolder } from "./test_folder.ts";
import { startTestStack } from "./test_stack.ts";

/** A command of the README and what it says that it prints. */
interface Step {
  readonly command: string;
  readonly output: string;
}

/** Stands between the outputs of commands that run in one shell. */
const MARK = "-- next --";
const VOLATILE = [
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>"],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>"],
  [/\r/g, ""],
] as const;

let stack: Stack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());

test("the README's tour prints what it says", async () => {
  const steps = stepsOf(await Bun.file(join(ROOT, "README.md")).text());
  const outputs = await run(steps.map(({ command }) => command));
  expect(steps.length).toBeGreaterThan(8);
  expect(outputs).toEqual(steps.map(({ output }) => output));
});

/** The `console` blocks: a line that begins with `$` is a command, what follows is its output. */
function stepsOf(markdown: string): Step[] {
  const blocks = [...markdown.matchAll(/```console\n(.*?)```/gs)].map(([, text = ""]) => text);
  return blocks.flatMap((text) =>
    text
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [command = "", ...output] = step.trimEnd().split("\n");
        return { command, output: masked(output.join("\n")) };
      }),
  );
}

async function run(commands: readonly string[]): Promise<string[]> {
  const origins = Object.values(stack.origins).map((origin) => new URL(origin).host);
  const script = commands
    .map((command) => command.replace(/localhost:300([012])/g, (_, index: string) => origins[Number(index)] ?? ""))
    .join(`\necho; echo '${MARK}'\n`);
  const shell = Bun.spawn(["bash", "-c", script], { cwd: createTestFolder(), stdout: "pipe", stderr: "inherit" });
  const text = await new Response(shell.stdout).text();
  return text.split(MARK).map((output) => masked(output.trim()));
}

function masked(text: string): string {
  return VOLATILE.reduce((current, [pattern, name]) => current.replace(pattern, name), text).trim();
}
