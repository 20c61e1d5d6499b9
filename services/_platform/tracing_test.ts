import { expect, test } from "bun:test";
import { chooseSpan, currentSpan, errorType, follow, RemoteSpan, runIn, type Span, type Step } from "./trace.ts";
import { createTracing, LoggedSpan, PASSING_ON, type Sampling } from "./tracing.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SAMPLED = `00-${TRACE}-b7ad6b7169203331-01`;
const UNSAMPLED = `00-${TRACE}-b7ad6b7169203331-00`;
const STEP: Step = { name: "GET /products", kind: "server", attributes: {} };

/** A span that writes down what becomes of it. */
class TestSpan extends RemoteSpan {
  readonly children: TestSpan[] = [];
  readonly ends: unknown[] = [];

  override begin(): undefined {
    // As the recording ones do; the type of the base says that nothing comes.
    const child = new TestSpan(SAMPLED);
    this.children.push(child);
    return child as never;
  }

  override end(...outcome: unknown[]): void {
    this.ends.push(outcome[0]);
  }
}

function createTested(sampling: Sampling & { callsServices?: boolean }, random = 0.5) {
  const parents: unknown[] = [];
  let clockMs = 0;
  const tracing = createTracing({
    tracer: {
      begin(_, parent) {
        parents.push(parent);
        return new TestSpan(SAMPLED);
      },
      stop: async () => {},
    },
    sampling,
    ...(sampling.callsServices && { callsServices: true }),
    random: () => random,
    nowMs: () => clockMs,
  });
  const isRecorded = (sender?: string): boolean => tracing.enter(sender, () => STEP) instanceof TestSpan;
  return { tracing, parents, isRecorded, pass: (ms: number) => (clockMs += ms) };
}

test("a share of the traces that begin here is recorded", () => {
  expect(createTested({ ratio: 0.6, parentBased: true }).isRecorded()).toBe(true);
  expect(createTested({ ratio: 0.4, parentBased: true }).isRecorded()).toBe(false);
  expect(createTested({ ratio: 0, parentBased: false }, 0).isRecorded()).toBe(false);
});

test("a sender decides, where that is wanted", () => {
  const parentBased = createTested({ ratio: 0, parentBased: true });
  expect([SAMPLED, UNSAMPLED].map(parentBased.isRecorded)).toEqual([true, false]);
  expect(parentBased.parents).toEqual([{ traceId: TRACE, spanId: "b7ad6b7169203331" }]);
  expect(createTested({ ratio: 1, parentBased: true }).isRecorded(UNSAMPLED)).toBe(false);
  expect(createTested({ ratio: 0, parentBased: false }).isRecorded(SAMPLED)).toBe(false);
  expect(createTested({ ratio: 1, parentBased: false }).isRecorded(UNSAMPLED)).toBe(true);
});

test("senders can't have everything recorded", () => {
  const { isRecorded, pass } = createTested({ ratio: 0, parentBased: true });
  const count = (): number => Array.from({ length: 500 }, () => isRecorded(SAMPLED)).filter(Boolean).length;
  expect([count(), count()]).toEqual([100, 0]);
  pass(1000);
  expect(count()).toBe(100);
});

test("a trace that is not recorded goes on under its id, and one without has an id for the logs", () => {
  for (const callsServices of [true, false]) {
    const { tracing } = createTested({ ratio: 0, parentBased: true, callsServices });
    expect(tracing.enter(UNSAMPLED, () => STEP)?.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    const spans = Array.from({ length: 600 }, () => tracing.enter(undefined, () => STEP));
    for (const span of spans) {
      expect(span).toBeInstanceOf(callsServices ? RemoteSpan : LoggedSpan);
      expect(span?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      expect(span?.traceparent.slice(3, 35)).toBe(span?.traceId ?? "");
    }
    expect(new Set(spans.map((span) => span?.traceId)).size).toBe(600);
  }
});

test("without a tracer a sender's trace is passed on as it came", () => {
  expect(PASSING_ON.enter(undefined, () => STEP)).toBeUndefined();
  expect(PASSING_ON.enter(SAMPLED, () => STEP)?.traceparent).toBe(SAMPLED);
});

test("work knows its step, also after waiting, and what it starts is inside it", async () => {
  const root = new TestSpan(SAMPLED);
  const seen: (Span | undefined)[] = [];
  await runIn(root, async () => {
    await Bun.sleep(1);
    seen.push(currentSpan());
    await follow(
      () => STEP,
      async () => seen.push(currentSpan()),
    );
    expect(currentSpan()).toBe(root);
    await runIn(undefined, async () => seen.push(currentSpan()));
  });
  expect(currentSpan()).toBeUndefined();
  expect(seen).toEqual([root, root.children[0], undefined]);
  expect(root.children[0]?.ends).toEqual([undefined]);
  const fault = new Error("away");
  await runIn(root, () =>
    expect(
      follow(
        () => STEP,
        () => Promise.reject(fault),
      ),
    ).rejects.toBe(fault),
  );
  expect(root.children[1]?.ends).toEqual([{ error: fault }]);
});

test("what is not recorded is run without a step", async () => {
  const describe = (): never => {
    throw new Error("nobody needs it");
  };
  expect(await follow(describe, async () => 7)).toBe(7);
  expect(await runIn(new RemoteSpan(UNSAMPLED), () => follow(describe, async () => 8))).toBe(8);
});

test("shared work is a part of a recorded trace, if one of those who asked has one", () => {
  const [first, recorded] = [new RemoteSpan(UNSAMPLED), new RemoteSpan(SAMPLED)];
  expect(chooseSpan([undefined, first, recorded])).toBe(recorded);
  expect(chooseSpan([undefined, first])).toBe(first);
  expect(chooseSpan([undefined])).toBeUndefined();
});

test("an error is known by its code or class, never by its message", () => {
  expect(errorType(Object.assign(new Error("hunter2"), { code: "23505" }))).toBe("23505");
  expect(errorType(Object.assign(new Error("hunter2"), { code: 11000 }))).toBe("11000");
  expect(errorType(new RangeError("hunter2"))).toBe("RangeError");
  expect(errorType("hunter2")).toBe("string");
});
