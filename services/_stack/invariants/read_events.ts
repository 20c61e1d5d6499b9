/** Reads what the broker of events has. */
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";

/** The stream of order-processing. */
const STREAM = "TRADEPOST";
const FETCH_MS = 5_000;

/** The ids of the events of some orders, in the order in which the stream has them. */
export async function readDelivered(url: string, orderIds: ReadonlySet<string>): Promise<string[]> {
  const { host, username, password } = new URL(url);
  const connection = await connect({ servers: host, ...(username && { user: username, pass: password }) });
  try {
    const { state } = await (await jetstreamManager(connection)).streams.info(STREAM);
    const ids: string[] = [];
    if (state.messages === 0) return ids;
    const consumer = await jetstream(connection).consumers.get(STREAM);
    const messages = await consumer.fetch({ max_messages: state.messages, expires: FETCH_MS });
    for await (const message of messages) {
      const { id, subject } = message.json<{ id: string; subject: string }>();
      if (orderIds.has(subject)) ids.push(id);
    }
    return ids;
  } finally {
    await connection.close();
  }
}
