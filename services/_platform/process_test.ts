import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";

const running = new Set<ReturnType<typeof start>>();

afterEach(() => {
  for (const { child } of running) child.kill("SIGKILL");
  running.clear();
});

/** Runs the fixture, and reads what it tells. */
function start(env: Record<string, string> = {}) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "process_fixture.ts")], {
    env: { ...process.env, PORT: "0", ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const lines: string[] = [];
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) lines.push(...decoder.decode(chunk).split("\n").filter(Boolean));
  })();
  const service = {
    child,
    lines,
    /** Waits for a line that begins so, and answers its last word. */
    async line(start: string): Promise<string> {
      for (let waited = 0; waited < 5000; waited += 5) {
        const found = lines.find((line) => line.startsWith(start));
        if (found) return found.split(" ").at(-1) ?? "";
        await Bun.sleep(5);
      }
      throw new Error(`No line "${start}" in ${JSON.stringify(lines)}`);
    },
    async ended(): Promise<{ code: number; stderr: string }> {
      const [code, stderr] = await Promise.all([child.exited, new Response(child.stderr).text(), reading]);
      return { code, stderr };
    },
  };
  running.add(service);
  return service;
}

test("runService() drains at SIGTERM: not ready but serving, then the request in flight ends, then stores close", async () => {
  const service = start({ DRAIN_DELAY_MS: "300", ANSWER_MS: "600" });
  const url = `http://127.0.0.1:${await service.line("listening")}`;
  await service.line("ready");
  expect((await fetch(`${url}/readyz`)).status).toBe(200);

  service.child.kill("SIGTERM");
  await service.line("drain");
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  const inFlight = fetch(`${url}/slow`);
  expect(await (await inFlight).text()).toBe("served");

  expect(await service.ended()).toEqual({ code: 0, stderr: "" });
  expect(service.lines.slice(2)).toEqual(["drain", "stopped", "worker closed", "store closed"]);
});

test("runService() ignores further signals while it drains", async () => {
  const service = start({ DRAIN_DELAY_MS: "300" });
  await service.line("ready");
  const stopAt = performance.now();
  for (const signal of ["SIGINT", "SIGINT", "SIGTERM"] as const) {
    service.child.kill(signal);
    await Bun.sleep(30);
  }
  expect((await service.ended()).code).toBe(0);
  expect(performance.now() - stopAt).toBeGreaterThan(290);
  expect(service.lines.filter((line) => line === "drain")).toHaveLength(1);
});

test("runService() cuts a request that outlasts the drain deadline", async () => {
  const service = start({ DRAIN_DEADLINE_MS: "200", ANSWER_MS: "20000" });
  const url = `http://127.0.0.1:${await service.line("listening")}`;
  const request = fetch(url).then(
    () => "served",
    () => "cut",
  );
  await Bun.sleep(100);
  service.child.kill("SIGTERM");
  const stopAt = performance.now();
  expect((await service.ended()).code).toBe(0);
  expect(performance.now() - stopAt).toBeLessThan(2000);
  expect(await request).toBe("cut");
});

test("runService() stops at once when the signal comes before it listens", async () => {
  const service = start({ FAULT: "slow" });
  await service.line("starting");
  service.child.kill("SIGTERM");
  expect(await service.ended()).toEqual({ code: 0, stderr: "" });
  expect(service.lines).toEqual(["starting", "worker closed", "store closed"]);
});

test("runService() tells a start that fails in one line, closes what is open, exits 1", async () => {
  const service = start({ FAULT: "config" });
  expect(await service.ended()).toEqual({
    code: 1,
    stderr: "Cannot start: PORT must be an integer from 0 to 65535: current value is missing\n",
  });
  expect(service.lines).toEqual(["worker closed", "store closed"]);
});

test("runService() names the port that is taken", async () => {
  using taken = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const service = start({ PORT: String(taken.port) });
  expect(await service.ended()).toEqual({
    code: 1,
    stderr: `Cannot start: port ${taken.port} of 127.0.0.1 is taken\n`,
  });
  expect(service.lines).toEqual(["worker closed", "store closed"]);
});

test("runService() shows where a fault of the program is", async () => {
  const { code, stderr } = await start({ FAULT: "bug" }).ended();
  expect(code).toBe(1);
  expect(stderr).toStartWith("Cannot start: TypeError: undefined is not a function\n");
  expect(stderr).toContain("process_fixture.ts");
});

test("runService() says what cannot be closed, closes the rest, exits 1", async () => {
  const service = start({ FAULT: "close" });
  await service.line("ready");
  service.child.kill("SIGTERM");
  expect(await service.ended()).toEqual({ code: 1, stderr: "Cannot stop cleanly: the pool is stuck\n" });
  expect(service.lines.slice(-2)).toEqual(["worker closed", "store closed"]);
});
