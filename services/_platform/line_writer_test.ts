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
    await Bun.sleep(20);
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

/** Runs a script whose standard output goes through a shell command, and answers what it says on standard error. */
async function runInto(command: string, script: string): Promise<{ out: string; told: string }> {
  const module = `import { createLineWriter } from ${JSON.stringify(import.meta.resolve("./line_writer.ts"))};`;
  const line = ["sh", "-c", `"$0" -e "$1" | ${command}`, process.execPath, `${module}\n${script}`];
  const child = Bun.spawn(line, { stdout: "pipe", stderr: "pipe" });
  const [out, told] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { out, told };
}

test("a reader that is slow for a while loses nothing, and is not waited for", async () => {
  const { out, told } = await runInto(
    "(sleep 1; cat)",
    `const writer = createLineWriter({ delayMs: 5 });
    let line = 0;
    let slowestMs = 0;
    const timer = setInterval(() => {
      const startedMs = performance.now();
      for (let each = 0; each < 500; each += 1) writer.write(line++ + " ".repeat(50) + "\\n");
      slowestMs = Math.max(slowestMs, performance.now() - startedMs);
      if (line >= 20000) clearInterval(timer);
    }, 5);
    setTimeout(() => console.error(slowestMs), 2500);`,
  );
  const lines = out.trimEnd().split("\n");
  expect(lines.map((line) => Number(line))).toEqual(Array.from({ length: 20_000 }, (_, line) => line));
  expect(Number(told)).toBeLessThan(400);
});

test("a reader that never catches up costs lines, not memory, and is told how many", async () => {
  const { out } = await runInto(
    "(sleep 1; cat)",
    `const writer = createLineWriter({ delayMs: 5 });
    const line = "x".repeat(1023) + "\\n";
    setTimeout(() => { for (let each = 0; each < 20_000; each += 1) writer.write(line); }, 50);
    setTimeout(() => {}, 2500);`,
  );
  const { msg, lines } = JSON.parse(out.trimEnd().split("\n").at(-1) ?? "");
  const written = out.split("\n").filter((line) => line.startsWith("x")).length;
  expect(msg).toBe("log lines lost");
  expect(lines + written).toBe(20_000);
  expect(written).toBeLessThan(10_000);
});

test("a reader that is gone does not end the process", async () => {
  const { told } = await runInto(
    "true",
    `const writer = createLineWriter({ delayMs: 1 });
    let left = 20;
    const timer = setInterval(() => {
      writer.write("x\\n");
      if (left-- === 0) { clearInterval(timer); console.error("still here"); }
    }, 10);`,
  );
  expect(told).toContain("still here");
});
