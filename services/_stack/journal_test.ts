import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ProcessJournal, sweepFolders } from "./journal.ts";
import { endProcess, isRunning, type ProcessRecord, spawnInSession } from "./processes.ts";
import { createTestFolder } from "./setup.ts";

const STEPS = [
  { signal: "SIGTERM", waitMs: 2_000 },
  { signal: "SIGKILL", waitMs: 2_000 },
] as const;
const DEAD: ProcessRecord = { pid: process.pid, identity: "another boot/1" };

const sleepers: ProcessRecord[] = [];
afterAll(() => Promise.all(sleepers.map((record) => endProcess(record, STEPS))));

async function startSleeper(): Promise<ProcessRecord> {
  const env = { PATH: process.env.PATH ?? "" };
  const { record } = await spawnInSession(["sleep", "60"], { env, logFile: "/dev/null" });
  sleepers.push(record);
  return record;
}

/** What a run leaves that was killed. */
async function leaveBehind(folder: string, owner: ProcessRecord): Promise<ProcessRecord> {
  const record = await startSleeper();
  const child = { ...record, name: "database", kind: "engine", stopSteps: STEPS };
  writeFileSync(join(folder, "processes.json"), JSON.stringify({ owner, stopping: false, children: [child] }));
  return record;
}

test("open() ends what a dead run left running", async () => {
  const folder = createTestFolder();
  const leftover = await leaveBehind(folder, DEAD);
  const journal = await ProcessJournal.open(folder);
  expect(isRunning(leftover)).toBeFalse();
  journal.close();
});

test("open() refuses a folder whose owner lives, and leaves its processes alone", async () => {
  const folder = createTestFolder();
  const owner = await startSleeper();
  const child = await leaveBehind(folder, owner);
  await expect(ProcessJournal.open(folder)).rejects.toThrow(`already runs from ${folder} (process ${owner.pid})`);
  expect(isRunning(child)).toBeTrue();
});

test("open() waits for an owner that is on its way out", async () => {
  const folder = createTestFolder();
  const owner = await startSleeper();
  const child = await leaveBehind(folder, owner);
  setTimeout(() => process.kill(owner.pid), 100);
  (await ProcessJournal.open(folder)).close();
  expect(isRunning(owner)).toBeFalse();
  expect(isRunning(child)).toBeFalse();
});

test("open() takes a journal that is not whole for none", async () => {
  const folder = createTestFolder();
  writeFileSync(join(folder, "processes.json"), '{"owner":{"pid":1');
  (await ProcessJournal.open(folder)).close();
});

test("endAll() lets services end before it tells the engines they speak to", async () => {
  const folder = createTestFolder();
  const logFile = join(folder, "ends");
  const env = { PATH: process.env.PATH ?? "" };
  const start = async (name: string, lastWorkSeconds: number): Promise<ProcessRecord> => {
    const script = `trap 'sleep ${lastWorkSeconds}; echo ${name}; exit' TERM; echo up; while :; do sleep 0.02; done`;
    const { record } = await spawnInSession(["sh", "-c", script], { env, logFile });
    sleepers.push(record);
    return record;
  };
  const [engine, service] = await Promise.all([start("engine", 0), start("service", 0.1)]);
  while (readFileSync(logFile, "utf8") !== "up\nup\n") await Bun.sleep(5);
  const journal = await ProcessJournal.open(folder);
  journal.add({ ...engine, name: "database", kind: "engine", stopSteps: STEPS });
  journal.add({ ...service, name: "shop", kind: "service", stopSteps: STEPS });
  await journal.endAll();
  expect(readFileSync(logFile, "utf8")).toBe("up\nup\nservice\nengine\n");
  journal.close();
});

test("sweepFolders() ends and removes what dead test runs left, and only that", async () => {
  const parent = createTestFolder();
  const own = encodeURIComponent("another boot/1");
  const dead = join(parent, `${process.pid}@${own}`, "database");
  mkdirSync(dead, { recursive: true });
  const leftover = await leaveBehind(dead, DEAD);
  const living = await startSleeper();
  const kept = join(parent, `${living.pid}@${encodeURIComponent(living.identity)}`);
  mkdirSync(kept);
  await sweepFolders(parent);
  expect(isRunning(leftover)).toBeFalse();
  expect(existsSync(dead)).toBeFalse();
  expect(existsSync(kept)).toBeTrue();
});
