import { expect, test } from "bun:test";

import { LateFault, withDeadline } from "./deadline.ts";

test("withDeadline() settles as the work does", async () => {
  expect(await withDeadline(Promise.resolve(7), 50)).toBe(7);
  const fault = new Error("no");
  expect(await withDeadline(Promise.reject(fault), 50).catch((error) => error)).toBe(fault);
});

test("withDeadline() rejects when the time is over, and a late fault of the work goes unnoticed", async () => {
  const startedAt = performance.now();
  const work = Bun.sleep(60).then(() => Promise.reject(new Error("too late")));
  expect(await withDeadline(work, 30).catch((error) => error)).toBeInstanceOf(LateFault);
  expect(performance.now() - startedAt).toBeWithin(25, 55);
  await Bun.sleep(40);
});
