import { afterEach, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { type Backup, backUp, type StoreUrls } from "../_deployment/backup.ts";
import { restore } from "../_deployment/restore.ts";
import { databaseOf } from "./databases.ts";
import { findMongo } from "./engines/mongo.ts";
import type { MongoSource } from "./engines/mongo_source.ts";
import type { Entry, History } from "./history/entry.ts";
import { startLoad } from "./history/load.ts";
import { Recorder } from "./history/recorder.ts";
import { Sessions } from "./history/sessions.ts";
import { openAccounts, openShop, signIn } from "./history/shop.ts";
import { checkAll, INVARIANTS } from "./invariants/check_all.ts";
import { openDatabases, readState, waitForQuiet } from "./invariants/read_state.ts";
import { randomSecret } from "./secrets.ts";
import { SERVICE_NAMES } from "./service_names.ts";
import { createTestFolder, describeWithMongo } from "./setup.ts";
import type { Stack } from "./stack.ts";
import { startTestStack } from "./test_stack.ts";

const WITHIN_MS = 180_000;
const QUIET_WITHIN_MS = 60_000;
const ORDERS_BEFORE = 10;
const AFTER_MS = 700;
/** What the keys of tokens are sealed with is no part of a backup. An order that nobody went on with is given up soon. */
const ENVIRONMENT = {
  KEYS_SECRET: randomSecret(),
  PENDING_LIMIT_MS: "5000",
  LEASE_MS: "2000",
  COMMAND_LIFE_MS: "4000",
};

const stacks: Stack[] = [];
afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.stop();
}, 60_000);

async function start(mongo: MongoSource | undefined): Promise<Stack> {
  const stack = await startTestStack({ environment: ENVIRONMENT, ...(mongo && { mongo }) });
  stacks.push(stack);
  return stack;
}

/** Orders as the superuser, who sees what the checks have kept aside too. */
function urlsOf({ storeUrls, postgres }: Stack): StoreUrls {
  return { ...storeUrls, "order-processing": postgres.databaseUrl(databaseOf("order-processing")) };
}

async function stopServices({ services }: Stack): Promise<void> {
  await Promise.all(SERVICE_NAMES.map((name) => services[name].stop()));
}

async function startServices({ services }: Stack): Promise<void> {
  await Promise.all(SERVICE_NAMES.map((name) => services[name].restart()));
}

/** Of what was called, all that a copy has to have: what ran while it was made may be in it or not. */
function until(history: History, [fromMs, toMs]: readonly [number, number]): History {
  return history
    .filter(({ invokedMs }) => invokedMs < toMs)
    .map((entry) => (entry.returnedMs < fromMs ? entry : asUnknown(entry)));
}

function asUnknown({ outcome: _, ...entry }: Entry): Entry {
  const refusal = { status: undefined, code: "cut by the backup", reply: "" };
  return { ...entry, outcome: "unknown", refusal, answer: undefined } as unknown as Entry; // the kind and its input stay together
}

async function testBackup(mongo: MongoSource | undefined): Promise<void> {
  const first = await start(mongo);
  const accounts = await openAccounts(first);
  const [recorder, sessionRecorder] = [new Recorder(), new Recorder()];
  const [login = accounts.seller] = accounts.customers;
  const sessions = new Sessions({ origins: first.origins, login, recorder: sessionRecorder });
  const before = await openDatabases(first);
  const shop = await openShop(first, accounts, recorder);
  const folder = createTestFolder();

  const load = startLoad({ shop, recorder, sessions, seed: 7 });
  const ordered = (calls: History): number =>
    calls.filter(({ kind, outcome }) => kind === "place order" && outcome === "ok").length;
  while (ordered(load.history) < ORDERS_BEFORE) await Bun.sleep(50);
  const fromMs = performance.now();
  const { manifest, heldMs }: Backup = await backUp(urlsOf(first), folder);
  const toMs = performance.now();
  await Bun.sleep(AFTER_MS);
  await load.stop();
  expect(heldMs).toBeLessThan(2_000);
  expect(await waitForQuiet(before, QUIET_WITHIN_MS)).toBeDefined();
  await stacks.pop()?.stop();

  const second = await start(mongo);
  const databases = await openDatabases(second);
  await stopServices(second);
  await expect(restore(urlsOf(second), { folder, replace: false })).rejects.toThrow("--replace");
  await restore(urlsOf(second), { folder, replace: true });
  await startServices(second);
  expect(await waitForQuiet(databases, QUIET_WITHIN_MS)).toBeDefined();

  const history = until(load.history, [fromMs, toMs]);
  const violations = checkAll({ history, sessions: [], state: await readState(databases, history) });
  expect(INVARIANTS.flatMap((invariant) => violations[invariant].map((it) => `${invariant}: ${it}`))).toEqual([]);
  expect(ordered(history)).toBeGreaterThanOrEqual(ORDERS_BEFORE);
  await signIn(second, accounts.seller);

  const [damaged] = manifest.databases["order-processing"]?.tables ?? [];
  appendFileSync(join(folder, damaged?.file.path ?? ""), "x");
  await expect(restore(urlsOf(second), { folder, replace: true })).rejects.toThrow("is not what was written");
}

test("a backup under load, restored into new databases, keeps every invariant", () => testBackup(undefined), WITHIN_MS);

describeWithMongo("with users and products in MongoDB", () => {
  test(
    "a backup under load, restored into new databases, keeps every invariant",
    async () => {
      const mongo = await findMongo({ environment: process.env, install: true });
      if ("missing" in mongo) throw new Error(`There is ${mongo.missing}`);
      await testBackup(mongo);
    },
    WITHIN_MS,
  );
});
