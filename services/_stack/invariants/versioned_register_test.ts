import { describe, expect, test } from "bun:test";
import { createRandom, type Random } from "../history/random.ts";
import { checkRegister, type Origin, type RegisterCall } from "./versioned_register.ts";

const ORIGIN: Origin = { version: 1, value: "first" };
const HISTORIES = 30_000;

const read = (version: number, value: string, [invokedMs, returnedMs]: [number, number]): RegisterCall => {
  return { kind: "read", version, value, invokedMs, returnedMs };
};
const write = (
  expected: number,
  value: string,
  [invokedMs, returnedMs]: [number, number],
  outcome: "ok" | "conflict" | "unknown" = "ok",
): RegisterCall => {
  const call = { kind: "write", expected, value, outcome, invokedMs, returnedMs } as const;
  return outcome === "ok" ? { ...call, version: expected + 1 } : call;
};

describe("finds nothing wrong with", () => {
  const HISTORIES: Record<string, RegisterCall[]> = {
    "writes one after the other, and what is read between": [
      read(1, "first", [0, 1]),
      write(1, "a", [2, 4]),
      read(2, "a", [5, 6]),
      write(2, "b", [7, 8]),
    ],
    "a reader who sees either while a write runs": [
      write(1, "a", [0, 10]),
      read(1, "first", [1, 2]),
      read(2, "a", [3, 4]),
    ],
    "one winner of two, and the other told so": [write(1, "a", [0, 5]), write(1, "b", [0, 6], "conflict")],
    "a write without an answer that is seen later": [
      write(1, "a", [0, 1], "unknown"),
      read(1, "first", [2, 3]),
      read(2, "a", [4, 5]),
    ],
    "a conflict with a write without an answer that nobody saw": [
      write(1, "a", [0, 1], "unknown"),
      write(1, "b", [2, 3], "conflict"),
    ],
  };
  for (const [name, history] of Object.entries(HISTORIES)) {
    test(name, () => expect(checkRegister(history, ORIGIN)).toEqual([]));
  }
});

describe("catches", () => {
  const FAULTS: Record<string, { history: RegisterCall[]; fault: string }> = {
    "a lost update": {
      history: [write(1, "a", [0, 5]), write(1, "b", [1, 6])],
      fault: "an update was lost: two writes were told that they made version 2",
    },
    "a stale read": {
      history: [write(1, "a", [0, 1]), read(1, "first", [2, 3])],
      fault: "the read of version 1 began after the write of version 2 had ended",
    },
    "two values of one version": {
      history: [write(1, "a", [0, 1]), read(2, "b", [2, 3])],
      fault: 'version 2 was read as "b" and written as "a"',
    },
    "a version out of nothing": {
      history: [read(2, "a", [0, 1])],
      fault: "nobody wrote version 2, and somebody saw it or a later one",
    },
    "a conflict without a reason": {
      history: [write(1, "a", [0, 1]), write(2, "b", [2, 3], "conflict")],
      fault: "a write on version 2 was refused while that was the version",
    },
    "a version that is not the next one": {
      history: [{ kind: "write", expected: 1, value: "a", outcome: "ok", version: 3, invokedMs: 0, returnedMs: 1 }],
      fault: "a write on version 1 was told that it made 3",
    },
    "a write that takes effect before it began": {
      history: [read(2, "a", [0, 1]), write(1, "a", [2, 3])],
      fault: "the write of version 2 began after the read of version 2 had ended",
    },
    "a version older than the first": {
      history: [read(0, "zero", [0, 1])],
      fault: "version 0 was read, older than the first one",
    },
  };
  for (const [name, { history, fault }] of Object.entries(FAULTS)) {
    test(name, () => expect(checkRegister(history, ORIGIN)).toContain(fault));
  }
});

test(`says the same as trying every order, on ${HISTORIES} random histories of up to 7 calls`, () => {
  const random = createRandom(12_345);
  const seen = { right: 0, wrong: 0 };
  for (let count = 0; count < HISTORIES; count++) {
    const history = randomHistory(random);
    const isRight = isSomeOrderPossible(history, ORIGIN);
    seen[isRight ? "right" : "wrong"]++;
    const faults = checkRegister(history, ORIGIN);
    if (isRight !== (faults.length === 0)) throw new Error(`${isRight}: ${faults} ${JSON.stringify(history)}`);
  }
  expect(Math.min(seen.right, seen.wrong)).toBeGreaterThan(HISTORIES / 10); // it was asked both questions
}, 60_000);

