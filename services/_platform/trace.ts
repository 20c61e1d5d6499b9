/** Where a request is in its trace (W3C Trace Context), known to everything that runs on its behalf. */
import { AsyncLocalStorage } from "node:async_hooks";

/** Facts about a step, by the names of OpenTelemetry. Never a secret, a value that was sent, or a parameter of a statement. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** What a step does. */
export interface Step {
  /** One of few: no id is in it. */
  readonly name: string;
  /** Whether it answers somebody, asks somebody, or neither. */
  readonly kind: "server" | "client" | "internal";
  readonly attributes: Attributes;
}

/** How a step ended. */
export interface Outcome {
  /** What failed it: only its class or code is kept, because messages quote what was sent. */
  readonly error?: unknown;
  readonly attributes?: Attributes;
}

/** A step of a trace. */
export interface Span {
  /** 32 digits. */
  readonly traceId: string;
  /** What is sent to others, so that they go on from here. */
  readonly traceparent: string;
  /** Begins a step inside this one; undefined if the trace is not recorded, and its ids are only passed on. */
  begin(toStep: () => Step): Span | undefined;
  end(outcome?: Outcome): void;
}

const spans = new AsyncLocalStorage<Span | undefined>();

/** The step that the caller runs in, if there is one. */
export function currentSpan(): Span | undefined {
  return spans.getStore();
}

/** Runs work as a part of a step, or of none: for work that others have asked for than whoever happens to start it. */
export function runIn<T>(span: Span | undefined, work: () => T): T {
  return span === spans.getStore() ? work() : spans.run(span, work);
}

/** Of the steps that asked for the same work, the one that it is a part of: a recorded one, if there is one. */
export function chooseSpan(spans: readonly (Span | undefined)[]): Span | undefined {
  return spans.find((span) => span !== undefined && isSampled(span.traceparent)) ?? spans.find((span) => span);
}

/** Runs work as a step of its own, where the trace is recorded; else it is only run. */
export function follow<T>(toStep: () => Step, work: () => Promise<T>): Promise<T> {
  const span = spans.getStore()?.begin(toStep);
  return span === undefined ? work() : runFollowed(span, work);
}

async function runFollowed<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    const result = await spans.run(span, work);
    span.end();
    return result;
  } catch (error) {
    span.end({ error });
    throw error;
  }
}

/** A step of a trace that is not recorded: its ids are passed on, and logged. */
export class RemoteSpan implements Span {
  readonly traceparent: string;

  constructor(traceparent: string) {
    this.traceparent = traceparent;
  }

  get traceId(): string {
    return traceIdOf(this.traceparent);
  }

  begin(): undefined {}

  end(): void {}
}

/** The trace of a `traceparent`: 32 digits. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}

/** The step that a `traceparent` names: 16 digits. */
export function spanIdOf(traceparent: string): string {
  return traceparent.slice(36, 52);
}

/** Whether the sender of a `traceparent` records the trace. */
export function isSampled(traceparent: string): boolean {
  return (Number.parseInt(traceparent.slice(53), 16) & 1) === 1;
}

/** What an error is known by: the code of a problem, of a database or of a socket, else its class. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = "code" in error ? error.code : undefined;
  return typeof code === "string" || typeof code === "number" ? String(code) : error.name;
}
