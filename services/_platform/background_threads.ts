import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, setPriority } from "node:os";

/** What Bun calls the threads of its pool, which hash passwords and read files. */
const POOL_THREAD = /^Bun Pool/;
const LEAST_PRIORITY = 19;
const THREADS = "/proc/self/task";

/** Cores that may work behind the serving thread; one at least. */
export function spareCores(): number {
  return Math.max(1, availableParallelism() - 1);
}

/**
 * Makes what gives the threads that work behind the serving one the least priority: a core that both want goes to whoever answers requests.
 * The pool starts its threads as they are needed, so it is to be called when work begins, until all are there; then it costs nothing.
 *
 * On Linux alone a thread has a priority of its own; elsewhere this does nothing.
 */
export function createBackgroundThreads(threadsMax = availableParallelism()): () => void {
  const lowered = new Set<string>();
  let isDone = process.platform !== "linux";
  return () => {
    if (isDone) return;
    try {
      for (const id of readdirSync(THREADS)) {
        if (lowered.has(id) || !POOL_THREAD.test(readFileSync(`${THREADS}/${id}/comm`, "utf8"))) continue;
        // On Linux a number that is a thread's means that thread (setpriority(2)).
        setPriority(Number(id), LEAST_PRIORITY);
        lowered.add(id);
      }
      isDone = lowered.size >= threadsMax;
    } catch {
      // A thread that has just ended, or a system that does not allow it: work goes on at the usual priority.
      isDone = lowered.size === 0;
    }
  };
}
