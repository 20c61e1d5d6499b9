import { expectSoon } from "./expect_soon.ts";

/** Runs a program of Bun in a container of order-processing, and gives what it printed. */
export type RunInside = (program: string) => Promise<string>;

/** Counts the events on the stream, as whoever may publish them. */
const COUNT_EVENTS = `
const { connect } = await import("@nats-io/transport-node");
const { jetstreamManager } = await import("@nats-io/jetstream");
const url = new URL((await Bun.file(process.env.EVENTS_URL_FILE).text()).trim());
const connection = await connect({ servers: url.host, user: url.username, pass: url.password, timeout: 5000 });
const { state } = await (await jetstreamManager(connection)).streams.info("TRADEPOST");
console.log(state.messages);
await connection.close();
`;
const TOLD_WITHIN_MS = 30_000;

/** How many events the broker has. */
export async function countEvents(runInside: RunInside): Promise<number> {
  return Number(await runInside(COUNT_EVENTS));
}

/** Does something that has events, and waits until the broker has more of them than before. @throws {StackError} if they do not come. */
export async function expectEvents(runInside: RunInside, work: () => Promise<void>): Promise<void> {
  const before = await countEvents(runInside);
  await work();
  await expectSoon(async () => {
    const isTold = (await countEvents(runInside)) > before;
    return isTold ? undefined : "an order was placed, and the broker has no event of it";
  }, TOLD_WITHIN_MS);
}
