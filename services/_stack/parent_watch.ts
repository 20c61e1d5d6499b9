import { identify, isRunning } from "./processes.ts";

const POLL_MS = 250;

/** Calls back once when the process that started us has ended, which may happen without a word to us. */
export function onParentEnd(callback: () => void): void {
  const parent = { pid: process.ppid, identity: identify(process.ppid) ?? "" };
  const timer = setInterval(() => {
    if (isRunning(parent)) return;
    clearInterval(timer);
    callback();
  }, POLL_MS);
  timer.unref();
}
