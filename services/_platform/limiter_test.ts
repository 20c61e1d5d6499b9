import { expect, test } from "bun:test";

import { createLimiter } from "./limiter.ts";

/** A task that ends when told to. */
function createTask() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { run: () => promise, end: resolve };
}

const REFUSED = { code: "service-unavailable", headers: { "retry-after": "1" } };

test("run() runs as many as allowed, lets as many wait, refuses the next at once", async () => {
  const limiter = createLimiter({ running: 2, waiting: 1 });
  const task = createTask();
  const accepted = [limiter.run(task.run), limiter.run(task.run), limiter.run(task.run)];
  expect([limiter.running, limiter.waiting]).toEqual([2, 1]);
  expect(await limiter.run(task.run).catch((error) => error)).toMatchObject(REFUSED);
  task.end();
  await Promise.all(accepted);
  expect([limiter.running, limiter.waiting]).toEqual([0, 0]);
});

test("run() is first come, first served, and never runs more than allowed", async () => {
  const limiter = createLimiter({ running: 3, waiting: 100 });
  const order: number[] = [];
  let now = 0;
  let most = 0;
  const work = async (index: number): Promise<void> => {
    order.push(index);
    most = Math.max(most, ++now);
    await Bun.sleep(Math.random() * 3);
    now--;
  };
  await Promise.all(Array.from({ length: 100 }, (_, index) => limiter.run(() => work(index))));
  expect(order).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(most).toBe(3);
});

test("run() gives the turn on when a task fails, also at once", async () => {
  const limiter = createLimiter({ running: 1, waiting: 1 });
  const fail = (): never => {
    throw new Error("no");
  };
  const outcomes = await Promise.allSettled([limiter.run(fail), limiter.run(async () => 7)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  expect(limiter.running).toBe(0);
});

test("run() gives up the wait after waitMs or when the signal is aborted, and leaves the place to others", async () => {
  const limiter = createLimiter({ running: 1, waiting: 2 });
  const task = createTask();
  const running = limiter.run(task.run);
  const abort = new AbortController();
  const late = limiter.run(task.run, { waitMs: 20 }).catch((error) => error);
  const gone = limiter.run(task.run, { signal: abort.signal }).catch((error) => error);
  abort.abort();
  expect(await gone).toMatchObject(REFUSED);
  expect(await late).toMatchObject(REFUSED);
  expect(limiter.waiting).toBe(0);
  expect(await limiter.run(task.run, { signal: AbortSignal.abort() }).catch((error) => error)).toMatchObject(REFUSED);
  const patient = limiter.run(async () => "served", { waitMs: 1000 });
  task.end();
  expect(await patient).toBe("served");
  await running;
});

test("acquire() keeps the turn until its function is called, and only the first call counts", async () => {
  const limiter = createLimiter({ running: 1, waiting: 1 });
  const release = await limiter.acquire();
  const next = limiter.acquire();
  release();
  release();
  expect(limiter.running).toBe(1);
  (await next)();
  expect(limiter.running).toBe(0);
});
