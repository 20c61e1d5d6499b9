import type { Answer } from "./http.ts";

/** What a stranger sees of an answer, without what differs between any two. */
export function faceOf({ status, text, headers }: Answer): string {
  const names = [...headers].filter(([name]) => !["date", "x-request-id", "ratelimit"].includes(name));
  return JSON.stringify([status, text, names]);
}

/** The share of pairs in which the first sample is larger: 0.5 if nobody can tell them apart (Mann–Whitney). */
export function shareLarger(first: readonly number[], second: readonly number[]): number {
  const larger = first.flatMap((a) => second.map((b): number => (a > b ? 1 : a === b ? 0.5 : 0)));
  return larger.reduce((sum, it) => sum + it, 0) / larger.length;
}

/** How long something takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
