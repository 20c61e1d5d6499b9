import { afterEach, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Child, endProcess, familyOf, identify, isRunning, signalFamily, spawnInSession } from "./processes.ts";
import { createTestFolder } from "./setup.ts";
import { StackError } from "./stack_error.ts";

const STUBBORN = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000);";
const QUICK = [{ signal: "SIGTERM", waitMs: 200 }] as const;
const KILL = [...QUICK, { signal: "SIGKILL", waitMs: 3_000 }] as const;

const children: Child[] = [];
afterEach(async () => {
  await Promise.all(children.splice(0).map(({ record }) => endProcess(record, KILL)));
});

async function start(...command: [string, ...string[]]): Promise<{ child: Child; log: () => string }> {
  const logFile = join(createTestFolder(), "log");
  const child = await spawnInSession(command, { env: { PATH: process.env.PATH ?? "" }, logFile });
  children.push(child);
  return { child, log: () => readFileSync(logFile, "utf8") };
}

async function waitFor(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 4_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("It did not happen in time");
    await Bun.sleep(5);
  }
}

test("endProcess() takes the gentle step first and says which one did it", async () => {
  const { child } = await start("sleep", "60");
  expect(isRunning(child.record)).toBeTrue();
  expect(await endProcess(child.record, KILL)).toBe("SIGTERM");
  expect(await child.exited).toBe("SIGTERM");
  expect(isRunning(child.record)).toBeFalse();
});

test("endProcess() ends a stubborn process by the harsh step, and says so where there is none", async () => {
  const { child, log } = await start(process.execPath, "-e", STUBBORN);
  await waitFor(() => log().includes("up"));
  expect(await endProcess(child.record, QUICK)).toBeUndefined();
  expect(await endProcess(child.record, KILL)).toBe("SIGKILL");
});

test("endProcess() wakes a frozen process, so that it can end in good order", async () => {
  const { child } = await start("sleep", "60");
  signalFamily(child.record, "SIGSTOP");
  expect(await endProcess(child.record, KILL)).toBe("SIGTERM");
});

test("a record of an ended process is not taken for a later one with its pid", async () => {
  const { child } = await start("sleep", "60");
  const earlier = { ...child.record, identity: `${child.record.identity}0` };
  expect(isRunning(earlier)).toBeFalse();
  expect(await endProcess(earlier, KILL)).toBe("gone");
  expect(isRunning(child.record)).toBeTrue();
});

test("a process that has ended is known by no identity, reaped or not", async () => {
  const { child } = await start("true");
  expect(await child.exited).toBe("exit code 0");
  expect(identify(child.record.pid)).toBeUndefined();
});

test("familyOf() finds grandchildren", async () => {
  const { child } = await start("sh", "-c", "sh -c 'sleep 60; true'; true");
  await waitFor(() => familyOf(child.record).length === 3);
  const [parent, ...descendants] = familyOf(child.record);
  expect(parent).toBe(child.record.pid);
  signalFamily(child.record, "SIGKILL");
  await waitFor(() => descendants.every((pid) => identify(pid) === undefined));
});

test("a program that is not there is one clear line", async () => {
  await expect(start("/nowhere/server")).rejects.toThrow(StackError);
});

test("waiting for a process at the top level of a program leaves the processor to others", async () => {
  const script = `
    import { spawnInSession } from ${JSON.stringify(join(import.meta.dirname, "processes.ts"))};
    const { exited } = await spawnInSession(["sleep", "1.5"], { env: process.env, logFile: "/dev/null" });
    const before = process.cpuUsage();
    await exited;
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1_000);`;
  const { stdout } = Bun.spawnSync([process.execPath, "-e", script]);
  const usedMs = Number.parseFloat(stdout.toString());
  expect(usedMs).toBeGreaterThanOrEqual(0);
  expect(usedMs).toBeLessThan(120); // with nothing to keep it asleep Bun asks in a loop
});
