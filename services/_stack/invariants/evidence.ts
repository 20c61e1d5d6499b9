/** What the invariants are checked by. */
import type { History } from "../history/entry.ts";
import type { State } from "./state.ts";

/** Everything that is known of a load, once it is over and the system is quiet. */
export interface Evidence {
  readonly history: History;
  /** Of sessions, from the beginning of the run: tokens outlive a load. */
  readonly sessions: History;
  readonly state: State;
}

/** What broke an invariant, one line each, with the ids. */
export type Violations = readonly string[];

/** Looks for what breaks one invariant. */
export type Check = (evidence: Evidence) => Violations;
