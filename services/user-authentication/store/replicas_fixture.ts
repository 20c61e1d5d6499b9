/** Two replicas over one database, and races between them, for the contract tests of stores. */
import type { Store } from "./mod.ts";

/** Stores of two replicas over one empty database. */
export interface Replicas {
  readonly first: Store;
  readonly second: Store;
  /** Makes every idempotency record older than it may get. */
  ageRecords(): Promise<void>;
}

/** Opens stores that are closed when the suite ends. */
export type OpenReplicas = () => Promise<Replicas>;

/** What a part of the contract is tested on. */
export interface Stores {
  /** Shared with other tests: for those that look at their own accounts only. */
  readonly shared: OpenReplicas;
  /** Of a database of its own. */
  readonly fresh: OpenReplicas;
}

/** Does something many times at once, in turn on both replicas, and waits for all of it. */
export function race<T>({ first, second }: Replicas, times: number, work: (store: Store, at: number) => Promise<T>) {
  return Promise.allSettled(Array.from({ length: times }, (_, at) => work(at % 2 === 0 ? first : second, at)));
}

/** The codes of what was thrown, or `ok`, in order of the alphabet. */
export function outcomesOf(results: readonly PromiseSettledResult<unknown>[]): string[] {
  const outcome = (result: PromiseSettledResult<unknown>): string => {
    if (result.status === "fulfilled") return "ok";
    const { reason } = result;
    return reason instanceof Error && "code" in reason ? String(reason.code) : String(reason?.name);
  };
  return results.map(outcome).sort();
}
