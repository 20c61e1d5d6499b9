import type { ServiceName } from "#contract";
import type { Observability } from "./observability.ts";
import { Problem } from "./problem.ts";
import type { OutgoingReply } from "./reply_check.ts";
import { unavailable } from "./unavailable.ts";

/** A GET outside the contract: for operators and readers. */
export interface OperationalRoute {
  readonly path: string;
  answer(params: Readonly<Record<string, string>>): OutgoingReply | Promise<OutgoingReply>;
}

/** What the operational routes tell about. */
export interface OperationalOptions {
  origins: Readonly<Record<ServiceName, string>>;
  observability: Observability | undefined;
  readiness: () => Promise<void>;
  isDraining: () => boolean;
}

/** The routes every service has outside the contract. */
export function operationalRoutes(_name: ServiceName, options: OperationalOptions): OperationalRoute[] {
  return [
    { path: "/livez", answer: () => text("alive\n") },
    { path: "/readyz", answer: () => readiness(options) },
    { path: "/metrics", answer: () => metrics(options) },
  ];
}

function text(raw: string, contentType = "text/plain; charset=utf-8"): OutgoingReply {
  return { status: 200, headers: { "content-type": contentType }, raw };
}

async function readiness({ readiness, isDraining }: OperationalOptions): Promise<OutgoingReply> {
  if (isDraining()) throw unavailable("This process is about to stop");
  try {
    await readiness();
  } catch (cause) {
    throw unavailable("Something this service needs is away", cause);
  }
  return text("ready\n");
}

async function metrics({ observability }: OperationalOptions): Promise<OutgoingReply> {
  if (observability === undefined) throw new Problem("not-found", "Metrics are switched off");
  const { text: raw, contentType } = await observability.metrics();
  return text(raw, contentType);
}
