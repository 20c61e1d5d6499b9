import { afterEach, expect, test } from "bun:test";
import { existsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import postgres from "postgres";
import { preparePostgresTemplate } from "./engines/postgres.ts";
import { CACHE_FOLDER } from "./paths.ts";
import { freePorts, isPortFree } from "./ports.ts";
import { identify } from "./processes.ts";
import { type ByService, byService } from "./service_names.ts";
import { createTestFolder } from "./setup.ts";
import { type Stack, type StackOptions, startStack } from "./stack.ts";

const FIXTURE = join(import.meta.dirname, "service_fixture.ts");

const stacks: Stack[] = [];
afterEach(async () => {
  await Promise.all(stacks.splice(0).map((stack) => stack.stop()));
});

async function optionsFor(dataFolder = createTestFolder()): Promise<StackOptions & { ports: ByService<number> }> {
  const ports = await freePorts(3);
  return {
    dataFolder,
    ports: byService((_, index) => ports[index]!), // as many as there are services
    mainFiles: byService(() => FIXTURE),
    postgresTemplate: await preparePostgresTemplate(CACHE_FOLDER),
  };
}

async function start(options: StackOptions): Promise<Stack> {
  const stack = await startStack(options);
  stacks.push(stack);
  return stack;
}

/** Nothing listens, nothing is written down, no server works in the folder. */
async function expectNothingLeft({ dataFolder, ports }: StackOptions): Promise<void> {
  expect(await Promise.all(Object.values(ports).map(isPortFree))).toEqual([true, true, true]);
  expect(existsSync(join(dataFolder, "processes.json"))).toBeFalse();
  expect(existsSync(join(dataFolder, "postgres", "data", "postmaster.pid"))).toBeFalse();
}

async function ask<Body>(stack: Stack, service: keyof Stack["services"], path: string): Promise<Body> {
  const response = await fetch(`${stack.origins[service]}${path}`);
  return (await response.json()) as Body; // the fixture answers JSON at the paths asked for here
}

test("each service gets the settings of its own, and a database that the others cannot open", async () => {
  const options = await optionsFor();
  const stack = await start({ ...options, environment: { CHECK_RESPONSES: "true" } });
  const settings = await ask<Record<string, string>>(stack, "order-processing", "/settings");
  expect(settings).toMatchObject({
    PORT: String(options.ports["order-processing"]),
    USER_AUTHENTICATION_ORIGIN: stack.origins["user-authentication"],
    PRODUCT_MANAGEMENT_URL: `http://127.0.0.1:${options.ports["product-management"]}`,
    CLIENT_ID: "order-processing",
    CHECK_RESPONSES: "true",
  });
  expect(settings.KEYS_SECRET).toBeUndefined();
  const foreign = new URL(settings.STORE_URL!);
  foreign.pathname = "/user_authentication";
  const sql = postgres(foreign.href, { max: 1 });
  await expect(sql`SELECT 1`.execute()).rejects.toMatchObject({ code: "42501" });
  await sql.end({ timeout: 0 });
});

test("stop() lets a request finish, then leaves no process; a second start finds secrets and data", async () => {
  const options = await optionsFor();
  const first = await start(options);
  const pids = [first.postgres, ...Object.values(first.services)].map(({ pid }) => pid);
  const slow = fetch(`${first.origins["product-management"]}/slow`).then((response) => response.text());
  await Bun.sleep(50); // until it is under way
  await first.stop();
  expect(await slow).toBe("finished");
  expect(pids.map(identify)).toEqual([undefined, undefined, undefined, undefined]);
  await expectNothingLeft(options);

  const second = await start(options);
  expect(second.admin).toEqual(first.admin);
  expect(second.storeUrls).toEqual(first.storeUrls);
});

test("secrets and passwords are closed to everybody else", async () => {
  const { dataFolder, ...options } = await optionsFor();
  await start({ dataFolder, ...options });
  const modes = ["secrets.json", "postgres/password", "logs", "postgres"].map(
    (path) => statSync(join(dataFolder, path)).mode & 0o077,
  );
  expect(modes).toEqual([0, 0, 0, 0]);
});

test("a taken port is named with its service and its holder before anything starts", async () => {
  const options = await optionsFor();
  const taken = options.ports["order-processing"];
  const server = createServer().listen(taken, "127.0.0.1");
  await expect(startStack(options)).rejects.toThrow(
    `port ${taken} (order-processing) is taken by process ${process.pid} (`,
  );
  expect(existsSync(join(options.dataFolder, "postgres"))).toBeFalse();
  await new Promise((settle) => server.close(settle));
  await expectNothingLeft(options);
});

test("a service that cannot start gives its reason, and nothing stays", async () => {
  const options = await optionsFor();
  const environment = { FIXTURE_FAULT: String(options.ports["product-management"]) };
  const attempt = startStack({ ...options, environment });
  await expect(attempt).rejects.toThrow("product-management does not start: the shelf is empty");
  await expectNothingLeft(options);
});

test("a start can be broken off at any time, and nothing stays", async () => {
  for (const delayMs of [0, 20, 60]) {
    const options = await optionsFor();
    const interruption = new AbortController();
    setTimeout(() => interruption.abort(new Error("enough")), delayMs);
    await expect(startStack({ ...options, signal: interruption.signal })).rejects.toThrow();
    await expectNothingLeft(options);
  }
});

test("a process that ends by itself is told: which, how, where to read on", async () => {
  const options = await optionsFor();
  const stack = await start(options);
  const end = stack.firstEnd();
  await fetch(`${stack.origins["order-processing"]}/end`).catch(() => {});
  const { dataFolder } = options;
  expect(await end).toBe(
    `order-processing ended (exit code 3); its log is ${join(dataFolder, "logs/order-processing.log")}`,
  );
});

test("kill -9 of the one that started it: the services go with it, the next start ends the rest", async () => {
  const options = await optionsFor();
  const script = `
    const { startStack } = await import(${JSON.stringify(join(import.meta.dirname, "stack.ts"))});
    const stack = await startStack(${JSON.stringify(options)});
    console.log(JSON.stringify([stack.postgres, ...Object.values(stack.services)].map(({ pid }) => pid)));
    setInterval(() => {}, 1000);`;
  const launcher = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  const { value } = await launcher.stdout.getReader().read();
  const pids: number[] = JSON.parse(new TextDecoder().decode(value));
  expect(pids.map(identify)).not.toContain(undefined);
  launcher.kill("SIGKILL");
  await launcher.exited;

  const next = await start(options);
  expect(pids.map(identify)).toEqual([undefined, undefined, undefined, undefined]);
  expect(await (await fetch(`${next.origins["product-management"]}/readyz`)).text()).toBe("ready");
});
