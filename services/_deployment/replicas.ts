/** The replicas of a service: found by their name, and asked whether they are ready. */
import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { repeat } from "#platform/repeat.ts";

/** What a replica says about itself: a silent one may be busy, or its database; it is asked if no other one is ready. */
type State = "ready" | "silent" | "away";

/** One process of a service. */
export interface Replica {
  /** Its base URL, with an address of its own. */
  readonly url: string;
  state: State;
  /** Under way to it now. */
  requests: number;
}

/** How replicas are found. */
export interface FindOptions {
  /** Milliseconds between two looks at `/readyz` of a replica; shorter than its drain delay. @default 200 */
  readonly lookEachMs?: number;
  /** The addresses of a name. @default The DNS says it. */
  readonly addressesOf?: (hostname: string) => Promise<readonly string[]>;
}

const LOOK_EACH_MS = 200;
/** With the time between two looks less than a drain delay: one that hangs must not hide that another is about to stop. */
const LOOK_WITHIN_MS = 500;

/**
 * All that answer to some names. A name whose replicas come and go stays known while one of them runs; an engine that is asked for a name of nobody
 * may ask elsewhere, and let everybody wait for that.
 */
export class Replicas {
  readonly #addressesOf: (hostname: string) => Promise<readonly string[]>;
  #stops: readonly (() => Promise<void>)[] = [];
  /** By the base URL that names them. */
  readonly #found: Map<string, readonly Replica[]>;

  private constructor(urls: readonly string[], { addressesOf = askDns }: FindOptions) {
    this.#addressesOf = addressesOf;
    this.#found = new Map(urls.map((url) => [url, []]));
  }

  /** Settles once it has looked at every replica for the first time. */
  static async find(urls: readonly string[], options: FindOptions): Promise<Replicas> {
    const replicas = new Replicas(urls, options);
    await replicas.#lookUp();
    const { lookEachMs = LOOK_EACH_MS } = options;
    // One beside the other: while the DNS does not answer, a replica must still be seen to drain.
    replicas.#stops = [() => replicas.#lookUp(), () => replicas.#lookAtAll()].map(
      (work) => repeat(lookEachMs, work, () => {}), // neither throws: what fails is a state
    );
    return replicas;
  }

  /** Those that there are now. */
  get all(): readonly Replica[] {
    return [...this.#found.values()].flat();
  }

  /** Looks at them no more. */
  stop(): void {
    for (const stop of this.#stops) void stop();
  }

  async #lookUp(): Promise<void> {
    await Promise.all([...this.#found.keys()].map((url) => this.#lookUpOne(url)));
  }

  /** All stay while the DNS knows nothing. */
  async #lookUpOne(url: string): Promise<void> {
    const { hostname } = new URL(url);
    const addresses = await this.#addressesOf(hostname).catch(() => undefined);
    if (!addresses) return;
    const urls = addresses.map((address) => url.replace(hostname, address));
    const before = this.#found.get(url) ?? [];
    const known = before.map((replica) => replica.url);
    const added = urls
      .filter((it) => !known.includes(it))
      .map((it): Replica => ({ url: it, state: "away", requests: 0 }));
    this.#found.set(url, [...before.filter((replica) => urls.includes(replica.url)), ...added]);
    await Promise.all(added.map(look));
  }

  async #lookAtAll(): Promise<void> {
    await Promise.all(this.all.map(look));
  }
}

async function look(replica: Replica): Promise<void> {
  const signal = AbortSignal.timeout(LOOK_WITHIN_MS);
  try {
    const reply = await fetch(`${replica.url}/readyz`, { keepalive: false, signal });
    await reply.body?.cancel();
    replica.state = reply.ok ? "ready" : "away";
  } catch (error) {
    replica.state = error instanceof Error && error.name === "TimeoutError" ? "silent" : "away";
  }
}

/**
 * Asks each time, and keeps nothing: a replica that was replaced has another address, and requests to the old one hang. The system's way to look
 * names up would keep other requests waiting while the DNS is silent.
 */
async function askDns(hostname: string): Promise<readonly string[]> {
  if (hostname === "localhost" || isIP(hostname.replace(/^\[|\]$/g, ""))) return [hostname];
  return new Resolver({ timeout: LOOK_WITHIN_MS, tries: 1 }).resolve4(hostname);
}
