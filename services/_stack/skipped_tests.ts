import { SERVICE_NAMES } from "./service_names.ts";
import { StackError } from "./stack_error.ts";

/** As much of Playwright's JSON report as tells what was skipped. */
interface Suite {
  readonly suites?: readonly Suite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly tests: readonly { readonly status: string; readonly annotations: readonly Annotation[] }[];
  }[];
}
interface Annotation {
  readonly type: string;
  readonly description?: string;
}

/**
 * The setting of a deployment's origins, of what was given on the command line: one URL for all services, or `name=URL` for each.
 *
 * @returns undefined if nothing was given.
 * @throws {StackError} if it is neither.
 */
export function readBaseUrls(given: readonly string[]): string | undefined {
  const [first] = given;
  if (first === undefined) return undefined;
  if (given.length === 1 && !isNamed(first)) return first;
  const wrong = given.find((each) => !isNamed(each));
  if (wrong !== undefined) throw new StackError(`--base-url takes one URL, or NAME=URL for each service: not ${wrong}`);
  return JSON.stringify(Object.fromEntries(given.map((each) => each.split(/=(.*)/s).slice(0, 2))));
}

function isNamed(text: string): boolean {
  return SERVICE_NAMES.some((name) => text.startsWith(`${name}=`));
}

/** What was skipped, by the reason: a line for each reason, and one for each test under it. */
export function toSkippedLines(json: string): readonly string[] {
  const report: Suite = JSON.parse(json);
  const byReason = Map.groupBy(skippedIn(report), ({ reason }) => reason);
  return [...byReason].flatMap(([reason, tests]) => [
    `\nSkipped, ${reason}: ${tests.length}`,
    ...tests.map(({ title }) => `  ${title}`),
  ]);
}

function skippedIn({ suites = [], specs = [] }: Suite): readonly { title: string; reason: string }[] {
  const own = specs.flatMap(({ title, tests }) =>
    tests.flatMap(({ status, annotations }) => {
      if (status !== "skipped") return [];
      const reason = annotations.find(({ type }) => type === "skip")?.description;
      return [{ title, reason: reason ?? "for no reason that it tells" }];
    }),
  );
  return [...own, ...suites.flatMap(skippedIn)];
}
