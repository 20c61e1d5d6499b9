import { expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTestFolder, describeWithNats, startOwnNats } from "../setup.ts";
import { describeNats, findNats } from "./nats.ts";

function pathWith(script: string): string {
  const folder = createTestFolder();
  writeFileSync(join(folder, "nats-server"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "nats-server"), 0o755);
  return folder;
}

test("a nats-server on PATH is found, by its version", async () => {
  const found = await findNats({ PATH: pathWith('echo "nats-server: v2.12.1"') });
  expect(describeNats(found)).toBe("NATS 2.12.1 (nats-server on PATH)");
});

test("without one the reason is told, and REQUIRE_NATS=1 makes it a fault", async () => {
  const environment = { PATH: createTestFolder() };
  expect(await findNats(environment)).toEqual({ missing: "no nats-server on PATH" });
  await expect(findNats({ ...environment, REQUIRE_NATS: "1" })).rejects.toThrow(
    "REQUIRE_NATS=1, but there is no nats-server on PATH",
  );
});

test("one that does not run here is told as the reason", async () => {
  const PATH = pathWith("exit 1");
  expect(await findNats({ PATH })).toEqual({ missing: `no NATS: ${PATH}/nats-server does not run` });
});

describeWithNats("a broker of ours", () => {
  test("comes back at its port after a kill, and is gone after stop()", async () => {
    const broker = await startOwnNats();
    const { url, pid } = broker;
    await broker.kill();
    await broker.restart();
    expect(broker.url).toBe(url);
    expect(broker.pid).not.toBe(pid);
    await broker.stop();
    expect(await broker.exited).toBe("SIGKILL");
  });
});
