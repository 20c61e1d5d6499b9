/** A mixed load on a running system: bounded, at random by a seed, and written down call by call. */
import { type Actor, adjustAllDay, buyAllDay, editAllDay, readAllDay } from "./actors.ts";
import type { History } from "./entry.ts";
import { createRandom } from "./random.ts";
import type { Recorder } from "./recorder.ts";
import type { Sessions } from "./sessions.ts";
import type { Person, Shop } from "./shop.ts";

/** What is done to whom. */
export interface LoadOptions {
  readonly shop: Shop;
  readonly recorder: Recorder;
  readonly sessions: Sessions;
  /** The same seed makes the same choices; how fast the answers come is not the seed's. */
  readonly seed: number;
  /** Calls at most; after them everybody goes home. */
  readonly callsMax?: number;
  /** Buyers for each customer. @default 2 */
  readonly buyersEach?: number;
}

/** A load that is running. */
export interface Load {
  /** All that was called so far. */
  readonly history: History;
  /** Lets everybody finish what they are doing. */
  stop(): Promise<void>;
}

const CALLS_MAX = 30_000;

/** Lets everybody in. */
export function startLoad(options: LoadOptions): Load {
  const { shop, recorder, sessions, seed, callsMax = CALLS_MAX, buyersEach = 2 } = options;
  const { seller, admin, customers, shelf } = shop;
  const random = createRandom(seed);
  let isStopping = false;
  const isOver = (): boolean => isStopping || recorder.history.length >= callsMax;
  const actor = (name: string, person: Person): Actor => ({
    ...{ recorder, name, person, random: random.fork(name), shelf, isOver },
    admin: { recorder, name: "admin", person: admin },
  });
  const buyers = customers.flatMap((customer, index) =>
    Array.from({ length: buyersEach }, (_, twin) => actor(`buyer-${index}${"ab"[twin] ?? twin}`, customer)),
  );
  const running = Promise.all([
    editAllDay(actor("sole editor", seller), shelf.hot),
    editAllDay(actor("editor 1", seller), shelf.contested),
    editAllDay(actor("editor 2", admin), shelf.contested),
    editAllDay(actor("window dresser", admin), shelf.fickle),
    readAllDay(actor("reader", seller)),
    adjustAllDay(actor("clerk", seller)),
    ...buyers.map(buyAllDay),
    sessions.goOn(isOver),
  ]);
  running.catch(() => {}); // a fault of the driver itself is told by stop()
  return {
    history: recorder.history,
    async stop() {
      isStopping = true;
      await running;
    },
  };
}