test("checks 200,000 calls in a moment", () => {
  const calls: RegisterCall[] = [];
  for (let index = 0; index < 200_000; index += 5) {
    const version = 1 + index / 5;
    const at = (step: number): [number, number] => [index + step, index + step + 0.5];
    const [before, after] = [version === 1 ? "first" : `v${version}`, `v${version + 1}`];
    calls.push(write(version, "late", at(0), "unknown"), read(version, before, at(1)), write(version, after, at(2)));
    calls.push(write(version, "lost", at(3), "conflict"), read(version + 1, after, at(4)));
  }
  const startedMs = performance.now();
  expect(checkRegister(calls, ORIGIN)).toEqual([]);
  expect(performance.now() - startedMs).toBeLessThan(20_000); // a quadratic one takes minutes
}, 60_000);

/** What a register really answered, spoiled half of the time. */
function randomHistory(random: Random): RegisterCall[] {
  const wishes = Array.from({ length: 2 + random.below(6) }, (_, index) => {
    const invokedMs = random.below(20);
    const returnedMs = invokedMs + 1 + random.below(10);
    const atMs = invokedMs + random.next() * (returnedMs - invokedMs);
    return { index, invokedMs, returnedMs, atMs };
  }).sort((a, b) => a.atMs - b.atMs);
  let { version, value } = ORIGIN;
  const history = wishes.map(({ index, invokedMs, returnedMs }): RegisterCall => {
    const times = { invokedMs, returnedMs };
    if (random.chance(0.5)) return { kind: "read", version, value, ...times };
    const expected = random.chance(0.6) ? version : 1 + random.below(3);
    const call = { kind: "write", expected, value: `v${index}`, ...times } as const;
    const isRight = expected === version;
    if (isRight) {
      version++;
      value = call.value;
    }
    if (random.chance(0.2)) return { ...call, outcome: "unknown" };
    return isRight ? { ...call, outcome: "ok", version } : { ...call, outcome: "conflict" };
  });
  if (random.chance(0.5)) spoil(history, random);
  return history;
}

function spoil(history: RegisterCall[], random: Random): void {
  const index = random.below(history.length);
  const call = history[index]!; // no history is empty
  const way = random.next();
  const later = 10 + random.next() * 10;
  if (way < 0.3 && call.kind === "read") history[index] = { ...call, version: Math.max(1, call.version - 1) };
  else if (way < 0.5 && call.kind === "write" && call.outcome === "conflict") {
    history[index] = { ...call, outcome: "ok", version: call.expected + 1 };
  } else if (way < 0.7) {
    history[index] = { ...call, invokedMs: call.invokedMs + later, returnedMs: call.returnedMs + later };
  } else if (way < 0.85 && call.kind === "read") history[index] = { ...call, value: "never written" };
  else if (call.kind === "write" && call.outcome === "ok") {
    const { version: _, ...rest } = call;
    history[index] = { ...rest, outcome: "conflict" };
  }
}

/** Tries every order (Wing & Gong): what ended before another began stays before it; unknown writes may be left out. */
function isSomeOrderPossible(history: readonly RegisterCall[], origin: Origin): boolean {
  const failed = new Set<string>();
  const isUnknown = (call: RegisterCall): boolean => call.kind === "write" && call.outcome === "unknown";
  const goOn = (done: number, { version, value }: Origin): boolean => {
    const left = history.map((call, index) => ({ call, index })).filter(({ index }) => ((done >> index) & 1) === 0);
    const due = left.filter(({ call }) => !isUnknown(call));
    if (due.length === 0) return true;
    const key = `${done} ${version} ${value}`;
    if (failed.has(key)) return false;
    failed.add(key);
    const firstEndMs = Math.min(...due.map(({ call }) => call.returnedMs));
    return left.some(({ call, index }) => {
      if (call.invokedMs > firstEndMs) return false;
      const after = step(call, { version, value });
      return after !== undefined && goOn(done | (1 << index), after);
    });
  };
  return goOn(0, origin);
}

/** The register after a call; undefined if it can't be done now as it was answered. */
function step(call: RegisterCall, register: Origin): Origin | undefined {
  if (call.kind === "read") {
    return call.version === register.version && call.value === register.value ? register : undefined;
  }
  const isRight = call.expected === register.version;
  if (call.outcome === "conflict") return isRight ? undefined : register;
  if (!isRight || (call.outcome === "ok" && call.version !== register.version + 1)) return undefined;
  return { version: register.version + 1, value: call.value };
}
