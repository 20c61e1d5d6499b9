import type { Exposition } from "./exposition.ts";
import type { Expression, Recording } from "./expressions.ts";
import { type Matcher, readNames } from "./promql.ts";

/** What names may refer to. */
export interface Known {
  /** What the services expose. */
  readonly exposition: Exposition;
  readonly recordings: readonly Recording[];
  /** Names of the scraper's jobs. */
  readonly jobs: readonly string[];
  /** Values that need not have occurred, by label. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** The scraper adds these to every series. */
const TARGET_LABELS = ["instance", "job"];
/** Labels whose values are a short list; others have any. */
const LISTED = ["operation", "code", "queue", "outcome", "kind", "job", "db_client_connection_state", "error_type"];

/** What an expression names that is not there, one line for each fault. */
export function checkNames({ where, text }: Expression, known: Known): string[] {
  const { selectors, labels } = readNames(text);
  const has = (metric: string, label: string): boolean => labelsOf(metric, known)?.includes(label) ?? true;
  const unknownMetrics = selectors.filter(({ metric }) => labelsOf(metric, known) === undefined);
  const unknownMatchers = selectors.flatMap(({ metric, matchers }) =>
    matchers.filter(({ label }) => !has(metric, label)).map(({ label }) => `${metric} has no label ${label}`),
  );
  const unknownLabels = labels.filter((label) => !selectors.some(({ metric }) => has(metric, label)));
  const unknownValues = selectors.flatMap(({ metric, matchers }) =>
    matchers.flatMap((matcher) =>
      missingValues(metric, matcher, known).map((value) => `${metric} has no ${matcher.label} "${value}"`),
    ),
  );
  return [
    ...unknownMetrics.map(({ metric }) => `there is no metric ${metric}`),
    ...unknownMatchers,
    ...unknownLabels.map((label) => `no metric of it has a label ${label}`),
    ...unknownValues,
  ].map((fault) => `${where}: ${fault}`);
}

/** The labels that a metric has; undefined if there is no such metric. */
function labelsOf(metric: string, { exposition, recordings }: Known): string[] | undefined {
  if (metric === "up") return TARGET_LABELS;
  const recording = recordings.find(({ record }) => record === metric);
  if (recording) return [...readNames(recording.expr).labels];
  const labels = exposition.get(metric);
  return labels && [...Object.keys(labels), ...TARGET_LABELS];
}

function missingValues(metric: string, { label, operator, value }: Matcher, known: Known): string[] {
  if (!LISTED.includes(label) || value.startsWith("$")) return [];
  const seen = exposedValues(metric, label, known.exposition);
  const there = label === "job" ? known.jobs : [...seen, ...(known.values[label] ?? [])];
  const wanted = operator.endsWith("~") ? value.split("|") : [value];
  return wanted.filter((each) => !there.includes(each));
}

function exposedValues(metric: string, label: string, exposition: Exposition): readonly string[] {
  return [...(exposition.get(metric)?.[label] ?? [])];
}
