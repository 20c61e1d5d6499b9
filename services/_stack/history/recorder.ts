/** Writes down every call to the system, on one clock. */
import { ApiError, ConnectionError } from "#sdk";
import type { Calls, Entry, Kind, Refusal, Result } from "./entry.ts";

/** Collects a history. */
export class Recorder {
  readonly history: Entry[] = [];

  /** Makes a call and writes it down; never rejects because of what the system does. */
  async record<K extends Kind>(
    call: { readonly client: string; readonly kind: K; readonly input: Calls[K]["input"] },
    perform: () => Promise<Calls[K]["answer"]>,
  ): Promise<Result<K>> {
    const invokedMs = performance.now();
    const result = await outcomeOf<K>(perform);
    // Kind, input and answer belong together: the parameters have proven it.
    this.history.push({ ...call, invokedMs, returnedMs: performance.now(), ...result } as Entry);
    return result;
  }
}

async function outcomeOf<K extends Kind>(perform: () => Promise<Calls[K]["answer"]>): Promise<Result<K>> {
  try {
    return { outcome: "ok", answer: await perform() };
  } catch (error) {
    if (error instanceof ConnectionError) {
      const refusal = { status: undefined, code: error.message, reply: "" };
      return { outcome: error.maybeSent ? "unknown" : "fail", refusal };
    }
    if (!(error instanceof ApiError)) throw error; // a fault of the driver itself
    return { outcome: error.status >= 500 ? "unknown" : "fail", refusal: refusalOf(error) };
  }
}

function refusalOf(error: ApiError): Refusal {
  return { status: error.status, code: error.code ?? `status ${error.status}`, reply: JSON.stringify(error.body) };
}
