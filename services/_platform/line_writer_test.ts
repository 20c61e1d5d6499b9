import { expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLineWriter } from "./line_writer.ts";

/** Runs with a file, and removes it. */
async function withFile(run: (fileDescriptor: number, read: () => string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tradepost-lines-"));
  const path = join(folder, "lines");
  const fileDescriptor = openSync(path, "a");
  try {
    await run(fileDescriptor, () => readFileSync(path, "utf8"));
  } finally {
    closeSync(fileDescriptor);
    rmSync(folder, { recursive: true });
  }
}

test("lines are written together, in their order", () =>
  withFile(async (fileDescriptor, read) => {
    const writer = createLineWriter({ fileDescriptor, delayMs: 20 });
    writer.write("first\n");
    writer.write("zweite ü\n");
    expect(read()).toBe("");
    await Bun.sleep(60);
    expect(read()).toBe("first\nzweite ü\n");
    writer.write("third\n");
    await Bun.sleep(60);
    expect(read()).toEndWith("third\n");
  }));

test("many lines do not wait", () =>
  withFile(async (fileDescriptor, read) => {
    const writer = createLineWriter({ fileDescriptor, delayMs: 10_000 });
    for (let line = 0; line < 1000; line += 1) writer.write(`${"x".repeat(99)}\n`);
    expect(read().length).toBeGreaterThan(60_000);
  }));

test("what waits is written when the process exits", async () => {
  const script = `import { createLineWriter } from ${JSON.stringify(import.meta.resolve("./line_writer.ts"))};
    createLineWriter({ delayMs: 10_000 }).write("last words\\n");
    process.exit(3);`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  expect(await new Response(child.stdout).text()).toBe("last words\n");
  expect(await child.exited).toBe(3);
});

test("a reader that is slow for a while loses nothing", async () => {
  const script = `import { createLineWriter } from ${JSON.stringify(import.meta.resolve("./line_writer.ts"))};
    const writer = createLineWriter({ delayMs: 5 });
    for (let line = 0; line < 20000; line += 1) writer.write(line + " ".repeat(50) + "\\n");
    setTimeout(() => {}, 1500);`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  await Bun.sleep(300);
  const lines = (await new Response(child.stdout).text()).trimEnd().split("\n");
  expect(lines.map((line) => Number(line))).toEqual(Array.from({ length: 20_000 }, (_, line) => line));
});

test("a reader that is gone does not end the process", async () => {
  const script = `import { createLineWriter } from ${JSON.stringify(import.meta.resolve("./line_writer.ts"))};
    const writer = createLineWriter({ delayMs: 1 });
    let left = 20;
    const timer = setInterval(() => { writer.write("x\\n"); if (left-- === 0) { clearInterval(timer); console.error("still here"); } }, 10);`;
  const child = Bun.spawn(["sh", "-c", `"$0" -e "$1" | true`, process.execPath, script], {
    stdout: "pipe",
    stderr: "pipe",
  });
  expect(await new Response(child.stderr).text()).toContain("still here");
});
