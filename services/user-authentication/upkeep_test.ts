import { expect, test } from "bun:test";
import { startUpkeep } from "./upkeep.ts";

test("startUpkeep() does its work again and again, whatever fails, and stops when it is told to", async () => {
  const counts = { reloads: 0, purges: 0 };
  const warnings: string[] = [];
  const stop = startUpkeep({
    keys: {
      async reload() {
        counts.reloads += 1;
        throw new Error("The database is away");
      },
    },
    store: {
      async purge() {
        counts.purges += 1;
        await Bun.sleep(5);
      },
    },
    log: { warn: (message) => warnings.push(message) },
    reloadEveryMs: 5,
    purgeEveryMs: 5,
  });
  while (counts.reloads < 3 || counts.purges < 3) await Bun.sleep(1);
  await stop();
  const stopped = { ...counts };
  await Bun.sleep(30);
  expect(counts).toEqual(stopped);
  expect(warnings).toHaveLength(stopped.reloads);
  expect(new Set(warnings)).toEqual(new Set(["Cannot read the signing keys again"]));
});
