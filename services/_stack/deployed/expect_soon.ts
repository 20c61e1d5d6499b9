import { StackError } from "../stack_error.ts";

const POLL_MS = 500;

/** Looks until nothing is wrong. @throws {StackError} with what is wrong still, once the time is over. */
export async function expectSoon(faultOf: () => Promise<string | undefined>, withinMs: number): Promise<void> {
  for (const deadline = performance.now() + withinMs; ; await Bun.sleep(POLL_MS)) {
    const fault = await faultOf();
    if (fault === undefined) return;
    if (performance.now() > deadline) throw new StackError(fault);
  }
}
