import { BSON, type Db, type Document } from "mongodb";

import { duplicateKey } from "./mongo_faults.ts";
import { StartFault } from "./start_fault.ts";

/** Where a database keeps the newest validator of each of its collections. */
const DESIGNS = "designs";

/** What the documents of a collection keep to. */
export interface ValidatorDesign {
  /** A `$jsonSchema` or an expression. */
  readonly validator: Document;
  /** Raised with each change of the validator. */
  readonly version: number;
}

interface StoredDesign {
  readonly _id: string;
  readonly version: number;
  /** Extended JSON: a document may not have names such as `$jsonSchema`. */
  readonly validator: string;
}

/**
 * Gives a collection its validator, unless a newer program has given it one: while an update rolls, or after it was rolled back, an older program
 * that put its own back would refuse what the newer one writes. Any number of programs of any releases may do so at once.
 *
 * @param run Runs one command under its deadline.
 * @throws {StartFault} if the validator was changed and its version was not.
 */
export async function applyValidator(
  db: Db,
  name: string,
  { validator, version }: ValidatorDesign,
  run: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<void> {
  const designs = db.collection<StoredDesign>(DESIGNS);
  const own: StoredDesign = { _id: name, version, validator: BSON.EJSON.stringify(validator) };
  await run(() =>
    designs.replaceOne({ _id: name, version: { $lt: version } }, own, { upsert: true }).catch(ignoreNewer),
  );
  for (let applied: StoredDesign | undefined; ; ) {
    const newest = (await run(() => designs.findOne({ _id: name }))) ?? own;
    // Somebody may have come between: the last command of all is always followed by a look at the newest design.
    if (newest.version === applied?.version) return;
    if (newest.version === version && newest.validator !== own.validator) {
      throw new StartFault(
        `The validator of ${name} differs from the one the database knows as version ${version}: raise its version`,
      );
    }
    await run(() => db.command({ collMod: name, validator: BSON.EJSON.parse(newest.validator) }));
    applied = newest;
  }
}

/** There is one of this version or a newer one. */
function ignoreNewer(error: unknown): void {
  if (!duplicateKey(error)) throw error;
}
