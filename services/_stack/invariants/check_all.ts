/** The invariants of the design, each with what looks for its violations. */
import { checkBalance } from "./balance.ts";
import { checkCounts } from "./counts.ts";
import { checkDurability } from "./durability.ts";
import type { Check, Evidence, Violations } from "./evidence.ts";
import { checkFirstTries } from "./first_try.ts";
import { checkIdempotency } from "./idempotency.ts";
import { checkOrderEvents } from "./order_events.ts";
import { checkOrderProgress } from "./order_progress.ts";
import { checkOrderStock } from "./order_stock.ts";
import { checkProductEdits } from "./product_edits.ts";
import { checkProductVersions } from "./product_versions.ts";
import { checkQuiet } from "./quiet.ts";
import { checkRevocation } from "./revocation.ts";

/** By their numbers in the design. */
export const CHECKS = {
  I1: { says: "edits of a product are linearizable", check: checkProductEdits },
  I2: { says: "an edit makes the next version, a sale none", check: checkProductVersions },
  I3: { says: "counts are never negative", check: checkCounts },
  I4: { says: "counts add up to what was put in, and sold to what was ordered", check: checkBalance },
  I5: { says: "a key has one order and one reply", check: checkIdempotency },
  I6: { says: "confirmed orders have their stock, and no others", check: checkOrderStock },
  I7: { says: "at quiet nothing is pending, held or untold", check: checkQuiet },
  I8: { says: "what was acknowledged is there", check: checkDurability },
  I9: { says: "a status only moves forward", check: checkOrderProgress },
  I10: { says: "every decision has its event, once", check: checkOrderEvents },
  I11: { says: "a session that was ended is not let in again", check: checkRevocation },
  I12: { says: "sales don't make an editor's save fail", check: checkFirstTries },
} as const satisfies Record<string, { readonly says: string; readonly check: Check }>;

export type Invariant = keyof typeof CHECKS;

export const INVARIANTS = Object.keys(CHECKS) as Invariant[]; // the record has exactly these

/** Checks everything. */
export function checkAll(evidence: Evidence): Readonly<Record<Invariant, Violations>> {
  const found = INVARIANTS.map((invariant) => [invariant, CHECKS[invariant].check(evidence)]);
  return Object.fromEntries(found) as Record<Invariant, Violations>; // one for each
}
