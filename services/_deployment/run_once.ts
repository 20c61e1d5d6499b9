import { StartFault } from "#platform/start_fault.ts";

/** The life of a program that does one thing and ends: exit 0, or one line on stderr and exit 1. */
export async function runOnce(work: () => Promise<void>): Promise<never> {
  try {
    await work();
    process.exit(0);
  } catch (error) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${error instanceof StartFault ? error.message : trace}\n`);
    process.exit(1);
  }
}
