import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { freePorts, isPortFree, keptPort, portHolder } from "./ports.ts";
import { createTestFolder } from "./setup.ts";

async function listen(port: number, host: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((settle) => server.listen({ port, host }, settle));
  return server;
}

test("freePorts() gives different ports that are free, and that no outgoing connection is given", async () => {
  const ports = await freePorts(50);
  expect(new Set(ports).size).toBe(50);
  expect(await Promise.all(ports.map(isPortFree))).not.toContain(false);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

test.each(["127.0.0.1", "0.0.0.0", "::1"])(
  "isPortFree() sees a listener on %s, and portHolder() names it",
  async (host) => {
    const [port = 0] = await freePorts(1);
    const server = await listen(port, host);
    expect(await isPortFree(port)).toBeFalse();
    expect(portHolder(port)).toStartWith(`process ${process.pid} (`);
    server.close();
  },
);

test("keptPort() gives the same port again, and another one while it is taken", async () => {
  const folder = createTestFolder();
  const first = await keptPort(folder);
  expect(await keptPort(folder)).toBe(first);
  const server = await listen(first, "127.0.0.1");
  const second = await keptPort(folder);
  expect(second).not.toBe(first);
  expect(readFileSync(join(folder, "port"), "utf8").trim()).toBe(String(second));
  server.close();
});

test("keptPort() does not trust a file that holds no port", async () => {
  const folder = createTestFolder();
  writeFileSync(join(folder, "port"), "99999999\n");
  expect(await keptPort(folder)).toBeLessThan(65_536);
});
