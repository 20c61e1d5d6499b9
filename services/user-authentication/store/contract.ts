/** What every adapter promises: a test file of an adapter calls `testStore` with its real engine. */
import { setDefaultTimeout } from "bun:test";
import { testAudit } from "./audit_contract.ts";
import { testIdempotency } from "./idempotency_contract.ts";
import { testMailTokens } from "./mail_tokens_contract.ts";
import type { OpenReplicas, Replicas } from "./replicas_fixture.ts";
import { testSessions } from "./sessions_contract.ts";
import { testSigningKeys } from "./signing_keys_contract.ts";
import { testThrottle } from "./throttle_contract.ts";
import { testUsers } from "./users_contract.ts";

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
