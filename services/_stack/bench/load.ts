/** A bounded load on one URL. */
export interface Load {
  readonly url: string;
  /** The options of each request, or a function of its number. */
  readonly init?: RequestInit | ((index: number) => RequestInit);
  /** Requests in all. */
  readonly requests: number;
  /** Requests at once. */
  readonly concurrency: number;
}

/** What a load found. */
export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Latencies in milliseconds, in ascending order. */
  readonly latenciesMs: Float64Array;
}

/** Sends the requests and waits for every answer. @throws at the first answer that is not a success. */
export async function drive({ url, init, requests, concurrency }: Load): Promise<LoadResult> {
  const latenciesMs = new Float64Array(requests);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < requests; index = next++) {
      const sentMs = performance.now();
      const response = await fetch(url, typeof init === "function" ? init(index) : init);
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${url} answered ${response.status}`);
      latenciesMs[index] = performance.now() - sentMs;
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const seconds = (performance.now() - startedMs) / 1000;
  return { requestsPerSecond: requests / seconds, latenciesMs: latenciesMs.sort() };
}

/** The value below which a share of the sorted values lies. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const index = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return sorted[index] ?? Number.NaN;
}

/** The middle one of some values. */
export function median(values: readonly number[]): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}
