import { expect, test } from "bun:test";
import { startAuditRetention } from "./audit_retention.ts";

/** A trail of old events, and what it was asked. */
function createTrail(old: number) {
  const asked: [days: number, limit: number][] = [];
  const trail = {
    async forget(days: number, limit: number): Promise<number> {
      asked.push([days, limit]);
      const gone = Math.min(limit, old);
      old -= gone;
      return gone;
    },
  };
  return { asked, trail };
}

const OPTIONS = { retentionDays: 400, everyMs: 5, batch: 10, log: { warn: () => {} } };

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await Bun.sleep(1);
}

test("startAuditRetention() deletes in batches until nothing old is left, again and again, and stops when it is told to", async () => {
  const { asked, trail } = createTrail(25);
  const stop = startAuditRetention(trail, { ...OPTIONS, everyMs: 30 });
  await until(() => asked.length > 0);
  await Bun.sleep(5);
  expect(asked).toEqual([
    [400, 10],
    [400, 10],
    [400, 10],
  ]);
  await until(() => asked.length === 4);
  await stop();
  await Bun.sleep(60);
  expect(asked).toHaveLength(4);
});

test("startAuditRetention() leaves what is very much for the next time, and tries again what failed", async () => {
  const { asked, trail } = createTrail(Number.POSITIVE_INFINITY);
  const stop = startAuditRetention(trail, { ...OPTIONS, everyMs: 50 });
  await until(() => asked.length > 0);
  await stop();
  expect(asked).toHaveLength(20);

  const faults: string[] = [];
  const forget = () => Promise.reject(new Error("The database is away"));
  const stopFailing = startAuditRetention({ forget }, { ...OPTIONS, log: { warn: (line) => faults.push(line) } });
  await until(() => faults.length > 1);
  await stopFailing();
  expect(faults[0]).toBe("Cannot delete old events of the trail");
});
