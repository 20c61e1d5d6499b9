import { afterEach, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isPortFree } from "./ports.ts";
import { createTestFolder } from "./setup.ts";

const START = join(import.meta.dirname, "start.ts");
/** Below the ports that the system gives away by itself, and not those of a `bun start` of the same machine. */
const FIRST_PORT = 23_000 + (process.pid % 3_000) * 3;
const PORTS = [FIRST_PORT, FIRST_PORT + 1, FIRST_PORT + 2];

interface Run {
  readonly launcher: Bun.Subprocess<"ignore", "pipe", "pipe">;
  /** All it has printed so far. */
  readonly output: () => string;
  /** Settles when it has printed this; rejects when it ends before. */
  readonly printed: (text: string) => Promise<void>;
}

const launchers: Bun.Subprocess[] = [];
afterEach(async () => {
  for (const launcher of launchers.splice(0)) {
    launcher.kill("SIGTERM");
    await launcher.exited;
  }
});

function start(dataFolder: string, ...options: readonly string[]): Run {
  const command = [process.execPath, START, "--port", String(FIRST_PORT), "--data", dataFolder, ...options];
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", CHECK_RESPONSES: "true" };
  const launcher = Bun.spawn(command, { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  launchers.push(launcher);
  let text = "";
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    for await (const chunk of stream) text += new TextDecoder().decode(chunk);
  };
  const ended = Promise.all([collect(launcher.stdout), collect(launcher.stderr)]);
  let hasEnded = false;
  ended.then(() => {
    hasEnded = true;
  });
  const printed = async (wanted: string): Promise<void> => {
    while (!text.includes(wanted)) {
      if (hasEnded) throw new Error(`It ended before it printed "${wanted}":\n${text}`);
      await Bun.sleep(10);
    }
  };
  return { launcher, output: () => text, printed };
}

async function expectNothingLeft(dataFolder: string): Promise<void> {
  expect(await Promise.all(PORTS.map(isPortFree))).toEqual([true, true, true]);
  expect(existsSync(join(dataFolder, "processes.json"))).toBeFalse();
  expect(existsSync(join(dataFolder, "postgres", "data", "postmaster.pid"))).toBeFalse();
}

test("bun start: what it prints is true, two Ctrl-C end it well, and a second start keeps the data", async () => {
  const dataFolder = createTestFolder();
  const first = start(dataFolder, "--postgres");
  await first.printed("Stop it with Ctrl-C.");
  await first.printed("Try it:");
  expect(first.output()).toContain("  Users, products and orders are in PostgreSQL.\n");
  const [, url = ""] = /curl '(\S+)'/.exec(first.output()) ?? [];
  const listed = await (await fetch(url)).json();
  expect(listed).toMatchObject({ items: [{ ownerId: expect.any(String) }, { ownerId: expect.any(String) }] });

  const [, email, password] = /admin +(\S+@\S+) +(\S+)/.exec(first.output()) ?? [];
  const login = `http://localhost:${FIRST_PORT}/login`;
  const headers = { "content-type": "application/json" };
  const signedIn = await fetch(login, { method: "POST", headers, body: JSON.stringify({ email, password }) });
  expect(signedIn.status).toBe(200);
  expect((await fetch(`http://localhost:${FIRST_PORT}/docs`)).status).toBe(200);

  first.launcher.kill("SIGINT");
  await Bun.sleep(20);
  first.launcher.kill("SIGINT");
  expect(await first.launcher.exited).toBe(0);
  expect(first.output()).toEndWith("Stopped\n");
  await expectNothingLeft(dataFolder);

  const second = start(dataFolder);
  await second.printed("Try it:");
  expect(second.output()).not.toContain("First start");
  expect(await (await fetch(url)).json()).toEqual(listed);
  second.launcher.kill("SIGTERM");
  expect(await second.launcher.exited).toBe(0);
  await expectNothingLeft(dataFolder);
}, 90_000);

test("bun start --seed fills a shop, tells how far it is, and --reset begins with nothing", async () => {
  const dataFolder = createTestFolder();
  const first = start(dataFolder, "--postgres", "--seed", "12");
  await first.printed("Try it:");
  expect(first.output()).toContain("demo data: 0 of 26");
  expect(first.output()).toContain("demo data: 26 of 26");
  const list = `http://localhost:${PORTS[1]}/products?limit=100`;
  expect(JSON.stringify(await (await fetch(list)).json())).toContain("DEMO-");
  expect(await orderStatuses(first.output())).toEqual(expect.arrayContaining(["confirmed", "fulfilled"]));
  first.launcher.kill("SIGTERM");
  await first.launcher.exited;

  const second = start(dataFolder, "--postgres", "--reset");
  await second.printed("Try it:");
  expect(second.output()).toContain("First start");
  expect(JSON.stringify(await (await fetch(list)).json())).not.toContain("DEMO-");
}, 90_000);

/** What the admin sees of all orders. */
async function orderStatuses(output: string): Promise<readonly string[]> {
  const [, email, password] = /admin +(\S+@\S+) +(\S+)/.exec(output) ?? [];
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ email, password });
  const signedIn = await fetch(`http://localhost:${PORTS[0]}/login`, { method: "POST", headers, body });
  const { access_token: token } = (await signedIn.json()) as { access_token: string }; // of the contract
  const reply = await fetch(`http://localhost:${PORTS[2]}/orders`, { headers: { authorization: `Bearer ${token}` } });
  const { items } = (await reply.json()) as { items: { status: string }[] }; // of the contract
  return items.map(({ status }) => status);
}

test("bun start says which option it does not know, and ends", async () => {
  const { launcher, output } = start(createTestFolder(), "--nonsense");
  expect(await launcher.exited).toBe(1);
  expect(output()).toBe("\n✗ Cannot start: Unknown option '--nonsense'\n");
});

test("bun start tells in one line which port is taken and by whom, what else can be done, and leaves nothing", async () => {
  const dataFolder = createTestFolder();
  const blocker = Bun.serve({ port: FIRST_PORT + 1, fetch: () => new Response() });
  const { launcher, output } = start(dataFolder, "--postgres");
  expect(await launcher.exited).toBe(1);
  blocker.stop(true);
  const [fault, way] = output().trim().split("\n").slice(-2);
  expect(way).toContain("--port-base 4000");
  expect(fault).toStartWith(
    `✗ Cannot start: port ${FIRST_PORT + 1} (product-management) is taken by process ${process.pid} (`,
  );
  await expectNothingLeft(dataFolder);
});

test("secrets stay out of the logs", async () => {
  const dataFolder = createTestFolder();
  const run = start(dataFolder, "--postgres");
  await run.printed("Try it:");
  run.launcher.kill("SIGTERM");
  await run.launcher.exited;
  const secrets: Record<string, unknown> = JSON.parse(readFileSync(join(dataFolder, "secrets.json"), "utf8"));
  const words = Object.values(secrets).flatMap((value) =>
    typeof value === "string" ? [value] : Object.values(value ?? {}),
  );
  expect(words.length).toBeGreaterThan(5);
  const logs = ["user-authentication", "product-management", "order-processing", "postgres"]
    .map((name) => readFileSync(join(dataFolder, "logs", `${name}.log`), "utf8"))
    .join("");
  expect(words.filter((word) => logs.includes(word))).toEqual([]);
}, 60_000);
