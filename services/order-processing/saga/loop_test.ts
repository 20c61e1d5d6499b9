import { expect, test } from "bun:test";
import { startLoop } from "./loop.ts";

const calm = { random: () => 0.5, onError: () => {} };

test("a loop takes a step at once, and the next when it is woken or after a pause", async () => {
  let steps = 0;
  const step = async () => {
    steps++;
    return false;
  };
  const loop = startLoop({ ...calm, step, pollMs: 60_000 });
  await Bun.sleep(1);
  expect(steps).toBe(1);
  loop.wake();
  await Bun.sleep(1);
  expect(steps).toBe(2);
  await loop.stop();
  loop.wake();
  await Bun.sleep(1);
  expect(steps).toBe(2);

  const polling = startLoop({ ...calm, step, pollMs: 2 });
  await Bun.sleep(30);
  await polling.stop();
  expect(steps).toBeGreaterThan(4);
});

test("a wake-up during a step is not lost", async () => {
  let steps = 0;
  const gate = Promise.withResolvers<boolean>();
  const loop = startLoop({
    ...calm,
    step: () => (steps++ === 0 ? gate.promise : Promise.resolve(false)),
    pollMs: 60_000,
  });
  loop.wake();
  gate.resolve(false);
  await Bun.sleep(1);
  expect(steps).toBe(2);
  await loop.stop();
});

test("a loop goes on at once while there is more to do, and outlives a step that fails", async () => {
  let steps = 0;
  const errors: unknown[] = [];
  const step = async () => {
    if (++steps === 3) throw new Error("a bad moment");
    return steps < 6;
  };
  const loop = startLoop({ ...calm, step, pollMs: 1, onError: (error) => errors.push(error) });
  await Bun.sleep(20);
  await loop.stop();
  expect(steps).toBeGreaterThanOrEqual(6);
  expect(errors).toHaveLength(1);
});

test("stop() waits for the step that runs", async () => {
  const gate = Promise.withResolvers<boolean>();
  let hasStopped = false;
  const loop = startLoop({ ...calm, step: () => gate.promise, pollMs: 1 });
  const stopping = loop.stop().then(() => {
    hasStopped = true;
  });
  await Bun.sleep(5);
  expect(hasStopped).toBe(false);
  gate.resolve(true);
  await stopping;
});
