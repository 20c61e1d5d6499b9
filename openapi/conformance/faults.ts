/** The statuses that only a fault brings about: a healthy deployment never shows them, so tests of the services do. */
import type { OperationId } from "#contract";
import { OPERATIONS } from "./document.ts";

/** Where a status is provoked that the conformance tests can't see. */
export interface FaultTest {
  readonly operations: readonly OperationId[];
  readonly status: number;
  /** From the root of the repository. */
  readonly file: string;
  /** The name of the test, as it stands in the file. */
  readonly test: string;
}

/** The system with its database killed or a service frozen; its table of calls does not compile without every operation. */
const AWAY = "services/_stack/unavailable_test.ts";

export const FAULT_TESTS: readonly FaultTest[] = [
  {
    operations: OPERATIONS.filter(({ responses }) => responses.has(503)).map(({ id }) => id),
    status: 503,
    file: AWAY,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the name of the test in its file
    test: "${id} answers 503 with Retry-After",
  },
  {
    operations: ["createOrder"],
    status: 202,
    file: AWAY,
    test: "createOrder answers 202 with the pending order, which is confirmed when it goes on",
  },
];
