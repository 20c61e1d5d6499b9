import { ASSIGNMENT_ATTACKS, OWNERSHIP_ATTACKS, ROLE_ATTACKS } from "./access_attacks.ts";
import { type AttackGroup, type Outcome, tryAttack } from "./attack.ts";
import { GUESSING_ATTACKS } from "./guessing_attacks.ts";
import { INJECTION_ATTACKS, NUMBER_ATTACKS } from "./injection_attacks.ts";
import { BROWSER_ATTACKS, CURSOR_ATTACKS, SECRET_ATTACKS, VERSION_ATTACKS } from "./integrity_attacks.ts";
import { MAIL_ATTACKS } from "./mail_attacks.ts";
import { SESSION_ATTACKS } from "./session_attacks.ts";
import { TOKEN_ATTACKS } from "./token_attacks.ts";
import { LIMIT_ATTACKS, TRAIL_ATTACKS } from "./trail_attacks.ts";
import { EXHAUSTION_ATTACKS, SMUGGLING_ATTACKS } from "./transport_attacks.ts";
import type { World } from "./world.ts";

/** All attacks. What needs things untouched comes before what touches them. */
export const GROUPS: readonly AttackGroup[] = [
  TOKEN_ATTACKS,
  OWNERSHIP_ATTACKS,
  ASSIGNMENT_ATTACKS,
  SESSION_ATTACKS,
  ROLE_ATTACKS,
  INJECTION_ATTACKS,
  NUMBER_ATTACKS,
  VERSION_ATTACKS,
  CURSOR_ATTACKS,
  BROWSER_ATTACKS,
  GUESSING_ATTACKS,
  MAIL_ATTACKS,
  TRAIL_ATTACKS,
  LIMIT_ATTACKS,
  SMUGGLING_ATTACKS,
  EXHAUSTION_ATTACKS,
  SECRET_ATTACKS,
];

/** Which attacks are tried. */
export interface Choice {
  /** The group or the name has one of them; all without a word. */
  readonly words: readonly string[];
  /** Whether those of connections were tried on another engine before. */
  readonly areConnectionsTried: boolean;
}

/** Tries the attacks that are chosen, one after the other. */
export async function runAttacks(world: World, { words, areConnectionsTried }: Choice): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { group, attacks } of GROUPS.filter((it) => !(it.isOfConnections && areConnectionsTried))) {
    const chosen = attacks.filter(
      ({ name }) => words.length === 0 || words.some((it) => `${group}: ${name}`.includes(it)),
    );
    if (chosen.length > 0) await world.renew();
    for (const each of chosen) outcomes.push(await tryAttack(group, each, world));
  }
  return outcomes;
}
