/** Chance that can be had again: the same seed gives the same values. */
export interface Random {
  /** From 0 up to, and without, 1. */
  next(): number;
  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number;
  /** True so often. */
  chance(share: number): boolean;
  /** One of several. @throws {RangeError} if there is none. */
  pick<Value>(values: readonly Value[]): Value;
  /** Another sequence, of its own for each name. */
  fork(name: string): Random;
}

/** Starts a sequence (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (share) => next() < share,
    pick(values) {
      if (values.length === 0) throw new RangeError("There is nothing to pick from");
      return values[below(values.length)]!; // within the length
    },
    fork: (name) => createRandom(Number(Bun.hash.xxHash32(name, seed >>> 0))),
  };
}
