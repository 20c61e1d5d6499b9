import type { DatabaseCall } from "./database_watch.ts";
import { stepOf } from "./database_watch.ts";
import { currentSpan, type Span } from "./trace.ts";

type Text = readonly string[];

/** Templates are constants of the program, so each is read once. */
const known = new WeakMap<Text, DatabaseCall>();
const TARGET = /\b(?:from|into|update|join)\s+([a-z_][\w.]*)/i;

/** What a template says: its parameters are not in it. */
export function describeStatement(template: Text): DatabaseCall {
  const before = known.get(template);
  if (before) return before;
  const text = template
    .reduce((whole, part, index) => `${whole}$${index}${part}`)
    .replace(/\s+/g, " ")
    .trim();
  const operation = /^\w+/.exec(text)?.[0].toUpperCase() ?? "statement";
  const call = { system: "postgresql" as const, operation, target: TARGET.exec(text)?.[1], text };
  known.set(template, call);
  return call;
}

/** Lets each statement of a transaction be a step of the trace that is recorded, if one is. */
export function followStatements<Sql extends (...args: never[]) => unknown>(sql: Sql): Sql {
  const span = currentSpan();
  if (span === undefined) return sql;
  return new Proxy(sql, {
    apply(target, self, args: unknown[]) {
      const made: unknown = Reflect.apply(target, self, args);
      const [template] = args;
      if (isTemplate(template) && made instanceof Promise) followStatement(made, span, describeStatement(template));
      return made;
    },
  });
}

function isTemplate(value: unknown): value is Text {
  return Array.isArray(value) && "raw" in value;
}

/** A statement runs once somebody waits for it; one that is a part of another never does. */
function followStatement(statement: Promise<unknown>, parent: Span, call: DatabaseCall): void {
  const wait = statement.then;
  let isRunning = false;
  // biome-ignore lint/suspicious/noThenProperty: the driver itself overrides it to learn that somebody waits
  statement.then = (onFulfilled, onRejected) => {
    if (!isRunning) {
      isRunning = true;
      const span = parent.begin(() => stepOf(call));
      if (span) {
        wait.call(
          statement,
          () => span.end(),
          (error: unknown) => span.end({ error }),
        );
      }
    }
    return wait.call(statement, onFulfilled, onRejected) as never; // the types of `then` can't be said of a method that is kept
  };
}
