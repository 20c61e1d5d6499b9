/** What a client of a database tells about itself. */
import { type Attributes, follow, type Step } from "./trace.ts";

/** One kind of call, by what is known of it before it runs: never a parameter. The same object each time: it is looked up by that. */
export interface DatabaseCall {
  readonly system: "postgresql" | "mongodb";
  /** `SELECT`, `findOneAndUpdate`, `transaction`. */
  readonly operation: string;
  /** The table or collection, where there is one. */
  readonly target?: string | undefined;
  /** The statement, with `$1` where parameters go. */
  readonly text?: string | undefined;
}

/** Which connections. */
export interface PoolName {
  readonly system: DatabaseCall["system"];
  /** What they are for. */
  readonly pool: string;
}

/** Connections of a pool, or turns, where the driver keeps the connections to itself. */
export interface PoolFigures {
  readonly used: number;
  readonly idle: number;
  readonly max: number;
  /** Calls that wait for one. */
  readonly waiting: number;
}

/** Told what a client of a database does. */
export interface DatabaseWatch {
  /** Registers a pool, to be asked when somebody looks. */
  watchPool(name: PoolName, figures: () => PoolFigures): void;
  /** A call ended. */
  recordCall(call: DatabaseCall, durationMs: number, error: unknown): void;
  /** A transaction lost against others, and runs again. */
  recordRetry(call: DatabaseCall): void;
}

/** The transaction of an engine. */
export function transactionOf(system: DatabaseCall["system"]): DatabaseCall {
  return { system, operation: "transaction" };
}

/**
 * A call as a step of a trace.
 *
 * @see {@link https://opentelemetry.io/docs/specs/semconv/database/database-spans/ | Semantic conventions for database spans}
 */
export function stepOf({ system, operation, target, text }: DatabaseCall): Step {
  const attributes: Attributes = {
    "db.system.name": system,
    "db.operation.name": operation,
    ...(target !== undefined && { "db.collection.name": target }),
    ...(text !== undefined && { "db.query.text": text }),
  };
  return { name: target === undefined ? operation : `${operation} ${target}`, kind: "client", attributes };
}

/** A call to a database while it runs. */
export interface WatchedCall<T> {
  readonly call: DatabaseCall;
  readonly watch: DatabaseWatch | undefined;
  /** @param startedAt By `performance.now()`, from when its deadline counts. */
  readonly work: (startedAt: number) => Promise<T>;
}

/** Runs a call as a step of the trace that it belongs to, and tells how it ended. */
export async function runWatched<T>({ call, watch, work }: WatchedCall<T>): Promise<T> {
  const startedAt = performance.now();
  let fault: unknown;
  try {
    return await follow(
      () => stepOf(call),
      () => work(startedAt),
    );
  } catch (error) {
    fault = error;
    throw error;
  } finally {
    watch?.recordCall(call, performance.now() - startedAt, fault);
  }
}
