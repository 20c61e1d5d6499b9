/** Which requests are traced, and as what. */
import { isSampled, RemoteSpan, type Span, type Step, spanIdOf, traceIdOf } from "./trace.ts";

/** What keeps the steps of recorded traces and sends them somewhere. */
export interface Tracer {
  /** Begins a trace, or goes on with the one of a sender. */
  begin(step: Step, parent: { traceId: string; spanId: string } | undefined): Span;
  /** Sends what is kept, in a bounded time, and keeps nothing any more. */
  stop(): Promise<void>;
}

/** Which traces are recorded: the samplers of OpenTelemetry. */
export interface Sampling {
  /** Share of the traces that begin here, from 0 to 1. */
  readonly ratio: number;
  /** Whether a sender's decision counts, where there is one. */
  readonly parentBased: boolean;
}

/** Gives each request its place in a trace. */
export interface Tracing {
  /** The place of a request; undefined if it has none: nobody traces here, and nobody sent one. */
  enter(traceparent: string | undefined, toStep: () => Step): Span | undefined;
}

/** A place that nothing but the log asks for, so its id is made when it does. */
export class LoggedSpan implements Span {
  #traceId: string | undefined;

  get traceId(): string {
    this.#traceId ??= randomHex(16);
    return this.#traceId;
  }

  get traceparent(): string {
    return `00-${this.traceId}-${randomHex(8)}-00`;
  }

  begin(): undefined {}

  end(): void {}
}

/** Where a tracer is and how much is recorded. */
export interface TracingOptions {
  readonly tracer: Tracer;
  readonly sampling: Sampling;
  /** Whether a trace that is not recorded, and that nobody sent, goes on in other services: knowing it everywhere costs each request 2 µs. @default false */
  readonly callsServices?: boolean;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
  /** Milliseconds since some start. @default performance.now */
  readonly nowMs?: () => number;
}

/** So many traces a second are recorded because their sender says so: anybody can say it, and a recorded request costs more than another. */
const RECORDED_FOR_SENDERS_MAX = 100;

/** Nothing is recorded; what a sender gives is passed on as it is. */
export const PASSING_ON: Tracing = {
  enter: (traceparent) => (traceparent === undefined ? undefined : new RemoteSpan(traceparent)),
};

/** Records a share of the traces; the ids of the others are passed on and logged. */
export function createTracing(options: TracingOptions): Tracing {
  const { tracer, sampling, callsServices = false, random = Math.random, nowMs = () => performance.now() } = options;
  const mayRecordForSender = limitPerSecond(RECORDED_FOR_SENDERS_MAX, nowMs);
  const isRecorded = (sender: string | undefined): boolean => {
    if (sender === undefined || !sampling.parentBased) return random() < sampling.ratio;
    return isSampled(sender) && (mayRecordForSender() || random() < sampling.ratio);
  };
  return {
    enter(sender, toStep) {
      const parent = sender === undefined ? undefined : { traceId: traceIdOf(sender), spanId: spanIdOf(sender) };
      if (isRecorded(sender)) return tracer.begin(toStep(), parent);
      if (parent === undefined && !callsServices) return new LoggedSpan();
      return new RemoteSpan(`00-${parent?.traceId ?? randomHex(16)}-${randomHex(8)}-00`);
    },
  };
}

function limitPerSecond(max: number, nowMs: () => number): () => boolean {
  let endsMs = 0;
  let left = 0;
  return () => {
    if (nowMs() >= endsMs) {
      endsMs = nowMs() + 1000;
      left = max;
    }
    return left-- > 0;
  };
}

/** Asking for randomness costs more than the rest of an id, so much of it is asked for at once. */
const POOL_BYTES = 4096;
let pool = "";
let used = 0;

function randomHex(bytes: number): string {
  if (used + 2 * bytes > pool.length) {
    pool = crypto.getRandomValues(new Uint8Array(POOL_BYTES)).toHex();
    used = 0;
  }
  used += 2 * bytes;
  return pool.slice(used - 2 * bytes, used);
}
