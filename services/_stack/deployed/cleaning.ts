import { describeFault } from "../stack_error.ts";

/**
 * Runs the work once, however often it is asked for, also by SIGINT and SIGTERM, which then end the process with exit code 1. A failure is
 * told and is an exit code.
 */
export function cleanAtEnd(work: () => Promise<void>): () => Promise<void> {
  let cleaning: Promise<void> | undefined;
  const clean = (): Promise<void> => {
    cleaning ??= work().catch((error: unknown) => {
      console.error(`✗ ${describeFault(error)}`);
      process.exitCode = 1;
    });
    return cleaning;
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => void clean().finally(() => process.exit(1)));
  }
  return clean;
}
