/** One fault under load: what happened, how long it took to recover, and what the invariants say. */
import type { History } from "../history/entry.ts";
import { type Load, startLoad } from "../history/load.ts";
import { Recorder } from "../history/recorder.ts";
import type { Sessions } from "../history/sessions.ts";
import { type Accounts, openShop } from "../history/shop.ts";
import { checkAll, type Invariant } from "../invariants/check_all.ts";
import type { Violations } from "../invariants/evidence.ts";
import { type Databases, readState, waitForQuiet } from "../invariants/read_state.ts";
import { SERVICE_NAMES } from "../service_names.ts";
import type { Stack } from "../stack.ts";
import type { Fault, Victim } from "./fault.ts";

/** Where it happens, to whom, and where it is written down. */
export interface Scene {
  readonly victim: Victim;
  readonly databases: Databases;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly sessionRecorder: Recorder;
}

/** What came of it. */
export interface Ordeal {
  readonly fault: Fault["name"];
  readonly engine: Victim["engine"];
  readonly operations: number;
  readonly unknowns: number;
  /** From the end of the fault until an order was confirmed and a product edited again; undefined if that never happened. */
  readonly recoveryMs: number | undefined;
  /** From the end of the load until the background had nothing left to do. */
  readonly quietMs: number | undefined;
  readonly violations: Readonly<Record<Invariant, Violations>>;
  /** Of the driver's own looks: services that are not ready, a system that does not recover. */
  readonly faults: readonly string[];
}

const BEFORE_MS = 1_500;
const AFTER_MS = 2_500;
const RECOVERS_WITHIN_MS = 60_000;
const QUIET_WITHIN_MS = 60_000;
const POLL_MS = 50;
const LAST_CALLS = 300;

/** Lets people in, lets it happen, and looks at what is left. */
export async function undergo(fault: Fault, scene: Scene): Promise<Ordeal> {
  const { victim, databases, accounts, sessions, sessionRecorder } = scene;
  const { stack, engine, seed } = victim;
  await fault.prepare?.(victim);
  const recorder = new Recorder();
  const shop = await openShop(stack, accounts, recorder);
  const load = startLoad({ shop, recorder, sessions, seed });
  const recoveryMs = await strikeUnder(load, fault, victim);
  await fault.restore?.(victim);
  const quietMs = await waitForQuiet(databases, QUIET_WITHIN_MS);
  const state = await readState(databases, load.history);
  const violations = checkAll({ history: load.history, sessions: sessionRecorder.history, state });
  const recovered = recoveryMs === undefined ? [notServed(load.history)] : [];
  const quiet = quietMs === undefined ? [`something is undone after ${QUIET_WITHIN_MS / 1_000} s of quiet`] : [];
  return {
    fault: fault.name,
    engine,
    operations: load.history.length,
    unknowns: load.history.filter(({ outcome }) => outcome === "unknown").length,
    recoveryMs,
    quietMs,
    violations,
    faults: [...recovered, ...quiet, ...(await unready(stack))],
  };
}

/** @returns after how long the load was served again. The load ends with it, even if the fault cannot be mended: nobody buys for ever. */
async function strikeUnder(load: Load, fault: Fault, victim: Victim): Promise<number | undefined> {
  try {
    await Bun.sleep(BEFORE_MS);
    await fault.strike(victim);
    const recoveryMs = await waitForRecovery(load.history);
    await Bun.sleep(AFTER_MS);
    return recoveryMs;
  } finally {
    await load.stop();
  }
}

/** Until an order was confirmed and a product edited by calls that began after the fault was over. */
async function waitForRecovery(history: History): Promise<number | undefined> {
  const overMs = performance.now();
  let next = history.length;
  const wanted = new Set(["place order", "edit product"]);
  while (performance.now() - overMs < RECOVERS_WITHIN_MS) {
    for (; next < history.length; next++) {
      const entry = history[next];
      const isConfirmed = entry?.kind !== "place order" || (entry.outcome === "ok" && entry.answer.status201);
      if (entry?.outcome === "ok" && entry.invokedMs > overMs && isConfirmed) wanted.delete(entry.kind);
      if (wanted.size === 0) return (entry?.returnedMs ?? overMs) - overMs;
    }
    await Bun.sleep(POLL_MS);
  }
  return undefined;
}

/** What those who were not served were told in the end. */
function notServed(history: History): string {
  const asked = history.slice(-LAST_CALLS).filter(({ kind }) => kind === "place order" || kind === "edit product");
  const answers = asked.map((entry) => `${entry.kind}: ${"refusal" in entry ? entry.refusal.code : "ok"}`);
  const tally = [...Map.groupBy(answers, (answer) => answer)].map(([answer, all]) => `${all.length} x ${answer}`);
  return `no order or no edit within ${RECOVERS_WITHIN_MS / 1_000} s, but ${tally.join(", ")}`;
}

/** Services that don't say that they can serve. */
async function unready({ origins }: Stack): Promise<string[]> {
  const looks = SERVICE_NAMES.map(async (name) => {
    const reply = await fetch(`${origins[name]}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    await reply?.body?.cancel();
    return reply?.ok ? [] : [`${name} is not ready`];
  });
  return (await Promise.all(looks)).flat();
}
