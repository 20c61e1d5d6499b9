/** The labels of a metric and the values each has been seen with. */
export type Labels = Readonly<Record<string, ReadonlySet<string>>>;

/** The samples of some processes, by metric. */
export type Exposition = ReadonlyMap<string, Labels>;

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Reads what processes answered to `/metrics`, in Prometheus' text format. */
export function readExposition(texts: readonly string[]): Exposition {
  const metrics = new Map<string, Record<string, Set<string>>>();
  for (const line of texts.flatMap((text) => text.split("\n"))) {
    const [, name, labels = ""] = SAMPLE.exec(line) ?? [];
    if (name === undefined) continue;
    const known = metrics.get(name) ?? {};
    metrics.set(name, known);
    for (const [, label = "", value = ""] of labels.matchAll(LABEL)) {
      known[label] ??= new Set();
      known[label].add(value);
    }
  }
  return metrics;
}

/** How many samples a process answered. */
export function countSamples(text: string): number {
  return text.split("\n").filter((line) => SAMPLE.test(line)).length;
}
