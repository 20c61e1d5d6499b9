/** Opens what faults happen to: a whole system, its people and its databases. */
import type { MongoSource } from "../engines/mongo_source.ts";
import type { NatsSource } from "../engines/nats.ts";
import { Recorder } from "../history/recorder.ts";
import { Sessions } from "../history/sessions.ts";
import { openAccounts } from "../history/shop.ts";
import { openDatabases } from "../invariants/read_state.ts";
import { startTestStack } from "../test_stack.ts";
import type { EngineName, Victim } from "./fault.ts";
import type { Scene } from "./ordeal.ts";

/** What there is on this machine, and what is chosen. */
export interface SceneOptions extends Pick<Victim, "seed" | "onEnd"> {
  /** Where users and products are, on that engine. */
  readonly mongo: MongoSource | undefined;
  readonly nats?: NatsSource | undefined;
}

/** Replies are checked in the API's own tests; here the processor is for the load. */
const ENVIRONMENT = { CHECK_RESPONSES: "false", LOG_LEVEL: "warn" };

/** Starts it; it is stopped by the ends that are told. */
export async function openScene(engine: EngineName, { mongo, nats, seed, onEnd }: SceneOptions): Promise<Scene> {
  const settings: Victim["settings"] = new Map();
  const stack = await startTestStack({
    environment: ENVIRONMENT,
    durable: true,
    adjust: (name, environment) => ({ ...environment, ...settings.get(name) }),
    ...(engine === "mongo" && mongo && { mongo }),
    ...(nats && { nats }),
  });
  onEnd(() => stack.stop());
  const accounts = await openAccounts(stack);
  const sessionRecorder = new Recorder();
  const [login = accounts.seller] = accounts.customers;
  return {
    victim: { stack, engine, settings, seed, onEnd },
    databases: await openDatabases(stack),
    accounts,
    sessions: new Sessions({ origins: stack.origins, login, recorder: sessionRecorder }),
    sessionRecorder,
  };
}
