import { expect, test } from "bun:test";
import { createRandom } from "../history/random.ts";
import { Crash, Scheduler } from "./scheduler.ts";

/** Three processes that read and write one number, each twice. */
async function count(seed: number): Promise<{ trace: readonly string[]; value: number }> {
  const scheduler = new Scheduler(createRandom(seed));
  let value = 0;
  for (const name of ["a", "b", "c"]) {
    void scheduler.start(name, async (process) => {
      for (let round = 0; round < 2; round++) {
        const seen = await scheduler.step(process, "reads", async () => value);
        await scheduler.step(process, "writes", async () => {
          await Bun.sleep(1);
          value = seen + 1;
        });
      }
    });
  }
  await scheduler.run();
  return { trace: scheduler.trace, value };
}

test("the same seed takes the same steps, another one others", async () => {
  const [first, again, other] = [await count(1), await count(1), await count(2)];
  expect(again).toEqual(first);
  expect(other.trace).not.toEqual(first.trace);
  expect(first.trace).toHaveLength(12);
});

test("some order loses an update, and some does not", async () => {
  const values = [];
  for (let seed = 0; seed < 60; seed++) values.push((await count(seed)).value);
  expect(Math.min(...values)).toBeLessThan(4);
  expect(Math.max(...values)).toBeGreaterThan(4);
});

test("a process that was killed takes no further step, also where it waits for several", async () => {
  const scheduler = new Scheduler(createRandom(3));
  const done: string[] = [];
  const victim = scheduler.start("victim", async (process) => {
    const twice = ["x", "y"].map((name) => scheduler.step(process, name, async () => done.push(name)));
    void scheduler.start(
      "killer",
      (killer) => scheduler.step(killer, "kills", async () => scheduler.kill(process)),
      1e9,
    );
    await Promise.allSettled(twice);
    await scheduler.step(process, "z", async () => done.push("z"));
  });
  await scheduler.run();
  await victim;
  expect({ done, faults: scheduler.faults }).toEqual({ done: [], faults: [] });
  expect(scheduler.step({ name: "ghost", weight: 1, isDead: true }, "x", async () => {})).rejects.toThrow(Crash);
});

test("a process that fails for another reason is told of", async () => {
  const scheduler = new Scheduler(createRandom(4));
  await scheduler.start("a", async () => {
    throw new TypeError("no such thing");
  });
  expect(scheduler.faults).toEqual(["a: TypeError: no such thing"]);
});
