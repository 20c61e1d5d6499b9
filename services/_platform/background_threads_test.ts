import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { createBackgroundThreads } from "./background_threads.ts";

const ARGON2 = { algorithm: "argon2id", memoryCost: 8192, timeCost: 1 } as const;

/** The priorities of this process's threads by what they are called; 19 is the least. */
function priorities(pattern: RegExp): number[] {
  return readdirSync("/proc/self/task").flatMap((id) => {
    if (!pattern.test(readFileSync(`/proc/self/task/${id}/comm`, "utf8"))) return [];
    const stat = readFileSync(`/proc/self/task/${id}/stat`, "utf8");
    return [Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16])];
  });
}

test.skipIf(process.platform !== "linux")(
  "threads that hash have the least priority, and the one that serves has not",
  async () => {
    const lower = createBackgroundThreads();
    for (let round = 0; round < 5; round++) {
      const hashing = Promise.all(Array.from({ length: 4 }, () => Bun.password.hash("a password", ARGON2)));
      lower();
      await hashing;
    }
    lower();
    const pool = priorities(/^Bun Pool/);
    expect(pool.length).toBeGreaterThan(0);
    expect(new Set(pool)).toEqual(new Set([19]));
    expect(priorities(/^bun/)[0]).toBe(0);
  },
);
