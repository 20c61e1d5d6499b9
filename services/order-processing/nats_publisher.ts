/** Events of orders, on a stream of NATS JetStream. */
import { JetStreamApiCodes, JetStreamApiError, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, headers, type NatsConnection } from "@nats-io/transport-node";
import { withDeadline } from "#platform/deadline.ts";
import type { OrderEvent } from "./event.ts";
import type { EventPublisher } from "./event_port.ts";

/** Where the broker is, and whom to tell about it. */
export interface NatsPublisherOptions {
  /** `nats://user:password@host:4222`; several hosts are separated by commas. */
  readonly url: string;
  readonly log: {
    info(message: string, fields?: Readonly<Record<string, unknown>>): void;
    warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  };
  /** From 0 to 1, so that replicas don't come back at the same time. */
  readonly random: () => number;
}

/** A publisher with a connection of its own. */
export interface NatsPublisher extends EventPublisher {
  /** Lets what is under way arrive, and closes the connection. */
  stop(): Promise<void>;
}

/** The stream that holds all events; a consumer of it may filter by subject. */
export const STREAM = "TRADEPOST";
const SUBJECT_PREFIX = "tradepost.";
const SUBJECTS = `${SUBJECT_PREFIX}order.*`;
/**
 * How long the stream knows ids it has stored: an event is sent again within seconds of the broker's return. The broker keeps these ids in
 * memory.
 */
const DUPLICATE_WINDOW_MS = 10 * 60_000;
/** How long an event is kept for consumers that are away. */
const KEEP_MS = 7 * 24 * 3_600_000;
/** For one event to be stored; well below the lease of its row. */
const PUBLISH_TIMEOUT_MS = 2000;
const CONNECT_TIMEOUT_MS = 2000;
const DRAIN_TIMEOUT_MS = 1000;
/** A broker that answers no ping for two of these is away. */
const PING_INTERVAL_MS = 3000;
const RECONNECT_BASE_MS = 100;
const RECONNECT_MAX_MS = 5000;
/** NATS' protocol binding of CloudEvents, structured mode. */
const CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8";

/** Begins to connect, and goes on trying for as long as it takes: nobody waits for it. */
export function createNatsPublisher(options: NatsPublisherOptions): NatsPublisher {
  return new JetStreamPublisher(options);
}

class JetStreamPublisher implements NatsPublisher {
  readonly #options: NatsPublisherOptions;
  readonly #stopping = Promise.withResolvers<void>();
  readonly #ended: Promise<void>;
  #isStopping = false;
  #connection: NatsConnection | undefined;
  /** Settles when the stream is there; asked for once on each connection, and again after a failure. */
  #stream: Promise<void> | undefined;

  constructor(options: NatsPublisherOptions) {
    this.#options = options;
    this.#ended = this.#stayConnected();
  }

  get isAvailable(): boolean {
    return this.#connection !== undefined;
  }

  async publish(events: readonly OrderEvent[]): Promise<void> {
    for (const event of events) await this.#publish(event);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#stopping.resolve();
    const connection = this.#connection;
    if (connection) {
      await withDeadline(connection.drain(), DRAIN_TIMEOUT_MS).catch(() => connection.close());
    }
    await this.#ended;
  }

  async #publish(event: OrderEvent): Promise<void> {
    const connection = this.#connection;
    if (!connection) throw new Error("The broker is away");
    try {
      this.#stream ??= ensureStream(connection);
      await this.#stream;
      const contentType = headers();
      contentType.set("Content-Type", CONTENT_TYPE);
      const sent = jetstream(connection).publish(`${SUBJECT_PREFIX}${event.type}`, JSON.stringify(event), {
        msgID: event.id,
        headers: contentType,
        expect: { streamName: STREAM },
        timeout: PUBLISH_TIMEOUT_MS,
      });
      await withDeadline(sent, PUBLISH_TIMEOUT_MS);
    } catch (error) {
      this.#stream = undefined; // somebody may have removed it
      throw error;
    }
  }

  async #stayConnected(): Promise<void> {
    const { log } = this.#options;
    for (let failures = 0; !this.#isStopping; failures++) {
      try {
        const connection = await connectOnce(this.#options.url);
        if (this.#isStopping) return await connection.close();
        log.info("Connected to the broker of events");
        failures = 0;
        this.#stream = undefined;
        this.#connection = connection;
        const fault = await connection.closed();
        if (!this.#isStopping) log.warn("The broker of events went away", { error: fault });
      } catch (error) {
        if (failures === 0) log.warn("The broker of events is away", { error });
      } finally {
        this.#connection = undefined;
      }
      await Promise.race([Bun.sleep(this.#pauseMs(failures)), this.#stopping.promise]);
    }
  }

  #pauseMs(failures: number): number {
    const pauseMs = Math.min(RECONNECT_BASE_MS * 2 ** Math.min(failures, 30), RECONNECT_MAX_MS);
    return pauseMs * (0.5 + this.#options.random() / 2);
  }
}

/** One try. The client does not reconnect by itself: then what is under way fails at once, and the outbox sends it again. */
function connectOnce(url: string): Promise<NatsConnection> {
  const [scheme = "nats", rest = ""] = url.split("://");
  const [credentials, hosts = ""] = rest.includes("@") ? rest.split("@") : ["", rest];
  const [user = "", pass = ""] = credentials!.split(":").map(decodeURIComponent);
  return connect({
    servers: hosts.replace(/\/.*$/, "").split(","),
    name: "order-processing",
    ...(scheme === "tls" && { tls: {} }),
    ...(user && { user, pass }),
    reconnect: false,
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: 2,
  });
}

/** Leaves a stream that is there as it is: an operator may have given it more replicas or other limits. */
async function ensureStream(connection: NatsConnection): Promise<void> {
  const { streams } = await jetstreamManager(connection, { checkAPI: false, timeout: PUBLISH_TIMEOUT_MS });
  try {
    await streams.info(STREAM);
  } catch (error) {
    if (!(error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)) throw error;
    await streams.add({
      name: STREAM,
      subjects: [SUBJECTS],
      storage: "file",
      duplicate_window: toNanoseconds(DUPLICATE_WINDOW_MS),
      max_age: toNanoseconds(KEEP_MS),
    });
  }
}

function toNanoseconds(ms: number): number {
  return ms * 1_000_000;
}
