/** What every adapter promises: a test file of an adapter calls `testStore` with its real engine. */
import { setDefaultTimeout } from "bun:test";
import { testAudit } from "./audit_contract.ts";
import { testIdempotency } from "./idempotency_contract.ts";
import { testMailTokens } from "./mail_tokens_contract.ts";
import type { Store } from "./mod.ts";
import { testSessions } from "./sessions_contract.ts";
import { testSigningKeys } from "./signing_keys_contract.ts";
import { testThrottle } from "./throttle_contract.ts";
import { testUsers } from "./users_contract.ts";

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

/** The first test waits for the engine to start. */
const TIMEOUT_MS = 60_000;

/** The whole contract. */
export function testStore(fresh: OpenReplicas): void {
  setDefaultTimeout(TIMEOUT_MS);
  let opened: Promise<Replicas> | undefined;
  const shared = (): Promise<Replicas> => {
    opened ??= fresh();
    return opened;
  };
  const parts = [testUsers, testSessions, testThrottle, testSigningKeys, testIdempotency, testAudit, testMailTokens];
  for (const part of parts) part({ shared, fresh });
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
