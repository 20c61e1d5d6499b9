/** Services that run with what they don't like: too few connections, or another hour. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ServiceName } from "#contract";
import { databaseOf } from "../databases.ts";
import { withPostgres } from "../invariants/read_orders.ts";
import { SERVICE_NAMES } from "../service_names.ts";
import type { Fault, Victim } from "./fault.ts";

/** How long they run so, under load. */
const STRIKE_MS = 4_000;
/** A call to a database ends after 5 s. */
const LOCK_MS = 6_500;
const CLOCK_FILE = join(import.meta.dirname, "shifted_clock.ts");
const HOUR_S = 3_600;

export const SETTINGS: readonly Fault[] = [
  {
    ...faultOf("pool exhausted: one connection, and orders locked", ["mongo", "postgres"], () => {
      return new Map(SERVICE_NAMES.map((name) => [name, { STORE_POOL_MAX: "1" }]));
    }),
    strike: lockOrders,
  },
  {
    // Every token has expired there: nobody is let in, and the background goes on. Recovery is counted from when the clock is right again.
    ...faultOf("clock of order-processing an hour ahead", ["mongo"], () => new Map()),
    async strike(victim) {
      await restartWith(victim, new Map([["order-processing", shiftedClock(HOUR_S)]]));
      await Bun.sleep(STRIKE_MS);
      await restartWith(victim, new Map([["order-processing", {}]]));
    },
  },
  faultOf("clock of order-processing an hour behind", ["mongo"], () => {
    return new Map([["order-processing" as const, shiftedClock(-HOUR_S)]]);
  }),
  faultOf("clock of product-management an hour behind", ["mongo"], () => {
    return new Map([["product-management" as const, shiftedClock(-HOUR_S)]]);
  }),
];

/** The only connection waits for somebody who does not let go, for longer than a call may take. */
async function lockOrders({ stack }: Victim): Promise<void> {
  await withPostgres(stack.postgres.databaseUrl(databaseOf("order-processing")), (sql) =>
    sql.begin(async (held) => {
      await held`LOCK TABLE orders IN ACCESS EXCLUSIVE MODE`;
      await Bun.sleep(LOCK_MS);
    }),
  );
}

type Settings = ReadonlyMap<ServiceName, Readonly<Record<string, string>>>;

function faultOf(name: string, engines: Fault["engines"], settingsOf: () => Settings): Fault {
  return {
    name,
    engines,
    prepare: (victim) => restartWith(victim, settingsOf()),
    strike: () => Bun.sleep(STRIKE_MS),
    restore: (victim) => restartWith(victim, new Map([...settingsOf().keys()].map((service) => [service, {}]))),
  };
}

async function restartWith({ stack, settings }: Victim, changes: Settings): Promise<void> {
  for (const [name, change] of changes) settings.set(name, change);
  await Promise.all([...changes.keys()].map((name) => stack.services[name].restart()));
}

/** libfaketime, where it is installed, lies to the whole process; else a preloaded file lies to its JavaScript. */
export function shiftedClock(seconds: number): Readonly<Record<string, string>> {
  const library = FAKETIME_LIBRARIES.find((path) => existsSync(path));
  if (library !== undefined) {
    return { LD_PRELOAD: library, FAKETIME: `${seconds}`, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
  }
  return { BUN_OPTIONS: `--preload=${CLOCK_FILE}`, SHIFTED_CLOCK_S: String(seconds) };
}

const FAKETIME_LIBRARIES = ["x86_64-linux-gnu", "aarch64-linux-gnu"].flatMap((machine) => [
  `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`,
  `/usr/lib/${machine}/faketime/libfaketime.so.1`,
]);
