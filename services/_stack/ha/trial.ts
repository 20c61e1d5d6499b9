/** One blow under load: what clients saw, how long it took, and what the invariants say. */
import { type LoadReport, startLoad } from "../deployed/load.ts";
import type { Fault } from "../faults/fault.ts";
import { type Ordeal, type Scene, undergo } from "../faults/ordeal.ts";
import type { Blow } from "./blows.ts";

/** What came of it. */
export interface Trial {
  readonly ordeal: Ordeal;
  /** Of clients that send refused connections again and nothing else. */
  readonly load: LoadReport;
  /** From the blow until an order was confirmed and a product edited; undefined if that never happened. */
  readonly servedAfterMs: number | undefined;
  /** From the blow until everything that was ended ran again. */
  readonly mendedAfterMs: number;
  /** What should not have been, beside broken invariants. */
  readonly faults: readonly string[];
}

const BEFORE_MS = 1_000;
const AFTER_MS = 500;
const SHOWN_MAX = 3;

/** Lets two kinds of people in, strikes, and looks at what is left. */
export async function tryBlow(blow: Blow, scene: Scene): Promise<Trial> {
  const { stack, engine } = scene.victim;
  const clients = await startLoad(stack.origins);
  let struckAt = 0;
  let mending: Promise<number> = Promise.resolve(0);
  let load: LoadReport | undefined;
  const fault: Fault = {
    name: blow.name,
    engines: [engine],
    async strike() {
      await Bun.sleep(BEFORE_MS);
      struckAt = performance.now();
      const mend = await blow.strike(stack);
      mending = mend().then(() => performance.now() - struckAt);
      mending.catch(() => {}); // told below
    },
    async restore() {
      await mending;
      await Bun.sleep(AFTER_MS);
      load = await clients.stop();
    },
  };
  try {
    const ordeal = await undergo(fault, scene);
    const mendedAfterMs = await mending;
    load ??= await clients.stop();
    const servedAfterMs = ordeal.recoveryMs;
    return {
      ordeal,
      load,
      servedAfterMs,
      mendedAfterMs,
      faults: [...ordeal.faults, ...faultsOf(blow, { load, servedAfterMs })],
    };
  } finally {
    await clients.stop();
  }
}

/** What a blow should not have done, as far as clients saw it. */
export function faultsOf(
  blow: Pick<Blow, "isUnfelt" | "servesWithinMs">,
  { load, servedAfterMs = Infinity }: Pick<Trial, "load" | "servedAfterMs">,
): string[] {
  const faults: string[] = [];
  if (blow.isUnfelt && load.failures.length > 0) {
    faults.push(
      `${load.failures.length} requests failed: ${[...new Set(load.failures)].slice(0, SHOWN_MAX).join("; ")}`,
    );
  }
  if (servedAfterMs > blow.servesWithinMs) faults.push(`it did not serve within ${blow.servesWithinMs / 1_000} s`);
  return faults;
}
