/**
 * `bun start`: the whole system on this machine, until Ctrl-C.
 *
 * Options: `--mongo` (users and products in MongoDB, fetched if need be), `--postgres` (everything in Postgres),
 * `--port-base N` or `--port N` (N, N+1 and N+2 instead of 3000-3002), `--data FOLDER` (instead of `.data/`), `--reset` (begins with nothing: data,
 * secrets and logs of the folder are removed), `--seed N` (a shop with N orders to look at).
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { makeDemoData } from "./demo_data.ts";
import type { MongoSource } from "./engines/mongo_source.ts";
import { findNats, type NatsSource } from "./engines/nats.ts";
import { onParentEnd } from "./parent_watch.ts";
import { DATA_FOLDER } from "./paths.ts";
import { resetFolder, STORE_FILE } from "./reset.ts";
import { seedStack } from "./seed.ts";
import { byService, SERVICE_NAMES } from "./service_names.ts";
import { PortTaken, type Stack, startStack } from "./stack.ts";
import { describeFault, StackError } from "./stack_error.ts";
import { StatusView } from "./status_view.ts";

type Store = "mongo" | "postgres";

interface Arguments {
  readonly dataFolder: string;
  readonly firstPort: number;
  /** Asked for by hand. */
  readonly store: Store | undefined;
  readonly isReset: boolean;
  /** Orders of demo data; none if not asked for. */
  readonly seed: number;
}

const USUAL_PORT = 3_000;
const HIGHEST_PORT = 65_533;
const SEED_MAX = 100_000;
const TERMINAL_COLUMNS = 80;

const startedAt = performance.now();
const interruption = new AbortController();
const view = new StatusView(
  {
    isTerminal: process.stdout.isTTY,
    columns: process.stdout.columns || TERMINAL_COLUMNS,
    write: (text) => void process.stdout.write(text),
  },
  elapsed,
);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => interrupt(signal)); // for good: npx sends SIGINT twice, and draining is not to be cut short
}
const runner = process.env.npm_lifecycle_event; // `bun start` or npm, which can be killed above us
if (runner) onParentEnd(() => interrupt(`${runner} has ended`));

let stack: Stack | undefined;
try {
  stack = await bringUp(readArguments());
  const end = await Promise.race([stack.firstEnd(), interrupted()]);
  if (end !== undefined) throw new StackError(end);
  await shutDown(stack);
  process.exit(0);
} catch (error) {
  if (interruption.signal.aborted) {
    say("Stopped");
    process.exit(0);
  }
  console.error(`\n✗ Cannot ${stack ? "go on" : "start"}: ${describeFault(error)}`);
  if (error instanceof PortTaken) console.error("  End what holds it, or take other ports: bun start --port-base 4000");
  if (stack) await shutDown(stack);
  process.exit(1);
}

async function bringUp({ dataFolder, firstPort, store, isReset, seed }: Arguments): Promise<Stack> {
  const { signal } = interruption;
  if (isReset) {
    const removed = await resetFolder(dataFolder, process.env.MONGODB_URL);
    say(`Removed from ${shown(dataFolder)}: ${removed.join(", ") || "nothing"}`);
  }
  say(`Starting; data and logs are in ${shown(dataFolder)}`);
  const mongo = await chooseMongo(store, join(dataFolder, STORE_FILE));
  const started = await startStack({
    dataFolder,
    ports: byService((_, index) => firstPort + index),
    onProgress: say,
    onPart: (part) => view.set(part),
    signal,
    nats: await chooseNats(),
    ...(mongo && { mongo }),
  });
  try {
    writeFileSync(join(dataFolder, STORE_FILE), mongo ? "mongo" : "postgres");
    if (await seedStack(started, dataFolder)) say("First start: a seller and some products are there to try");
    const onProgress = (done: number, total: number): void => view.progress("demo data", done, total);
    if (seed > 0) await makeDemoData(started, { orders: seed, onProgress, signal });
  } catch (error) {
    await started.stop();
    throw error;
  }
  view.settle();
  welcome(started);
  return started;
}

/** By hand, else what the data folder began with, else MongoDB if one is at hand without fetching it. */
async function chooseMongo(asked: Store | undefined, storeFile: string): Promise<MongoSource | undefined> {
  const kept = existsSync(storeFile) ? readFileSync(storeFile, "utf8") : undefined;
  const wished = asked ?? (process.env.MONGODB_URL ? "mongo" : kept);
  if (wished === "postgres") return undefined;
  const { findMongo } = await import("./engines/mongo.ts"); // the drivers take a tenth of a second to load
  const found = await findMongo({ environment: process.env, install: wished === "mongo", onProgress: say });
  if (!("missing" in found)) return found;
  if (wished === "mongo") throw new StackError(`there is ${found.missing}`);
  return undefined;
}

/** The broker that EVENTS_URL names is used, else one of our own if this machine has one. */
async function chooseNats(): Promise<NatsSource | undefined> {
  if (process.env.EVENTS_URL) return undefined;
  const found = await findNats(process.env);
  return "missing" in found ? undefined : found;
}

function readArguments(): Arguments {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    options: { mongo: flag, postgres: flag, reset: flag, port: text, "port-base": text, data: text, seed: text },
  });
  const { mongo, postgres, data } = values;
  const firstPort = numberOf("port-base", values["port-base"] ?? values.port ?? `${USUAL_PORT}`, HIGHEST_PORT);
  const seed = values.seed === undefined ? 0 : numberOf("seed", values.seed, SEED_MAX);
  if (mongo && postgres) throw new StackError("--mongo and --postgres exclude each other");
  const store = mongo ? "mongo" : postgres ? "postgres" : undefined;
  return { dataFolder: resolve(data ?? DATA_FOLDER), firstPort, store, isReset: values.reset ?? false, seed };
}

function numberOf(option: string, text: string, max: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw new StackError(`--${option} must be a number from 1 to ${max}`);
}

function shown(dataFolder: string): string {
  return `${relative(process.cwd(), dataFolder) || "."}/`;
}

function welcome({ origins, admin, seller, postgres, mongo, nats, mailFile }: Stack): void {
  const lines = SERVICE_NAMES.map((name) => `  ${name.padEnd(20)} ${origins[name]}   docs ${origins[name]}/docs`);
  const mails = process.env.MAIL_URL === undefined ? relative(process.cwd(), mailFile) : "the server of MAIL_URL";
  const places = mongo
    ? `Users and products are in ${mongo.name}, orders in ${postgres.name}.`
    : `Users, products and orders are in ${postgres.name}.`;
  console.log(`
Tradepost is ready (${elapsed()}). Stop it with Ctrl-C.

${lines.join("\n")}

  admin   ${admin.email.padEnd(20)} ${admin.password}
  seller  ${seller.email.padEnd(20)} ${seller.password}
  Mails go to ${mails}.
  ${places}${nats ? `\n  Events of orders go to the stream TRADEPOST on ${nats.url}.` : ""}

Try it:
  curl '${origins["product-management"]}/products?limit=2'
`);
}

async function shutDown(running: Stack): Promise<void> {
  say("The services finish what they have begun, then the databases end");
  await running.stop();
  say("Stopped");
}

function say(message: string): void {
  view.say(message);
}

function elapsed(): string {
  return `${((performance.now() - startedAt) / 1_000).toFixed(2)} s`;
}

function interrupt(reason: string): void {
  if (interruption.signal.aborted) return;
  say(`${reason}: stopping`);
  interruption.abort(new StackError(reason));
}

function interrupted(): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  if (interruption.signal.aborted) resolve(undefined);
  interruption.signal.addEventListener("abort", () => resolve(undefined));
  return promise;
}
