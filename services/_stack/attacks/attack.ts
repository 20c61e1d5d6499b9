import type { World } from "./world.ts";

/** One thing that somebody of ill will tries. */
export interface Attack {
  readonly name: string;
  /** What must be seen; an outcome that is anything else has got through. */
  readonly expected: string | RegExp;
  /** Tries it, and says in a few words what was seen. */
  run(world: World): Promise<string>;
}

/** Attacks of one kind. */
export interface AttackGroup {
  readonly group: string;
  readonly attacks: readonly Attack[];
  /** They never get as far as a database: with one engine is as good as with each. */
  readonly isOfConnections?: boolean;
}

/** What became of an attack. */
export interface Outcome {
  readonly group: string;
  readonly attack: Attack;
  readonly seen: string;
  readonly refused: boolean;
}

/** An attack in one line. */
export function attack(name: string, expected: string | RegExp, run: Attack["run"]): Attack {
  return { name, expected, run };
}

/** Tries an attack; one that can't be tried has not been refused. */
export async function tryAttack(group: string, attack: Attack, world: World): Promise<Outcome> {
  const seen = await attack.run(world).catch((error: unknown) => `could not be tried: ${error}`);
  const { expected } = attack;
  const refused = typeof expected === "string" ? seen === expected : expected.test(seen);
  return { group, attack, seen, refused };
}

/** The different outcomes of many tries, in order of the alphabet: for attacks that must all end alike. */
export function distinct(seen: readonly string[]): string {
  return [...new Set(seen)].sort().join(", ");
}
