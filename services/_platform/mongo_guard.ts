import { ClientSession, type Collection, type Document } from "mongodb";
import { type DatabaseCall, stepOf } from "./database_watch.ts";
import { follow } from "./trace.ts";

/** Runs one call to the database under admission and deadline. */
export type Guard = <T>(call: DatabaseCall, work: () => Promise<T>) => Promise<T>;

/**
 * A driver's collection whose every call is guarded, so that no store can forget to. A call that is given a `session` is not guarded again:
 * its transaction is.
 */
export type GuardedCollection<T extends Document> = Omit<
  Collection<T>,
  "watch" | "initializeOrderedBulkOp" | "initializeUnorderedBulkOp"
>;

type CursorGuard = <T>(work: () => Promise<T>) => Promise<T>;
type Method = (...args: unknown[]) => unknown;

/** Methods of a collection that answer a cursor at once. */
const CURSOR_METHODS = new Set<PropertyKey>(["find", "aggregate", "listIndexes"]);
/** Methods of a cursor that ask the server. */
const FETCHING_METHODS = new Set<PropertyKey>(["toArray", "next", "tryNext", "hasNext", "forEach", "explain"]);

/** Wraps a collection; see {@link GuardedCollection}. */
export function guardCollection<T extends Document>(collection: Collection<T>, guard: Guard): GuardedCollection<T> {
  const calls = new Map<PropertyKey, DatabaseCall>();
  const callOf = (key: PropertyKey): DatabaseCall => {
    const call = { system: "mongodb", operation: String(key), target: collection.collectionName } as const;
    calls.set(key, call);
    return call;
  };
  return new Proxy(collection, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      const call = calls.get(key) ?? callOf(key);
      return (...args: unknown[]) => {
        const around = args.some(hasSession) ? followed : guard;
        if (!CURSOR_METHODS.has(key)) return around(call, async () => value.apply(target, args));
        return guardCursor(value.apply(target, args), (work) => around(call, work));
      };
    },
  });
}

function guardCursor(cursor: object, guard: CursorGuard): object {
  const guarded: object = new Proxy(cursor, {
    get(target, key) {
      if (key === Symbol.asyncIterator) return () => iterate(target, guard);
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      // Every function of a driver's class takes the cursor as `this`.
      const method = (value as Method).bind(target);
      if (FETCHING_METHODS.has(key)) return (...args: unknown[]) => guard(async () => method(...args));
      return (...args: unknown[]) => {
        const result = method(...args);
        return result === target ? guarded : result;
      };
    },
  });
  return guarded;
}

async function* iterate(cursor: object, guard: CursorGuard): AsyncGenerator<unknown> {
  // CURSOR_METHODS names the methods that answer one of the driver's cursors; all have these two.
  const { next, close } = cursor as { next(): Promise<unknown>; close(): Promise<void> };
  try {
    for (;;) {
      const document = await guard(() => next.call(cursor));
      if (document === null) return;
      yield document;
    }
  } finally {
    await close.call(cursor);
  }
}

/** A part of a transaction, which is guarded as a whole. */
function followed<T>(call: DatabaseCall, work: () => Promise<T>): Promise<T> {
  return follow(() => stepOf(call), work);
}

function hasSession(argument: unknown): boolean {
  return argument instanceof Object && "session" in argument && argument.session instanceof ClientSession;
}
