import { expect, test } from "bun:test";
import { Histogram, Registry } from "prom-client";
import { Timings } from "./timing_metrics.ts";

const OPTIONS = { name: "requests_seconds", help: "How long they take." };
const BOUNDS_S = [0.001, 0.25, 1];

test("a registry shows the same of it as of a histogram of prom-client", async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const timings = new Timings({ ...OPTIONS, bucketsS: BOUNDS_S }, ours);
  const histogram = new Histogram({ ...OPTIONS, buckets: BOUNDS_S, labelNames: ["operation"], registers: [theirs] });
  const observations = { getProduct: [0, 0.001, 0.0011, 0.25, 0.5], logIn: [1, 1.5, 600] };
  for (const [operation, durations] of Object.entries(observations)) {
    for (const seconds of durations) {
      timings.of({ operation }).observe(seconds);
      histogram.observe({ operation }, seconds);
    }
  }
  const text = await ours.metrics();
  expect(text).toContain('requests_seconds_bucket{le="0.25",operation="getProduct"} 4');
  expect(text).toContain('requests_seconds_bucket{le="+Inf",operation="logIn"} 3');
  const sorted = (lines: string): string[] => lines.split("\n").sort();
  expect(sorted(text)).toEqual(sorted(await theirs.metrics()));
});

test("the same labels are the same timing, and a reset forgets", async () => {
  const registry = new Registry();
  const timings = new Timings({ ...OPTIONS, bucketsS: BOUNDS_S }, registry);
  expect(timings.of({ operation: "a", status: "1" })).toBe(timings.of({ operation: "a", status: "1" }));
  expect(timings.of({ operation: "a", status: "1" })).not.toBe(timings.of({ operation: "a1", status: "" }));
  const kept = timings.of({ operation: "a", status: "1" });
  kept.observe(1);
  registry.resetMetrics();
  kept.observe(0.5);
  const text = await registry.metrics();
  expect(text).toContain('requests_seconds_count{operation="a",status="1"} 1');
  expect(text).toContain('requests_seconds_sum{operation="a",status="1"} 0.5');
});
