/** What a MongoDB engine itself can be told to get wrong. */
import { withAdmin } from "../engines/mongo_hello.ts";
import type { Fault, Victim } from "./fault.ts";

const ANSWER_MS = 5_000;
const STRIKE_MS = 4_000;
const PAUSE_MS = 150;
const TIMES_MAX = 4;

/** The commands that an effect depends on. */
const COMMANDS = ["insert", "update", "findAndModify", "find", "aggregate", "commitTransaction"];
/** What a server says that steps down, or is about to: NotWritablePrimary, PrimarySteppedDown, InterruptedDueToReplStateChange. */
const STEPDOWN_CODES = [10_107, 189, 11_602];

export const FAIL_POINTS: readonly Fault[] = [
  faultOf(
    "MongoDB steps down (10107, 189, 11602)",
    STEPDOWN_CODES.map((errorCode) => ({ errorCode, errorLabels: ["RetryableWriteError"] })),
  ),
  { ...faultOf("MongoDB closes connections", [{ closeConnection: true }]), isQuick: true },
];

/** Again and again, a few commands at a time: some are retried, some meet it twice. */
function faultOf(name: string, kinds: readonly Readonly<Record<string, unknown>>[]): Fault {
  return {
    name,
    engines: ["mongo"],
    async missing(victim) {
      const refused = await setFailPoint(victim, { mode: "off" }).catch((error: unknown) => error);
      return refused === undefined ? undefined : "the engine has no fail points";
    },
    async strike(victim) {
      const endsAtMs = performance.now() + STRIKE_MS;
      for (let round = 0; performance.now() < endsAtMs; round++) {
        const data = { failCommands: COMMANDS, ...kinds[round % kinds.length] };
        await setFailPoint(victim, { mode: { times: 1 + (round % TIMES_MAX) }, data });
        await Bun.sleep(PAUSE_MS);
      }
      await setFailPoint(victim, { mode: "off" });
    },
  };
}

async function setFailPoint({ stack }: Victim, settings: object): Promise<void> {
  if (!stack.mongo) throw new Error("The stack has no MongoDB");
  await withAdmin(stack.mongo.url, ANSWER_MS, (command) => command({ configureFailPoint: "failCommand", ...settings }));
}
