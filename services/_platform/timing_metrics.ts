import type { Registry } from "prom-client";

/** What a histogram of durations is. */
export interface TimingsOptions {
  readonly name: string;
  readonly help: string;
  /** Upper bounds of the buckets, in seconds, ascending. */
  readonly bucketsS: readonly number[];
}

/** The durations of one kind of thing. */
export interface Timing {
  observe(seconds: number): void;
}

type LabelValues = Readonly<Record<string, string>>;

/** One value of a metric, as a registry of prom-client takes it. */
interface Value {
  readonly metricName: string;
  readonly labels: LabelValues;
  readonly value: number;
}

/**
 * A histogram of prom-client's kind, for what happens with every request: whoever keeps its {@link Timing} adds to it in a few nanoseconds, where
 * `Histogram.observe` looks the labels up each time and takes a hundred times as long.
 */
export class Timings {
  readonly name: string;
  readonly help: string;
  readonly type = "histogram";
  readonly #boundsS: readonly number[];
  readonly #series = new Map<string, Series>();

  constructor({ name, help, bucketsS }: TimingsOptions, registry: Registry) {
    this.name = name;
    this.help = help;
    this.#boundsS = bucketsS;
    // Of a metric, the registry uses the name and get() alone.
    registry.registerMetric(this as never);
  }

  /** The durations with these labels: the same object each time. */
  of(labels: LabelValues): Timing {
    const key = Object.values(labels).join("\n");
    const known = this.#series.get(key);
    if (known) return known;
    const series = new Series(labels, this.#boundsS);
    this.#series.set(key, series);
    return series;
  }

  /** For the registry. */
  async get(): Promise<{ name: string; help: string; type: string; values: Value[] }> {
    const { name, help, type } = this;
    return { name, help, type, values: [...this.#series.values()].flatMap((series) => series.values(name)) };
  }

  /** For the registry: begins at nothing again. */
  reset(): void {
    for (const series of this.#series.values()) series.reset();
  }
}

class Series implements Timing {
  readonly #labels: LabelValues;
  readonly #boundsS: readonly number[];
  /** One more than bounds: what is longer than all. */
  readonly #counts: Float64Array;
  #sumS = 0;

  constructor(labels: LabelValues, boundsS: readonly number[]) {
    this.#labels = labels;
    this.#boundsS = boundsS;
    this.#counts = new Float64Array(boundsS.length + 1);
  }

  observe(seconds: number): void {
    const bounds = this.#boundsS;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sumS += seconds;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#sumS = 0;
  }

  /** Buckets hold what is shorter, too. */
  values(name: string): Value[] {
    let count = 0;
    const buckets = [...this.#counts].map((inBucket, bucket) => {
      count += inBucket;
      const le = String(this.#boundsS[bucket] ?? "+Inf");
      return { metricName: `${name}_bucket`, labels: { le, ...this.#labels }, value: count };
    });
    const labels = this.#labels;
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: this.#sumS },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}
