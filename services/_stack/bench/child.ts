import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A server under measurement, in a process of its own. */
export interface Child {
  readonly url: string;
  /** The processor time it has used so far, in microseconds. */
  cpuMicros(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts `bench/server.ts <kind>`, which prints its port and answers each line of its input with its processor time. */
export async function startChild(kind: string, env: Record<string, string> = {}): Promise<Child> {
  const file = new URL("./server.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [file, kind], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...env, NODE_ENV: "production" },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (): Promise<number> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`The ${kind} server ended with exit code ${child.exitCode}`);
    return Number(value);
  };
  const port = await ask();
  return {
    url: `http://127.0.0.1:${port}`,
    async cpuMicros() {
      child.stdin.write("\n");
      return await ask();
    },
    stop: () => end(child),
  };
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.stdin?.end();
  });
}
