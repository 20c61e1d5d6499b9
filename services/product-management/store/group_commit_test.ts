import { expect, test } from "bun:test";

import { GroupCommit, type GroupCommitOptions } from "./group_commit.ts";

/** Commands are texts such as `a1`: the letter is the subject. */
function createGroups(options: Partial<GroupCommitOptions<string, string>> = {}) {
  const groups: string[] = [];
  const gates: (() => void)[] = [];
  let running = new Set<string>();
  const commit = new GroupCommit<string, string>({
    async apply(commands) {
      groups.push(commands.join(" "));
      const subjects = new Set(commands.map((command) => command.charAt(0)));
      expect(subjects.isDisjointFrom(running)).toBe(true);
      running = running.union(subjects);
      await new Promise<void>((resolve) => gates.push(resolve));
      running = running.difference(subjects);
      if (commands.includes("a!")) throw new Error("poison");
      return commands.map((command) => command.toUpperCase());
    },
    subjectOf: (command) => command.charAt(0),
    refuse: () => new Error("too many"),
    isShared: () => false,
    ...options,
  });
  /** Lets the oldest group that runs end. */
  const endOne = async (): Promise<void> => {
    gates.shift()?.();
    await Bun.sleep(0);
  };
  return { commit, groups, endOne };
}

test("what waits for the same subject is applied together, each with its own results", async () => {
  const { commit, groups, endOne } = createGroups();
  const first = commit.submit(["a1"]);
  const waiting = [commit.submit(["a2", "b2"]), commit.submit(["a3"]), commit.submit(["b4", "a4"])];
  expect(groups).toEqual(["a1"]);
  await endOne();
  expect(groups).toEqual(["a1", "a2 b2 a3 b4 a4"]);
  await endOne();
  expect(await first).toEqual(["A1"]);
  expect(await Promise.all(waiting)).toEqual([["A2", "B2"], ["A3"], ["B4", "A4"]]);
});

test("other subjects go on meanwhile, and nothing overtakes on its subject", async () => {
  const { commit, groups, endOne } = createGroups();
  const all = [commit.submit(["a1"]), commit.submit(["b1"]), commit.submit(["a2", "c2"]), commit.submit(["c3"])];
  expect(groups).toEqual(["a1", "b1"]);
  await endOne();
  expect(groups).toEqual(["a1", "b1", "a2 c2 c3"]);
  all.push(commit.submit(["d4"]), commit.submit(["b5", "a5"]), commit.submit(["b6"]));
  expect(groups.slice(3)).toEqual(["d4"]);
  await endOne();
  expect(groups.slice(4)).toEqual([]);
  await endOne();
  expect(groups.slice(4)).toEqual(["b5 a5 b6"]);
  await endOne();
  await endOne();
  expect((await Promise.all(all)).flat()).toHaveLength(9);
});

test("what waits for its turn is applied together, whatever its subjects", async () => {
  const { commit, groups, endOne } = createGroups({ groupsMax: 2 });
  const all = ["a1", "b1", "c2", "d2", "e2"].map((command) => commit.submit([command]));
  expect(groups).toEqual(["a1", "b1"]);
  await endOne();
  expect(groups).toEqual(["a1", "b1", "c2 d2 e2"]);
  all.push(commit.submit(["a3"]), commit.submit(["f3"]));
  await endOne();
  expect(groups.slice(3)).toEqual(["a3 f3"]);
  await endOne();
  await endOne();
  expect((await Promise.all(all)).flat()).toEqual(["A1", "B1", "C2", "D2", "E2", "A3", "F3"]);
});

test("a group has a bounded size", async () => {
  const { commit, groups, endOne } = createGroups({ groupMax: 2 });
  const all = ["a1", "a2", "a3", "a4"].map((command) => commit.submit([command]));
  for (const _ of all) await endOne();
  expect(groups).toEqual(["a1", "a2 a3", "a4"]);
  expect((await Promise.all(all)).flat()).toEqual(["A1", "A2", "A3", "A4"]);
});

test("too many that wait are refused, and those that need not wait are not", async () => {
  const { commit, groups, endOne } = createGroups({ waitingMax: 2 });
  const all = [commit.submit(["a1"]), commit.submit(["a2", "a3"])];
  await expect(commit.submit(["a4"])).rejects.toThrow("too many");
  all.push(commit.submit(["b5"]));
  expect(groups).toEqual(["a1", "b5"]);
  for (const _ of all) await endOne();
  await Promise.all(all);
  all.push(commit.submit(["a6"]));
  await endOne();
  expect(await all.at(-1)).toEqual(["A6"]);
});

test("a batch that fails does not fail the others of its group", async () => {
  const { commit, groups, endOne } = createGroups();
  const all = [commit.submit(["a1"]), commit.submit(["a!"]), commit.submit(["a2"])];
  const settled = Promise.allSettled(all);
  for (let i = 0; i < 4; i++) await endOne();
  expect(groups).toEqual(["a1", "a! a2", "a!", "a2"]);
  expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("a fault that all share is told to all at once", async () => {
  const { commit, groups, endOne } = createGroups({ isShared: () => true });
  const settled = Promise.allSettled([commit.submit(["a1"]), commit.submit(["a!"]), commit.submit(["a2"])]);
  await endOne();
  await endOne();
  expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(groups).toEqual(["a1", "a! a2"]);
  const after = commit.submit(["a3"]);
  await endOne();
  expect(await after).toEqual(["A3"]);
});
