/** People use a deployed system while something happens to it; then the invariants are checked. */
import { startLoad } from "../history/load.ts";
import { Recorder } from "../history/recorder.ts";
import { Sessions } from "../history/sessions.ts";
import { openAccounts, openShop } from "../history/shop.ts";
import { checkAll, INVARIANTS } from "../invariants/check_all.ts";
import { keepEvents } from "../invariants/read_orders.ts";
import { type Databases, readState, waitForQuiet } from "../invariants/read_state.ts";
import { StackError } from "../stack_error.ts";
import type { Deployed } from "./conformance.ts";

/** A system, and how to look into its databases. */
export interface Endurer extends Pick<Deployed, "origins" | "admin"> {
  /** Where they are now: an engine that was replaced may be elsewhere. Orders are read as the superuser. */
  findDatabases(): Promise<Databases>;
}

const BEFORE_MS = 2_000;
const AFTER_MS = 5_000;
const QUIET_WITHIN_MS = 90_000;
const SHOWN_MAX = 10;

/** @throws {StackError} if an invariant does not hold afterwards. */
export async function endure(endurer: Endurer, strike: () => Promise<void>): Promise<void> {
  const { origins, admin } = endurer;
  await keepEvents((await endurer.findDatabases()).orders);
  const accounts = await openAccounts({ origins, admin });
  const [recorder, sessionRecorder] = [new Recorder(), new Recorder()];
  const [login = accounts.seller] = accounts.customers;
  const sessions = new Sessions({ origins, login, recorder: sessionRecorder });
  const shop = await openShop({ origins }, accounts, recorder);
  const load = startLoad({ shop, recorder, sessions, seed: Date.now(), buyersEach: 1 });
  try {
    await Bun.sleep(BEFORE_MS);
    await strike();
    await Bun.sleep(AFTER_MS);
  } finally {
    await load.stop();
  }
  const databases = await endurer.findDatabases();
  const quietMs = await waitForQuiet(databases, QUIET_WITHIN_MS);
  const { history } = load;
  const violations = checkAll({
    history,
    sessions: sessionRecorder.history,
    state: await readState(databases, history),
  });
  const told = INVARIANTS.flatMap((invariant) =>
    violations[invariant].map((violation) => `${invariant}: ${violation}`),
  );
  const unknown = history.filter(({ outcome }) => outcome === "unknown").length;
  console.log(
    `   ${history.length} calls, ${unknown} without an answer; ${INVARIANTS.length} invariants, ${told.length} violations`,
  );
  if (quietMs === undefined) throw new StackError(`something is undone after ${QUIET_WITHIN_MS / 1_000} s of quiet`);
  if (told.length > 0) throw new StackError(told.slice(0, SHOWN_MAX).join("\n  "));
}
