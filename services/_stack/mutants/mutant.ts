/** A bug that is planted, to see that some test catches it. */
export interface Mutant {
  /** What is wrong with it. */
  readonly name: string;
  /** Of the source, from the root. */
  readonly file: string;
  /** What is written there in place of what; each must be there exactly once, or the source has changed since. */
  readonly edits: readonly Edit[];
  /** Test files that should catch it, the cheapest first; from the root. */
  readonly checks: readonly string[];
}

export interface Edit {
  readonly search: string;
  readonly replace: string;
}

/**
 * Plants a bug in a source.
 *
 * @throws {Error} if a place is not there, or there more than once.
 */
export function plant(source: string, { name, file, edits }: Pick<Mutant, "name" | "file" | "edits">): string {
  let planted = source;
  for (const { search, replace } of edits) {
    const count = planted.split(search).length - 1;
    if (count !== 1) throw new Error(`"${name}" does not fit ${file} any more: ${count} places have ${search}`);
    planted = planted.replace(search, () => replace);
  }
  return planted;
}
