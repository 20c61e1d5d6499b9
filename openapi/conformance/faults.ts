/** The statuses that only a fault brings about: a healthy deployment never shows them, so tests of the services do. */
import type { OperationId } from "#contract";

/** Where a status is provoked that the conformance tests can't see. */
export interface FaultTest {
  readonly operations: readonly OperationId[];
  readonly status: number;
  /** From the root of the repository. */
  readonly file: string;
  /** The name of the test, as it stands in the file. */
  readonly test: string;
}

export const FAULT_TESTS: readonly FaultTest[] = [];
