import { beforeAll, describe, expect, test } from "bun:test";
import type { ThrottleKey } from "../throttle.ts";
import type { ThrottleStore } from "./mod.ts";
import { type Replicas, race, type Stores } from "./replicas_fixture.ts";

const DELAY_MS = 60_000;

/** Promises about failed attempts. */
export function testThrottle({ shared }: Stores): void {
  describe("throttle", () => {
    let replicas: Replicas;
    let throttle: ThrottleStore;

    beforeAll(async () => {
      replicas = await shared();
      throttle = replicas.first.throttle;
    });

    /** A key that no other test has. */
    function newKey(delaysMs: readonly number[], forgetAfterMs = 3_600_000): ThrottleKey {
      return { key: `$key.${Bun.randomUUIDv7()}`, rule: { delaysMs, forgetAfterMs } };
    }

    test("attempt() lets the free ones in, then counts nothing until the delay is over", async () => {
      const key = newKey([0, 0, 0, 300, DELAY_MS]);
      expect([await throttle.attempt(key), await throttle.attempt(key), await throttle.attempt(key)]).toEqual([
        0, 0, 0,
      ]);
      expect(await replicas.second.throttle.attempt(key)).toBeWithin(1, 301);
      expect(await throttle.attempt(key)).toBeWithin(1, 301);
      await Bun.sleep(350);
      expect(await throttle.attempt(key)).toBe(0);
      expect(await throttle.attempt(key)).toBeWithin(DELAY_MS - 5000, DELAY_MS + 1);
    });

    test("attempt() keeps to the last delay", async () => {
      const key = newKey([0, 1]);
      for (let count = 0; count < 4; count++) {
        expect(await throttle.attempt(key)).toBe(0);
        expect(await throttle.waitMs([key])).toBeLessThanOrEqual(1);
        await Bun.sleep(5);
      }
    });

    test("attempt() many times at once lets in no more than one after the other would", async () => {
      const key = newKey([0, 0, 0, 0, 0, DELAY_MS]);
      const results = await race(replicas, 30, (store) => store.throttle.attempt(key));
      const waits = results.map((result) => (result.status === "fulfilled" ? result.value : Number.NaN));
      expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(5);
      expect(waits.filter((waitMs) => waitMs > 0)).toHaveLength(25);
    });

    test("attempt() makes nobody wait for others whose attempts are free or forgiven", async () => {
      const key = newKey([...Array<number>(50).fill(0), DELAY_MS]);
      const results = await race(replicas, 40, async (store) => {
        const waits = [await store.throttle.attempt(key), await store.throttle.waitMs([key])];
        await store.throttle.forgive(key);
        return [...waits, await store.throttle.waitMs([key])];
      });
      const waits = results.flatMap((result) => (result.status === "fulfilled" ? result.value : Number.NaN));
      expect(waits.filter((waitMs) => waitMs <= 0)).toHaveLength(120);
    });

    test("waitMs() is that of the key that waits longest, and counts nothing", async () => {
      const [short, long, none] = [newKey([0, 10_000]), newKey([0, DELAY_MS]), newKey([0, DELAY_MS])];
      await throttle.attempt(short);
      await throttle.attempt(long);
      expect(await throttle.waitMs([short])).toBeWithin(5000, 10_001);
      expect(await throttle.waitMs([short, none, long])).toBeWithin(DELAY_MS - 5000, DELAY_MS + 1);
      expect(await throttle.waitMs([none])).toBe(0);
      expect(await throttle.waitMs([])).toBe(0);
      expect(await throttle.attempt(none)).toBe(0);
    });

    test("forgive() takes back one attempt, and lets the next one in", async () => {
      const key = newKey([0, 0, DELAY_MS]);
      await throttle.attempt(key);
      await throttle.attempt(key);
      await throttle.forgive(key);
      expect(await throttle.attempt(key)).toBe(0);
      expect(await throttle.attempt(key)).toBeGreaterThan(1);
      await throttle.forgive(newKey([0]));
    });

    test("clear() forgets all failures", async () => {
      const key = newKey([0, 0, DELAY_MS]);
      await throttle.attempt(key);
      await throttle.attempt(key);
      await throttle.clear(key);
      expect([await throttle.attempt(key), await throttle.attempt(key)]).toEqual([0, 0]);
      expect(await throttle.attempt(key)).toBeGreaterThan(1);
      await throttle.clear(newKey([0]));
    });

    test("failures are forgotten after a while without attempts", async () => {
      const key = newKey([0, 0, 0, DELAY_MS], 200);
      await throttle.attempt(key);
      await throttle.attempt(key);
      await Bun.sleep(250);
      expect([await throttle.attempt(key), await throttle.attempt(key)]).toEqual([0, 0]);
      expect(await throttle.waitMs([key])).toBe(0);
    });
  });
}
